import ArgumentParser
import Dataset
import Engine
import Glibc
import Kernel
import LoadGenerator
import Store

/// `milepost archive`: reads the files that closed contracts were exported to before they were pruned.
struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Check and read the files of contracts that were pruned from a store.",
    discussion: """
      A server that was started with --archive-mebibytes keeps so many records of closed contracts; the oldest above go to files and are then
      pruned. Without further options every record of the files is checked, and a line for each file says what it holds. A contract may be in
      several files: the newest says what became of it.

      EXAMPLES
        milepost archive --files ./archive
        milepost archive --files ./archive --tenant 7 --contract 42
        milepost archive --files ./archive --all > contracts.ndjson
      """)

  @Option(help: ArgumentHelp("An archive file, or a directory of them.", valueName: "path")) var files: String
  @Option(help: "Tenant of the contract that is shown.") var tenant: UInt32?
  @Option(help: "Id of the contract, decimal.", transform: parseIdentifier) var contract: UInt128?
  @Flag(help: "Print every record as a line of JSON, the oldest first.") var all = false

  func validate() throws {
    guard (tenant == nil) == (contract == nil) else { throw ValidationError("--tenant and --contract belong together") }
    guard !all || tenant == nil else { throw ValidationError("show all contracts or one, not both") }
  }

  func run() throws {
    do throws(StoreError) {
      let paths = try ArchiveFile.paths(at: files)
      if let tenant, let contract {
        try show(ContractName(tenant: tenant, contract: contract), paths)
      } else {
        for path in paths { try check(try ArchiveFile(path: path)) }
        if !all { print("\(paths.count) files, all sound") }
      }
    } catch { try fail("\(error)") }
  }

  private func fail(_ message: String) throws -> Never {
    writeStandardError("milepost archive: \(files): \(message)\n")
    throw ExitCode.failure
  }

  private func show(_ name: ContractName, _ paths: [String]) throws(StoreError) {
    for path in paths.reversed() {
      let file = try ArchiveFile(path: path)
      guard let record = try file.record(of: ArchiveKey(tenant: name.tenant, id: name.contract)) else { continue }
      print(Self.json(try Self.contract(record, name, in: file)).text)
      return
    }
    throw StoreError(.outOfRange, at: files, "no file has contract \(name.contract) of tenant \(name.tenant)")
  }

  private func check(_ file: ArchiveFile) throws(StoreError) {
    var problem: StoreError?
    try file.forEach { key, record in
      if problem != nil { return }
      do throws(StoreError) {
        let contract = try Self.contract(record, ContractName(tenant: key.tenant, contract: key.id), in: file)
        if all { print(Self.json(contract).text) }
      } catch { problem = error }
    }
    if let problem { throw problem }
    if !all {
      print(
        "\(file.path)  \(file.recordCount) contracts, row blocks \(file.blocks.lowerBound) to \(file.blocks.upperBound - 1)"
      )
    }
  }

  private static func contract(
    _ record: [UInt8], _ name: ContractName, in file: ArchiveFile
  ) throws(StoreError) -> ArchivedContract {
    // Bytes have no padding.
    guard let archived = unsafe ArchivedContract(record.span.bytes), archived.name == name else {
      throw StoreError(
        .damaged, at: file.path, "the record of tenant \(name.tenant), contract \(name.contract) is no closed contract")
    }
    return archived
  }

  private static func json(_ archived: ArchivedContract) -> JSONText {
    let contract = archived.snapshot
    return .object([
      ("tenant", .integer(Int(contract.tenant))), ("contract", .string("\(contract.contract)")),
      ("state", .string("\(contract.state)")), ("version", .integer(Int(contract.version))),
      ("payer", .integer(Int(contract.payer))), ("payee", .integer(Int(contract.payee))),
      ("arbiter", .integer(Int(contract.arbiter))), ("value", .integer(Int(contract.value))),
      ("buckets", json(contract.buckets)), ("milestones", .array(archived.milestoneSnapshots.map(json))),
    ])
  }

  private static func json(_ totals: Totals) -> JSONText {
    let fields: [(String, Int64)] = [
      ("funded", totals.funded), ("unallocated", totals.unallocated), ("held", totals.held),
      ("retained", totals.retained), ("payoutPending", totals.payoutPending), ("refundPending", totals.refundPending),
      ("taxWithheld", totals.taxWithheld), ("otherWithheld", totals.otherWithheld), ("paidOut", totals.paidOut),
      ("returned", totals.returned), ("refunded", totals.refunded), ("taxDeposited", totals.taxDeposited),
      ("otherPaid", totals.otherPaid), ("fee", totals.fee),
    ]
    return .object(fields.map { ($0.0, .integer(Int($0.1))) })
  }

  private static func json(_ milestone: MilestoneSnapshot) -> JSONText {
    .object([
      ("m", .integer(Int(milestone.ordinal))), ("state", .string("\(milestone.state)")),
      ("version", .integer(Int(milestone.version))), ("amount", .integer(Int(milestone.amount))),
      ("certified", .integer(Int(milestone.certified))), ("released", .integer(Int(milestone.released))),
      ("paid", .integer(Int(milestone.paid))), ("refunded", .integer(Int(milestone.refunded))),
      ("retained", .integer(Int(milestone.retained))), ("due", .integer(Int(milestone.due))),
    ])
  }
}
