import HTTPTypes
import Marketplace
import Repository

extension RouteCall {
  /// The listing that the path names: another tenant's document.
  func listing() throws(Problem) -> DocumentID {
    guard let seller = Identifier.decimal(text(.seller), UInt32.self), let name = DocumentForms.name(text(.document))
    else { throw .notFound("listing") }
    return DocumentID(Tenant(rawValue: seller), try kind(), name)
  }

  /// Who looks at the market for the path's tenant. Tenant 0 sees everything, so it is for keys of all tenants.
  ///
  /// - Throws: `Problem` when the caller may not read for the tenant.
  func shopper() async throws(Problem) -> Viewer {
    let tenant = try tenant()
    try await session().checkReader(of: tenant)
    return .tenant(Tenant(rawValue: tenant))
  }

  /// The place of the last one on the page before: a number.
  func numberedCursor() throws(Problem) -> Int { try integer("cursor", in: 0...Int(UInt32.max) - 1) ?? 0 }

  /// The listing that ended the page before.
  func listingCursor() throws(Problem) -> DocumentID? {
    guard let text = parameter("cursor") else { return nil }
    guard let id = MarketForms.listing(text) else {
      throw .badParameter("cursor", "is none that was given out", .unprocessableContent)
    }
    return id
  }
}

extension DocumentService {
  /// Asks the marketplace on the repository.
  /// - Throws: `Problem` for what it refuses.
  func trade<Result: Sendable>(
    _ body: @escaping @Sendable (Marketplace) throws -> Result
  ) async throws(Problem) -> Result {
    try await run { [marketplace] _ in try body(marketplace) }
  }
}
