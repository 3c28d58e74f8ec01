package import Repository

extension Tenant {
  package static let builder = Tenant(rawValue: 7)
  package static let other = Tenant(rawValue: 8)
}

extension Slug {
  package static let sandbox = Slug("sandbox")!
  package static let live = Slug("live")!
}

extension Reference {
  package static let villa = make(.builder, .template, "villa")
  package static let library = make(.platform, .template, "construction/villa")
  package static let foreign = make(.other, .template, "villa")

  package static func make(
    _ tenant: Tenant, _ kind: DocumentKind, _ name: String, _ environment: Slug = .sandbox
  ) -> Reference {
    Reference(DocumentID(tenant, kind, DocumentName(name)!), in: environment)
  }
}

extension Caller {
  package static let anita = Caller(Actor(.person, "anita")!, as: .tenant(.builder), at: 1_000)
  package static let bela = Caller(Actor(.person, "bela")!, as: .tenant(.builder), at: 2_000)
  package static let checker = Caller(Actor(.program, "checker")!, as: .tenant(.builder), at: 1_500)
  package static let librarian = Caller(Actor(.person, "librarian")!, as: .tenant(.platform), at: 500)
  package static let stranger = Caller(Actor(.person, "stranger")!, as: .tenant(.other), at: 900)
}

extension ByteDigest {
  package static let report = ByteDigest(of: Array("no findings".utf8))
}
