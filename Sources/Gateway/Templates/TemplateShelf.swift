import Documents
import HTTPTypes
import NIOConcurrencyHelpers
import Store
import Templates

extension CatalogTable {
  /// Of which template a contract is: tenant and contract -> format 1, a byte, then a document. See `ContractInstance`.
  static let contractInstances = CatalogTable(rawValue: 73)
}

/// Templates that this gateway offers, and what it remembers of contracts that were made of them.
final class TemplateShelf: Sendable {
  let library: TemplateLibrary
  private let catalog: any Catalog
  private let writer: CatalogWriter
  /// Keys of contracts that are being made.
  private let working = NIOLockedValueBox<Set<[UInt8]>>([])

  init(_ library: TemplateLibrary, _ catalog: any Catalog) {
    self.library = library
    self.catalog = catalog
    writer = CatalogWriter(catalog)
  }

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
  func keep(_ instance: ContractInstance, _ tenant: UInt32, _ contract: UInt128) async throws(Problem) {
    try await write([.put(.contractInstances, key: ContractInstance.key(tenant, contract), value: instance.row)])
  }

  func forget(_ tenant: UInt32, _ contract: UInt128) async throws(Problem) {
    try await write([.delete(.contractInstances, key: ContractInstance.key(tenant, contract))])
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

  init(_ path: String, _ template: Template, _ form: ParameterSet) {
    document = [
      "template": .string(path), "version": .string(template.version.description),
      "digest": .string(template.digest.description), "form": form.json,
    ]
  }

  init?(_ row: [UInt8]) {
    guard row.first == Self.format, let document = try? Document(json: Array(row.dropFirst())) else { return nil }
    self.document = document.value
  }

  private static let format: UInt8 = 1

  var row: [UInt8] { [Self.format] + document.canonicalBytes }

  static func key(_ tenant: UInt32, _ contract: UInt128) -> [UInt8] { tenant.catalogKey + contract.catalogKey }
}
