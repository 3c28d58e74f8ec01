import Access
import ArgumentParser
import FoundationEssentials
import Gateway
import Glibc
import Store

/// `milepost audit`: what was done about keys, tokens and quotas, who opened sessions, and what was refused.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Show, export and verify the audit trail of keys, tokens, quotas, sessions and refusals.",
    discussion: """
      The newest 100,000 rows are kept, of decisions and of everything else apart. Each row carries a digest of itself and of the row before it. Refused
      operations stand one by one in the log, with their result codes (`milepost inspect`); here is who sent them.

      EXAMPLES
        milepost audit --store ./data
        milepost audit --connect 127.0.0.1:7420 --key-file administrator-1.key --after 500 --json
        milepost audit export --connect 127.0.0.1:7420 --key-file administrator-1.key > trail.jsonl
        milepost audit verify trail.jsonl
        milepost audit export --store ./data | milepost audit verify --kept decisions:1520:5f0c...
      """,
    subcommands: [Show.self, Export.self, Verify.self], defaultSubcommand: Show.self)

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show rows.")
    @Option(help: ArgumentHelp("Only rows with higher numbers.", valueName: "number")) var after: UInt64 = 0
    @Option(help: ArgumentHelp("Most rows, at most 500.", valueName: "count")) var limit = 500
    @OptionGroup var source: TrailOptions

    func run() async throws {
      let events = try await source.events(after: after, limit: limit)
      guard !source.desk.json else { return }
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

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print all rows as lines of JSON.")
    @Option(help: ArgumentHelp("Only rows with higher numbers.", valueName: "number")) var after: UInt64 = 0
    @OptionGroup var source: TrailOptions

    func validate() throws {
      guard !source.desk.json else { throw ValidationError("an export is lines of JSON already") }
    }

    func run() async throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      try await source.visit(after: after) { event in
        print(String(decoding: try encoder.encode(event), as: UTF8.self))
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recompute the digests of exported rows.",
      discussion: """
        Prints the newest rows' numbers and digests: keep them elsewhere. Who can write the store can write its trail anew, and only --kept shows that.
        """)
    @Argument(help: "What `milepost audit export` printed; standard input unless given.") var file: String?
    @Option(
      help: ArgumentHelp(
        "What was printed as newest and kept: the row has to be there still, unless it went for its age. May be given several times.",
        valueName: "list:number:digest"))
    var kept: [KeptDigest] = []

    func run() throws {
      var chain = TrailChain(kept: kept.map(\.kept))
      let name = file ?? "standard input"
      if let file {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, dup2(descriptor, 0) == 0 else { throw ValidationError("\(file): cannot be read") }
      }
      let verdict: TrailChain.Verdict
      var number = 0
      do {
        while let line = readLine() {
          number += 1
          try chain.add(try JSONDecoder().decode(AuditEvent.self, from: Data(line.utf8)))
        }
        verdict = try chain.verdict()
      } catch let error as AccessError {
        writeStandardError("milepost audit verify: \(name): \(error)\n")
        throw ExitCode.failure
      } catch {
        writeStandardError("milepost audit verify: \(name): line \(number) is no row of a trail\n")
        throw ExitCode.failure
      }
      print(
        "rows            \(verdict.sound) recomputed, \(number - verdict.sound - verdict.unchained) behind rows that are gone"
          + (verdict.unchained > 0 ? ", \(verdict.unchained) of before there were digests" : ""))
      for kept in verdict.newest { print("newest          \(KeptDigest(kept: kept))") }
      if !kept.isEmpty { print("kept            \(verdict.found) found, \(verdict.gone) went for their age") }
    }
  }
}

/// A row's list, number and digest, `decisions:1520:5f0c...`.
struct KeptDigest: ExpressibleByArgument, CustomStringConvertible {
  var kept: TrailChain.Kept

  init(kept: TrailChain.Kept) { self.kept = kept }

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, ["decisions", "events"].contains(parts[0]), let number = UInt64(parts[1]),
      parts[2].utf8.count == 64
    else { return nil }
    kept = TrailChain.Kept(isDecision: parts[0] == "decisions", number: number, digest: String(parts[2]))
  }

  var description: String { "\(kept.isDecision ? "decisions" : "events"):\(kept.number):\(kept.digest)" }
}

/// Whose trail it is.
struct TrailOptions: ParsableArguments {
  @Flag(help: "The gateway's trail, in a server's store or in a gateway's --state; with --store only.") var gateway =
    false
  @OptionGroup var desk: DeskOptions

  func validate() throws {
    guard !gateway || desk.store != nil else {
      throw ValidationError("--gateway goes with --store; of a gateway that runs ask GET /v1/audit")
    }
  }

  /// Rows behind a number, oldest first. With `--json` they are printed as well.
  func events(after number: UInt64, limit: Int) async throws -> [AuditEvent] {
    if gateway, let store = desk.store {
      do {
        // A server's store, or a gateway's own state.
        let isStore = unsafe access("\(store)/MANIFEST", F_OK) == 0
        let catalog = try isStore ? Store.open(store, .open).catalog : Store.openCatalog(store)
        return try AuditTrail(catalog: catalog, tables: .gateway).events(after: number, limit: limit)
      } catch {
        writeStandardError("milepost audit: \(store): \(error)\n")
        throw ExitCode.failure
      }
    }
    guard case .events(let events) = try await desk.perform(.audit(after: number, limit: limit)) else { return [] }
    return events
  }

  /// All rows behind a number.
  func visit(after number: UInt64, _ body: (AuditEvent) throws -> Void) async throws {
    var number = number
    while true {
      let events = try await events(after: number, limit: 500)
      for event in events { try body(event) }
      // What a page of a server's own leaves in its trail is left for the next time.
      guard let last = events.last, events.count == 500 else { return }
      number = last.number
    }
  }
}
