import ArgumentParser
import Dataset
import Engine
import Kernel
import LoadGenerator
import Store

/// `milepost inspect`: what a store holds, without serving it.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a store holds: an overview, a commit, or the history of a contract.",
    discussion: """
      Takes no lock, so it may look at a store that is being served; what it shows then moves on. A history is read from the log, and
      from exported segments when they are given.

      EXAMPLES
        milepost inspect --store ./data
        milepost inspect --store ./data --commit 17
        milepost inspect --store ./data --tenant 7 --contract 42 --json -
      """)

  @Option(help: ArgumentHelp("Directory of the store.", valueName: "dir")) var store: String
  @Option(help: "Show the groups of this commit.") var commit: UInt64?
  @Option(help: "Tenant of the contract whose history is shown.") var tenant: UInt32?
  @Option(help: "Id of the contract, decimal.", transform: parseIdentifier) var contract: UInt128?
  @Option(
    name: .customLong("segment"), parsing: .upToNextOption,
    help: ArgumentHelp("Exported segments that lie before the log.", valueName: "file"))
  var segments: [String] = []
  @Option(help: "Most operations of a history.") var limit = 1_000
  @Option(help: ArgumentHelp("Write JSON to this file; - for standard output.", valueName: "file")) var json: String?

  func validate() throws {
    guard (tenant == nil) == (contract == nil) else { throw ValidationError("--tenant and --contract belong together") }
    guard commit == nil || tenant == nil else { throw ValidationError("show a commit or a contract, not both") }
    guard limit > 0 else { throw ValidationError("--limit is at least 1") }
  }

  func run() throws {
    do {
      let inspector = try StoreInspector(path: store, segments: segments)
      let content: JSONText
      if let commit {
        content = try Self.describe(commit, inspector)
      } else if let tenant, let contract {
        content = try history(tenant, contract, inspector)
      } else {
        content = try Self.overview(inspector)
      }
      try OutputText.write(content.text + "\n", to: json ?? "-")
    } catch let error as EngineError {
      try fail("\(error)")
    } catch let error as StoreError {
      try fail("\(error)")
    }
  }

  private func fail(_ message: String) throws -> Never {
    writeStandardError("milepost inspect: \(store): \(message)\n")
    throw ExitCode.failure
  }

  private static func overview(_ inspector: StoreInspector) throws -> JSONText {
    let store = inspector.store
    let range = inspector.range
    var checkpoints: [JSONText] = []
    for shard in 0..<store.manifest.shardCount {
      guard let manifest = try store.state.manifest(shard: UInt16(shard)) else { continue }
      checkpoints.append(
        .object([
          ("shard", .integer(shard)), ("generation", .integer(Int(manifest.generation))),
          ("cut", .integer(Int(manifest.cut.rawValue))), ("operations", .integer(Int(manifest.operationCount))),
          ("lastStamp", .integer(Int(manifest.lastStamp))),
          ("bytes", .integer(Int(manifest.parts.reduce(0) { $0 + $1.byteCount }))),
        ]))
    }
    return .object([
      ("shards", .integer(store.manifest.shardCount)),
      ("createdMilliseconds", .integer(Int(store.manifest.creationMilliseconds))),
      ("firstCommit", .integer(Int(range.first.rawValue))), ("nextCommit", .integer(Int(range.next.rawValue))),
      ("sealedThrough", .integer(Int(store.log.lastSeal?.last.rawValue ?? 0))),
      ("log", usage(try store.log.usage())), ("state", usage(try store.state.usage())),
      ("catalog", usage(try store.catalog.usage())), ("checkpoints", .array(checkpoints)),
    ])
  }

  private static func usage(_ usage: StoreUsage) -> JSONText {
    .object([
      ("usedBytes", .integer(Int(usage.usedByteCount))), ("liveBytes", .integer(Int(usage.liveByteCount))),
      ("records", .integer(Int(usage.recordCount))),
    ])
  }

  private static func describe(_ commit: UInt64, _ inspector: StoreInspector) throws -> JSONText {
    let (milliseconds, groups) = try inspector.groups(ofCommit: commit)
    return .object([
      ("commit", .integer(Int(commit))), ("milliseconds", .integer(Int(milliseconds))),
      ("groups", .array(groups.map(describe))),
    ])
  }

  private static func describe(_ group: StoreInspector.Group) -> JSONText {
    .object([
      ("kind", .string(group.kind)), ("stamp", .integer(Int(group.stamp))), ("operations", .integer(group.operations)),
      ("bytes", .integer(group.byteCount)),
      (
        "shards",
        .array(
          group.shards.map { part in
            .object([
              ("shard", .integer(part.shard)), ("firstSequence", .integer(Int(part.firstSequence))),
              ("operations", .integer(part.operations)),
            ])
          })
      ),
      (
        "frames",
        .array(
          group.frames.map { frame in
            .object([
              ("session", .integer(Int(frame.session))), ("request", .integer(Int(frame.request))),
              ("operations", .integer(frame.operations)),
            ])
          })
      ),
    ])
  }

  private func history(_ tenant: UInt32, _ contract: UInt128, _ inspector: StoreInspector) throws -> JSONText {
    var filter = FeedFilter()
    filter.scope = .one(tenant)
    filter.contract = contract
    filter.acceptedOnly = false
    var events: [JSONText] = []
    try inspector.events(from: .start, filter: filter) { event in
      events.append(Self.describe(event))
      return events.count < limit
    }
    return .object([
      ("tenant", .integer(Int(tenant))), ("contract", .string("\(contract)")),
      ("fromCommit", .integer(Int(inspector.range.first.rawValue))), ("operations", .array(events)),
    ])
  }

  private static func describe(_ event: FeedEvent) -> JSONText {
    let operation = event.operation
    return .object([
      ("commit", .integer(Int(event.position.commit))), ("index", .integer(Int(event.position.index))),
      ("stamp", .integer(Int(event.stamp))),
      ("op", .string(OperationCode(rawValue: operation.code)?.name ?? "code_\(operation.code)")),
      ("mode", .integer(Int(operation.mode))), ("m", .integer(Int(operation.ordinal))),
      ("id", .string("\(operation.id)")), ("actor", .integer(Int(operation.actor))),
      ("amount", .integer(Int(operation.amount))), ("arg", .string("\(operation.argument)")),
      ("code", .string(ResultCode(rawValue: event.result.code).map { "\($0.name)" } ?? "code_\(event.result.code)")),
      ("state", .integer(Int(event.result.state))), ("version", .integer(Int(event.result.version))),
      ("moved", .integer(Int(event.result.amount))), ("session", .integer(Int(event.session))),
      ("request", .integer(Int(event.request))),
    ])
  }
}
