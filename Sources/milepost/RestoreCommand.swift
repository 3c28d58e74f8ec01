import ArgumentParser
import Dataset
import Engine
import Kernel
import LoadGenerator
import Store

/// `milepost restore`: a store out of a backup, verified before it opens.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a store of a backup, as of its last commit or of an earlier point, and verify it.",
    discussion: """
      Checks size and SHA-256 of every file of the backup, copies it, cuts the log behind the point, and verifies the result as
      `milepost verify` does. The directory opens as a store only if nothing is off; otherwise it is removed.

      A point may not be older than what the backup's checkpoints hold, and the message says which commits can be reached. The whole history
      reaches every point: a log that begins with commit 1, or the segments exported before it was trimmed. The store then starts
      without checkpoints. Exit code 0: the store is there and sound; 1: the reason or each difference is named.

      EXAMPLES
        milepost restore --backup /backups/monday --store ./restored
        milepost restore --backup /backups/monday --store ./restored --through 81200
        milepost restore --backup /backups/monday --store ./restored --until 2026-03-01T09:30:00Z --segments ./segments
      """)

  @Option(help: ArgumentHelp("Directory of the backup.", valueName: "dir")) var backup: String
  @Option(help: ArgumentHelp("Directory for the store; made when it does not exist.", valueName: "dir")) var store:
    String
  @Option(help: ArgumentHelp("The last commit of the restored store.", valueName: "commit")) var through: UInt64?
  @Option(
    help: ArgumentHelp(
      "End with the last commit before the first one that is later than this (RFC 3339).", valueName: "time"))
  var until: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Exported segments that lie before the backup's log: files, or directories of them.", valueName: "path"))
  var segments: [String] = []
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func validate() throws {
    guard through == nil || until == nil else { throw ValidationError("--through and --until exclude each other") }
    if let until, RFC3339.milliseconds(until) == nil {
      throw ValidationError("--until: '\(until)' is no time like 2026-03-01T09:30:00Z")
    }
  }

  private var point: RestorePoint {
    if let through { return .commit(through) }
    if let milliseconds = until.flatMap(RFC3339.milliseconds) { return .time(milliseconds) }
    return .end
  }

  func run() throws {
    let report: RestoreReport
    let progress = CopyProgress("milepost restore")
    do {
      report = try Engine.restore(
        EngineConfiguration(path: store), from: backup, to: point, segments: try segments.flatMap(SegmentFile.paths)
      ) {
        progress.show($0)
      } progress: {
        progress.show($0)
      }
    } catch {
      writeStandardError("milepost restore: \(error)\n")
      throw ExitCode.failure
    }
    let differences = report.verification.differences
    for difference in differences { writeStandardError("milepost restore: \(difference)\n") }
    if json != "-" { print(report.summary) }
    if let json { try OutputText.write(report.json.text + "\n", to: json) }
    if !differences.isEmpty {
      writeStandardError("milepost restore: \(store): nothing was kept\n")
      throw ExitCode.failure
    }
  }
}

extension RestoreReport {
  fileprivate var summary: String {
    let end = commit == 0 ? "0, an empty log" : "\(commit) of \(RFC3339.text(milliseconds))"
    let point =
      backup.range.next.rawValue - 1 == commit
      ? "the backup's last" : "the backup goes on to \(backup.range.next.previous)"
    let totals = verification.totals
    return """
      commit          \(end), \(point)
      base            \(base == .checkpoints ? "checkpoints and the log behind them" : "the whole history, without checkpoints")
      totals          funded \(totals.funded), held \(totals.held), paid out \(totals.paidOut), refunded \(totals.refunded)
      digest          \(digest)
      \(verification.summary)
      """
  }

  /// One word for the digests of all shards, in their order.
  private var digest: String {
    let all = verification.digests.reduce(into: 0xCBF2_9CE4_8422_2325 as UInt64) { sum, digest in
      // FNV-1a over whole words; wrapping is the point.
      sum = (sum ^ digest) &* 0x100_0000_01B3
    }
    return "\(String(all, radix: 16)) over \(verification.digests.count) shards"
  }

  fileprivate var json: JSONText {
    .object([
      ("commit", .integer(Int(commit))), ("milliseconds", .integer(Int(milliseconds))),
      ("base", .string(base.rawValue)),
      ("backup", backup.json), ("verification", verification.json),
    ])
  }
}
