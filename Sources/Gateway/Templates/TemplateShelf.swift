import Documents
import HTTPTypes
import NIOConcurrencyHelpers
import Repository
import Store
import Templates

extension CatalogTable {
  /// Of which template a contract is: tenant and contract -> format 1, a byte, then a document. See `ContractInstance`.
  static let contractInstances = CatalogTable(rawValue: 73)
}

/// Templates that this gateway offers: those of its library to everybody, and to a tenant what it has in force of its own. And what it
/// remembers of contracts that were made of them.
final class TemplateShelf: Sendable {
  let library: TemplateLibrary
  private let documents: DocumentService
  private let catalog: any Catalog
  private let writer: CatalogWriter
  /// What was read already, by what it says.
  private let read = NIOLockedValueBox<[VersionID: TemplatePackage]>([:])
  /// Keys of contracts that are being made.
  private let working = NIOLockedValueBox<Set<[UInt8]>>([])

  /// Packages kept in memory.
  private static let readCountMax = 256

  init(_ library: TemplateLibrary, _ documents: DocumentService, _ catalog: any Catalog) {
    self.library = library
    self.documents = documents
    self.catalog = catalog
    writer = CatalogWriter(catalog)
  }

  // MARK: Templates

  /// A template with the version of the document that it is, if it is a tenant's own.
  struct Offer: Sendable {
    var package: TemplatePackage
    var version: VersionID?
  }

  /// What a tenant gets by a name: its own template, if one is in force, or else that of the library.
  ///
  /// - Parameter isOwn: whether only its own counts.
  /// - Throws: `Problem` when there is none.
  func offer(_ path: String, to tenant: UInt32, isOwn: Bool = false) async throws(Problem) -> Offer {
    if let name = DocumentName(path) {
      let reference = Reference(DocumentID(Tenant(rawValue: tenant), .template, name), in: DocumentService.live)
      if let own = try await documents.run({ try self.active(reference, in: $0) }) { return own }
    }
    guard !isOwn, let package = library[path] else { throw .notFound("template") }
    return Offer(package: package)
  }

  /// All that a tenant has in force of its own, by name.
  func offers(of tenant: UInt32) async throws(Problem) -> [(path: String, offer: Offer)] {
    let tenant = Tenant(rawValue: tenant)
    return try await documents.run { repository in
      var found: [(String, Offer)] = []
      var next: DocumentName?
      repeat {
        let page = try repository.names(
          of: tenant, in: DocumentService.live, .template, after: next, countMax: 1_000, as: .tenant(tenant))
        for entry in page.entries where entry.state.active != nil {
          let reference = Reference(DocumentID(tenant, .template, entry.name), in: DocumentService.live)
          if let offer = try self.active(reference, in: repository) { found.append((entry.name.text, offer)) }
        }
        next = page.next
      } while next != nil
      return found
    }
  }

  private func active(_ reference: Reference, in repository: Repository) throws -> Offer? {
    let viewer = Viewer.tenant(reference.tenant)
    guard let active = try repository.stateIfAny(of: reference, as: viewer)?.active else { return nil }
    if let package = read.withLockedValue({ $0[active] }) { return Offer(package: package, version: active) }
    var findings = Findings()
    var all: [FileFindings] = []
    guard let files = TemplateDocument.files(of: try repository.document(of: active, as: viewer), &findings),
      let package = TemplatePackage(reading: files, common: library.common, &all)
    else {
      // It was checked by another program than this one.
      throw Problem(
        .conflict, "not_usable", "version \(active), which is in force, cannot be used here: have it checked again")
    }
    read.withLockedValue { read in
      if read.count >= Self.readCountMax { read.removeAll() }
      read[active] = package
    }
    return Offer(package: package, version: active)
  }

  /// Keeps what the library has, as the platform's documents, for tenants to fork. A template that did not change has no new version.
  ///
  /// They are drafts there: what is offered is the library itself.
  /// - Throws: `Problem` when they cannot be kept, or when one makes no document.
  func publish(at time: Int64) async throws(Problem) {
    let packages = library.paths.compactMap { path in library[path].map { (path, $0) } }
    try await documents.run { repository in
      for (path, package) in packages {
        guard let name = DocumentName(path), let actor = Actor(.program, "library") else {
          throw Problem(.conflict, "not_usable", "\(path): is no name of a document")
        }
        let reference = Reference(DocumentID(.platform, .template, name), in: DocumentService.live)
        let head = try repository.stateIfAny(of: reference, as: .everything)?.head
        let known = try head.map { try repository.text(of: $0, as: .everything) }
        if let known, TemplateDocument.isText(known, of: package.files) { continue }
        let text: [UInt8]
        do throws(DocumentFault) { text = try TemplateDocument.text(of: package.files) } catch {
          throw Problem(.conflict, "not_usable", "\(path): makes no document: \(error.code.rawValue)")
        }
        if text == known { continue }
        let draft = Draft(
          text, text.first == 0x7B ? .json : .yaml, message: "from the library",
          label: Label(package.template.version.description))
        _ = try repository.save(
          draft, to: reference, expecting: head, by: Caller(actor, as: .everything, at: time))
      }
    }
  }

  // MARK: Contracts

  /// Takes a contract for one request; false when another one has it.
  func begin(_ tenant: UInt32, _ contract: UInt128) -> Bool {
    working.withLockedValue { $0.insert(ContractInstance.key(tenant, contract)).inserted }
  }

  func end(_ tenant: UInt32, _ contract: UInt128) {
    _ = working.withLockedValue { $0.remove(ContractInstance.key(tenant, contract)) }
  }

  func instance(_ tenant: UInt32, _ contract: UInt128) throws(Problem) -> ContractInstance? {
    let row: [UInt8]?
    do throws(StoreError) {
      row = try catalog.value(.contractInstances, key: ContractInstance.key(tenant, contract))
    } catch { throw Self.unreadable }
    guard let row else { return nil }
    guard let instance = ContractInstance(row) else { throw Self.unreadable }
    return instance
  }

  /// Durable on return.
  func keep(
    _ instance: ContractInstance, _ version: VersionID?, _ tenant: UInt32, _ contract: UInt128, at time: Int64
  ) async throws(Problem) {
    let key = ContractInstance.key(tenant, contract)
    var changes = [CatalogChange.put(.contractInstances, key: key, value: instance.row)]
    if let version { changes.append(.put(.contractUses, key: key, value: UseRow(version, at: time).bytes)) }
    try await write(changes)
  }

  func forget(_ tenant: UInt32, _ contract: UInt128) async throws(Problem) {
    let key = ContractInstance.key(tenant, contract)
    try await write([.delete(.contractInstances, key: key), .delete(.contractUses, key: key)])
  }

  private func write(_ changes: [CatalogChange]) async throws(Problem) {
    do throws(StoreError) { try await writer.write(changes) } catch { throw Self.unwritable }
  }

  private static let unreadable = Problem(.serviceUnavailable, "store", "what is known of the contract cannot be read")
  private static let unwritable = Problem(
    .serviceUnavailable, "store", "what is known of the contract cannot be written")

  /// Ends the thread. Nothing may be changed any more.
  func stop() async { await writer.stop() }
}

/// Which template, in which version, a contract was made of, and with which form: it stays so whatever becomes of the template.
struct ContractInstance: Equatable, Sendable {
  let document: Documents.JSONValue

  init(_ path: String, _ offer: TemplateShelf.Offer, _ form: ParameterSet) {
    let template = offer.package.template
    var members = JSONObject()
    members["template"] = .string(path)
    members["version"] = .string(template.version.description)
    members["digest"] = .string(template.digest.description)
    if let version = offer.version { members["document_version"] = .string("\(version)") }
    members["form"] = form.json
    document = .object(members)
  }

  init?(_ row: [UInt8]) {
    guard row.first == Self.format, let document = try? Document(json: Array(row.dropFirst())) else { return nil }
    self.document = document.value
  }

  private static let format: UInt8 = 1

  var row: [UInt8] { [Self.format] + document.canonicalBytes }

  static func key(_ tenant: UInt32, _ contract: UInt128) -> [UInt8] { tenant.catalogKey + contract.catalogKey }
}
