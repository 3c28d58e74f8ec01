import ArgumentParser
import Dataset
import Engine
import Kernel
import LoadGenerator

/// `milepost verify`: derives everything again and compares.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Derive every balance and total of a store again and compare.",
    discussion: """
      Checks the checksum of every record, the audit chain, every answer in the log against its replay, checkpoints against
      the history where it is whole (or completed by exported segments), and every balance and total against the records. No server
      may have the store. Exit code 0: nothing is off; 1: each difference is named, or the store could not be read.

      EXAMPLES
        milepost verify --store ./data
        milepost verify --store ./data --segment export/commits-*.segment --json -
      """)

  @Option(help: ArgumentHelp("Directory of the store.", valueName: "dir")) var store: String
  @Option(
    name: .customLong("segment"), parsing: .upToNextOption,
    help: ArgumentHelp("Exported segments that lie before the log.", valueName: "file"))
  var segments: [String] = []
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func run() throws {
    let report: VerificationReport
    do {
      report = try Engine.verify(EngineConfiguration(path: store), segments: segments)
    } catch {
      writeStandardError("milepost verify: \(store): \(error)\n")
      throw ExitCode.failure
    }
    for difference in report.differences { writeStandardError("milepost verify: \(difference)\n") }
    if json != "-" { print(report.summary) }
    if let json { try OutputText.write(report.json.text + "\n", to: json) }
    if !report.differences.isEmpty { throw ExitCode.failure }
  }
}

extension VerificationReport {
  var summary: String {
    let base = startsAtFirstCommit ? "the whole history from the first commit" : "checkpoints and the log behind them"
    let verdict =
      differences.isEmpty
      ? "sound: \(contracts) contracts (\(archivedContracts) archived) of \(tenants) tenants, funded \(totals.funded), nothing is off"
      : "\(differences.count) differences"
    return """
      commits         \(firstCommit) to \(lastCommit), base: \(base)
      replayed        \(operationsReplayed) operations, every answer as logged
      shards          \(shards), \(checkpoints) from checkpoints
      audit chain     \(sealsVerified) seals recomputed, \(sealsLinkOnly) by their link; newest \(newestSealText)
      sessions        \(sessions)
      references      \(archivedReferences) in the archive
      \(verdict)
      """
  }

  private var newestSealText: String {
    newestSeal.isEmpty ? "none" : newestSeal.map { Self.hexadecimal(UInt64($0), digits: 2) }.joined()
  }

  private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  var json: JSONText {
    .object([
      ("sound", .bool(differences.isEmpty)), ("differences", .array(differences.map { .string($0) })),
      ("firstCommit", .integer(Int(firstCommit))), ("lastCommit", .integer(Int(lastCommit))),
      ("startsAtFirstCommit", .bool(startsAtFirstCommit)), ("operationsReplayed", .integer(Int(operationsReplayed))),
      ("shards", .integer(shards)), ("checkpoints", .integer(checkpoints)), ("contracts", .integer(contracts)),
      ("archivedContracts", .integer(archivedContracts)), ("archivedReferences", .integer(archivedReferences)),
      ("tenants", .integer(tenants)), ("sessions", .integer(sessions)), ("sealsVerified", .integer(sealsVerified)),
      ("sealsLinkOnly", .integer(sealsLinkOnly)), ("newestSeal", .string(newestSealText)),
      ("totals", TotalsText.json(totals)),
      ("digests", .array(digests.map { .string(Self.hexadecimal($0, digits: 16)) })),
    ])
  }
}

/// Totals under their documented names.
enum TotalsText {
  static func json(_ totals: Totals) -> JSONText {
    .object([
      ("funded", .integer(Int(totals.funded))), ("unallocated", .integer(Int(totals.unallocated))),
      ("held", .integer(Int(totals.held))), ("retained", .integer(Int(totals.retained))),
      ("payoutPending", .integer(Int(totals.payoutPending))), ("refundPending", .integer(Int(totals.refundPending))),
      ("taxWithheld", .integer(Int(totals.taxWithheld))), ("otherWithheld", .integer(Int(totals.otherWithheld))),
      ("paidOut", .integer(Int(totals.paidOut))), ("returned", .integer(Int(totals.returned))),
      ("refunded", .integer(Int(totals.refunded))), ("taxDeposited", .integer(Int(totals.taxDeposited))),
      ("otherPaid", .integer(Int(totals.otherPaid))), ("fee", .integer(Int(totals.fee))),
    ])
  }
}
