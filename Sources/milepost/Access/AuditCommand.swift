import Access
import ArgumentParser

/// `milepost audit`: what was done about keys and quotas, who opened sessions, and what was refused.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Show the audit trail of keys, quotas, sessions and refusals.",
    discussion: """
      The newest 100,000 rows are kept. Refused operations stand one by one in the log, with their result codes
      (`milepost inspect`); here is who sent them.

      EXAMPLES
        milepost audit --store ./data
        milepost audit --connect 127.0.0.1:7420 --key-file administrator-1.key --after 500 --json
      """)
  @Option(help: ArgumentHelp("Only rows with higher numbers.", valueName: "number")) var after: UInt64 = 0
  @Option(help: ArgumentHelp("Most rows, at most 500.", valueName: "count")) var limit = 500
  @OptionGroup var desk: DeskOptions

  func run() async throws {
    guard case .events(let events) = try await desk.perform(.audit(after: after, limit: limit)), !desk.json else {
      return
    }
    var rows = [["ROW", "TIME", "KEY", "FROM", "TIMES", "WHAT", "ABOUT"]]
    for event in events {
      rows.append([
        "\(event.number)", timeText(event.at), event.key.map { "\($0)" } ?? "-",
        event.address ?? (event.key == nil && event.kind != .notListed ? "local" : "-"), "\(event.count)",
        event.kind.rawValue, event.subject,
      ])
    }
    print(columns(rows))
  }
}
