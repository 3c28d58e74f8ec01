import ArgumentParser
import Client
import Dataset
import Engine
import Formats
import Glibc
import Kernel
import NIOCore
import NIOPosix
import Wire

/// `milepost dataset`: public data as operations, and whether they end where the public record says.
struct DatasetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Turn public data into operations, and reconcile what came of them.",
    subcommands: [DatasetBuildCommand.self, DatasetReconcileCommand.self])
}

/// `DatasetBuilder.Kind` as an option.
enum DatasetKindOption: String, CaseIterable, ExpressibleByArgument {
  case approvalLog = "approval-log"
  case tenders, ocds, synthetic

  var kind: DatasetBuilder.Kind {
    switch self {
    case .approvalLog: .approvalLog
    case .tenders: .tenders
    case .ocds: .ocds
    case .synthetic: .synthetic
    }
  }
}

/// `OperationFormat` as an option.
enum DatasetFormatOption: String, CaseIterable, ExpressibleByArgument {
  case binary, csv, ndjson

  var format: OperationFormat {
    switch self {
    case .binary: .binary
    case .csv: .csv
    case .ndjson: .ndjson
    }
  }
}

/// `milepost dataset build`.
struct DatasetBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Turn a file of public data into operations and expectations.",
    discussion: """
      Writes the operations to --output and what the public record says of each case to --output with .expected.ndjson behind it. The
      kinds: approval-log (event logs of claims, permits, purchase orders, fines; told apart by their columns), tenders (a row a
      bid), ocds (Open Contracting records and releases, or a folder of them), synthetic (an invented log, no input).
      Files ending in .gz or packed by gzip are unpacked. Rows that cannot be used are counted and listed, never dropped in silence.

      EXAMPLES
        milepost dataset build --kind approval-log declarations.csv.gz --output claims.ops
        milepost dataset build --kind ocds Datasets/sample --output sample.ndjson
        milepost dataset build --kind synthetic --cases 100000 --seed 1 --output load.ops
      """)

  @Option(help: "What the input is.") var kind: DatasetKindOption
  @Argument(help: ArgumentHelp("The public data; a folder too for ocds.", valueName: "input")) var input: String?
  @Option(help: ArgumentHelp("Where the operations go.", valueName: "file")) var output: String
  @Option(help: "binary, csv or ndjson. Default: what the output's name says.") var format: DatasetFormatOption?
  @Option(help: "synthetic: how many cases.") var cases = 300
  @Option(help: "synthetic: seed; the same seed gives the same file.") var seed: UInt64 = 7
  @Option(help: "synthetic: organisational units, each a tenant.") var units = 8
  @Option(help: ArgumentHelp("synthetic: write the invented log as CSV too.", valueName: "file")) var log: String?
  @Option(help: "Most unusable rows to list on standard error.") var listed = 20
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func validate() throws {
    if kind == .synthetic {
      if input != nil { throw ValidationError("synthetic takes no input") }
      if cases < 1 || cases > 999_999 || units < 1 {
        throw ValidationError("--cases is 1 to 999999, --units at least 1")
      }
    } else {
      if input == nil { throw ValidationError("give the file to read") }
      if log != nil { throw ValidationError("--log belongs to --kind synthetic") }
    }
  }

  func run() throws {
    var synthetic = SyntheticLog()
    synthetic.caseCount = cases
    synthetic.seed = seed
    synthetic.unitCount = units
    let files = DatasetOutput(path: output, format: format?.format)
    let report: DatasetReport
    do {
      if let log { try OutputText.write(synthetic.csv, to: log) }
      report = try DatasetBuilder.build(kind.kind, path: input ?? "", output: files, synthetic: synthetic)
    } catch {
      writeStandardError("milepost dataset build: \(error)\n")
      throw ExitCode(EX_DATAERR)
    }
    for reject in report.rejects.prefix(listed) {
      writeStandardError("milepost dataset build: \(input ?? ""): \(reject)\n")
    }
    if report.rejects.count > listed {
      writeStandardError("milepost dataset build: \(report.rejects.count - listed) more rows that cannot be used\n")
    }
    if json != "-" { print(report.summary(files)) }
    if let json { try OutputText.write(report.json + "\n", to: json) }
  }
}

/// `milepost dataset reconcile`.
struct DatasetReconcileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Compare each case's end with what the public record says.",
    discussion: """
      Three places can be asked. Without --connect and --store the operations run through a kernel in this process. With --connect they
      are sent to a server (unless --operations is left out, when it has them already), and each case is read back. With --store
      a store that no server has open is read.

      A difference that the public record itself explains has a class and counts as explained. Exit code 1 when a
      difference has none, or an invariant of the kernel does not hold.
      """)

  enum Stamps: String, ExpressibleByArgument, CaseIterable { case file, now }

  @Option(help: ArgumentHelp("The .expected.ndjson file of the build.", valueName: "file")) var expected: String
  @Option(help: ArgumentHelp("The operations file of the build.", valueName: "file")) var operations: String?
  @Option(help: "binary, csv or ndjson. Default: what the file's name says.") var format: DatasetFormatOption?
  @Option(help: ArgumentHelp("A server to ask.", valueName: "host:port")) var connect: Endpoint?
  @Option(help: ArgumentHelp("A store to ask.", valueName: "dir")) var store: String?
  @Option(help: "In this process: stamp by the file, or all with the present clock.") var stamps = Stamps.file
  @Option(help: "Most differences to list.") var listed = 20
  @Option(help: ArgumentHelp("Write the outcome as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func validate() throws {
    if connect != nil && store != nil { throw ValidationError("give --connect or --store, not both") }
    if connect == nil && store == nil && operations == nil {
      throw ValidationError("give --operations, --connect or --store")
    }
    if store != nil && operations != nil { throw ValidationError("milepost apply brings operations into a store") }
  }

  func run() async throws {
    var reconciliation = Reconciliation()
    var audit: [String] = []
    do {
      let expectations = try Expectation.read(path: expected)
      if let connect {
        reconciliation = try await ServerReconciliation(connect).run(
          operations: operations, format: format?.format, expectations)
      } else if let store {
        reconciliation = try await Self.read(store: store, expectations)
      } else if let operations {
        let replayed = try Reconciliation.replay(
          operations: operations, format: format?.format, expectations: expectations,
          stamps: stamps == .file ? .file : .fixed(Self.now))
        reconciliation = replayed.reconciliation
        audit = replayed.audit + replayed.rejects.map { "\(operations): \($0)" }
      }
    } catch {
      writeStandardError("milepost dataset reconcile: \(error)\n")
      throw ExitCode(EX_DATAERR)
    }
    for line in audit { writeStandardError("milepost dataset reconcile: \(line)\n") }
    if json != "-" { print(reconciliation.summary(listed: listed)) }
    if let json { try OutputText.write(reconciliation.json + "\n", to: json) }
    if !reconciliation.unexplained.isEmpty || !audit.isEmpty { throw ExitCode(1) }
  }

  private static var now: Instant {
    var time = timespec()
    // The clock is always there.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(time.tv_sec) * 1000 + Instant(time.tv_nsec / 1_000_000)
  }

  private static func read(store path: String, _ expectations: [Expectation]) async throws -> Reconciliation {
    var configuration = EngineConfiguration(path: path)
    configuration.createsStore = false
    configuration.firesTimers = false
    let engine = try Engine.open(configuration)
    var reconciliation = Reconciliation()
    for expectation in expectations {
      var outcome = try await engine.contract(tenant: expectation.tenant, contract: expectation.contract).map(
        CaseOutcome.init)
      for milestone in expectation.milestones {
        outcome?.milestones[milestone.ordinal] = try await engine.milestone(
          tenant: expectation.tenant, contract: expectation.contract, ordinal: milestone.ordinal)?.state
      }
      reconciliation.compare(expectation, with: outcome)
    }
    try engine.close()
    return reconciliation
  }
}

/// Sends operations to a server and reads every case back.
struct ServerReconciliation {
  /// Cases asked for at once on the one connection.
  private static let inFlight = 64
  private let endpoint: Endpoint

  init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  func run(operations: String?, format: OperationFormat?, _ expectations: [Expectation]) async throws -> Reconciliation
  {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let client = try await MilepostClient.connect(host: endpoint.host, port: endpoint.port, group: group)
    var tally: AnswerTally?
    if let operations { tally = try await submit(operations, format, to: client) }
    var reconciliation = Reconciliation()
    for start in stride(from: 0, to: expectations.count, by: Self.inFlight) {
      let part = expectations[start..<min(start + Self.inFlight, expectations.count)]
      let outcomes = try await withThrowingTaskGroup(of: (Int, CaseOutcome?).self) { tasks in
        for (index, expectation) in zip(part.indices, part) {
          tasks.addTask { (index, try await Self.outcome(of: expectation, client)) }
        }
        var found: [Int: CaseOutcome] = [:]
        for try await (index, outcome) in tasks { found[index] = outcome }
        return found
      }
      for (index, expectation) in zip(part.indices, part) {
        reconciliation.compare(
          expectation, with: outcomes[index],
          refused: tally?.refused(tenant: expectation.tenant, contract: expectation.contract))
      }
    }
    await client.close()
    try await group.shutdownGracefully()
    return reconciliation
  }

  private func submit(_ path: String, _ format: OperationFormat?, to client: MilepostClient) async throws -> AnswerTally
  {
    var tally = AnswerTally()
    var reader = try OperationReader(
      path: path, format: format, batchCountMax: Int(client.welcome.limits.operationCountMax))
    while try reader.next() {
      if let reject = reader.rejects.first { throw InputError(path: path, line: reject.line, reason: reject.reason) }
      var batch = SubmitBatch(slotCapacity: reader.operationCount * 2)
      let count = reader.operationCount
      // The slots are copied inside the closures.
      unsafe reader.withSlots { slots in
        unsafe batch.appendSlots(slotCountMax: slots.count / Kernel.Operation.byteCount) { target in
          unsafe target.copyMemory(from: slots)
          return (slots.count / Kernel.Operation.byteCount, count)
        }
      }
      let results = try await client.submit(batch)
      unsafe reader.withSlots { slots in unsafe tally.add(slots, results) }
    }
    return tally
  }

  private static func outcome(of expectation: Expectation, _ client: MilepostClient) async throws -> CaseOutcome? {
    guard let contract = try await client.contract(tenant: expectation.tenant, contract: expectation.contract),
      let state = ContractState(rawValue: contract.state)
    else { return nil }
    var outcome = CaseOutcome(
      state: state, value: contract.value, paid: contract.buckets.paidOut - contract.buckets.returned)
    guard !expectation.milestones.isEmpty else { return outcome }
    var cursor: UInt64? = 0
    while let from = cursor {
      let page = try await client.milestones(tenant: expectation.tenant, contract: expectation.contract, cursor: from)
      for milestone in page?.records ?? [] {
        outcome.milestones[milestone.ordinal] = MilestoneState(rawValue: milestone.state)
      }
      cursor = page?.next
    }
    return outcome
  }
}
