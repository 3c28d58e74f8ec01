public import ArgumentParser
import Foundation
public import LoadGenerator

/// Loads a server with lifecycle operations, checks every answer, and reports.
struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Load a server, check every answer and compare totals.",
    discussion: """
      First the live contracts are created and brought to steady state (timed apart), then every step of their
      life is mixed. The generator predicts each answer. Exit code 0: all answers and totals as
      predicted; 1: a difference or a failure, which is named; 64: wrong options.

      EXAMPLES
        milepost load --connect 127.0.0.1:7420
        milepost load --connect 127.0.0.1:7420 --batch 1024 --rate 1000000
        milepost load --connect 127.0.0.1:7420 --batch 1024 --find-max --p99 10ms
        milepost load --connect 127.0.0.1:7420 --batch 256 --readers 16
        milepost load --connect 127.0.0.1:7420 --workload running-bills --spread zipf --tenants 1000
        milepost dataset build --kind approval-log claims.csv --output claims.ops
        milepost load --connect 127.0.0.1:7420 --replay claims.ops
      """)

  @Option(help: ArgumentHelp("The server.", valueName: "host:port")) var connect: Endpoint
  @OptionGroup(title: "Connection") var connection: ConnectOptions
  @Option(help: "The mix of operations. Default: lifecycle.") var workload: Workload?
  @Option(
    help: ArgumentHelp(
      "Operations to send over and over instead of a mix, each copy on contracts of its own: a file as `dataset build` writes it.",
      valueName: "file"))
  var replay: String?
  @Option(help: "Tenants to spread contracts over. Nothing else may use them during the run. Default: 256.")
  var tenants: Int?
  @Option(help: "How contracts are spread over tenants. Default: uniform.") var spread: TenantSpread?
  @Option(help: "First tenant number.") var firstTenant: UInt32 = 1
  @Option(help: "Live contracts. Default: one for 8 milestones.") var contracts: Int?
  @Option(help: "Live milestones in total. Default: 1,000,000, or 8 a contract.") var milestones: Int?
  @Option(help: "Connections.") var connections = 4
  @Option(help: "Operations of a frame.") var batch = 8_190
  @Option(help: "Frames sent and unanswered on each connection. Default: 4, with --rate 64.") var inFlight: Int?
  @Option(help: "Reads asked and unanswered on each connection, beside the operations.") var readers = 0
  @Option(help: "Seconds to measure. Default: 10, unless --operations is given.") var duration: Double?
  @Option(help: "Operations to measure.") var operations: Int?
  @Option(help: "Open loop: operations a second to offer; latency counts from the intended send.") var rate: Double?
  @Flag(help: "Look for the highest rate that holds --p99, by halves, then confirm it.") var findMax = false
  @Option(
    help: ArgumentHelp("With --find-max: most that the 99th percentile may be, as 10ms or 0.5s.", valueName: "time"))
  var p99: Milliseconds?
  @Option(help: "Seed of the operations.") var seed: UInt64 = 1
  @Option(help: "Steps for each contract before measuring. Default: 40.") var warmSteps: Int?
  @Option(help: "Seconds to try a broken connection again.") var giveUp = 120
  @Option(help: "Write the report as JSON to this file.") var json: String?
  @Flag(help: "No progress on standard error.") var quiet = false

  func validate() throws {
    try connection.validate()
    if duration != nil && operations != nil { throw ValidationError("give --duration or --operations, not both") }
    if findMax != (p99 != nil) { throw ValidationError("--find-max and --p99 go together") }
    if findMax && operations != nil {
      throw ValidationError("--find-max takes --duration for each try, not --operations")
    }
    let generated: [(String, Bool)] = [
      ("--workload", workload != nil), ("--tenants", tenants != nil), ("--spread", spread != nil),
      ("--contracts", contracts != nil), ("--milestones", milestones != nil), ("--warm-steps", warmSteps != nil),
      ("--readers", readers > 0),
    ]
    if replay != nil, let (name, _) = generated.first(where: \.1) {
      throw ValidationError("--replay says what is done: \(name) is for a mix")
    }
    if let problem = try settings().problem { throw ValidationError(problem) }
  }

  func run() async throws {
    var settings = try settings()
    if let replay {
      let recording = try Recording(path: replay, now: Int64(Date().timeIntervalSince1970 * 1_000))
      settings.recording = recording
      settings.tenantCount = recording.tenantCount
      if let problem = settings.problem { throw ValidationError(problem) }
    }
    let line = ProgressLine(isShown: !quiet)
    let report: LoadReport
    do {
      report = try await LoadRun(settings) { line.show($0) }.run()
    } catch {
      line.end()
      writeStandardError("milepost load: \(connect): \(error)\n")
      throw ExitCode(1)
    }
    line.end()
    print(report.summary)
    if let json { try writeText(report.json.text + "\n", to: json) }
    if !report.isClean { throw ExitCode(1) }
  }

  private func settings() throws -> LoadConfiguration {
    var settings = LoadConfiguration()
    settings.client = try connection.configuration()
    settings.host = connect.host
    settings.port = connect.port
    settings.workload = workload ?? settings.workload
    settings.spread = spread ?? settings.spread
    settings.tenantCount = tenants ?? settings.tenantCount
    settings.firstTenant = firstTenant
    settings.connectionCount = connections
    settings.batch = batch
    settings.inFlight = inFlight ?? (rate == nil && !findMax ? 4 : 64)
    settings.readersPerConnection = readers
    settings.search = p99.map { RateSearch(p99Milliseconds: $0.value, secondsPerStep: duration ?? 5) }
    settings.limit = operations.map { .operations($0) } ?? .duration(seconds: duration ?? 10)
    settings.rate = rate
    settings.seed = seed
    settings.warmStepsPerContract = warmSteps ?? settings.warmStepsPerContract
    settings.giveUpSeconds = giveUp
    if settings.warmStepsPerContract < 0 || giveUp < 1 {
      throw ValidationError("--warm-steps and --give-up are not negative")
    }
    let live = milestones ?? contracts.map { $0 * 8 } ?? 1_000_000
    settings.contractCount = contracts ?? max(1, (live + 7) / 8)
    guard live > 0, settings.contractCount > 0 else { throw ValidationError("there must be contracts and milestones") }
    settings.milestonesPerContract = max(1, min(live / settings.contractCount, contracts == nil ? 8 : .max))
    return settings
  }
}

extension Workload: ExpressibleByArgument {}
extension TenantSpread: ExpressibleByArgument {}

/// A time as people write it: `10ms`, `0.5s`.
struct Milliseconds: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    let unit = argument.hasSuffix("ms") ? ("ms", 1.0) : ("s", 1_000)
    guard argument.hasSuffix(unit.0), let number = Double(argument.dropLast(unit.0.count)) else { return nil }
    value = number * unit.1
  }
}

/// One line that is rewritten on a terminal, or a new one every two seconds elsewhere.
///
/// `show` is called on the run's event loop, `end` after the run: never at once.
private final class ProgressLine: @unchecked Sendable {
  private let isShown: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var calls = 0
  private var isOpen = false

  init(isShown: Bool) { self.isShown = isShown }

  func show(_ progress: LoadProgress) {
    guard isShown else { return }
    calls += 1
    if isTerminal {
      // Back to the first column, text, clear to the end of the line.
      writeStandardError("\r\(progress.text)\u{1B}[K")
      isOpen = true
    } else if calls % 4 == 0 {
      writeStandardError(progress.text + "\n")
    }
  }

  func end() {
    if isOpen { writeStandardError("\n") }
    isOpen = false
  }
}

/// Writes a whole file, replacing what was there.
private func writeText(_ text: String, to path: String) throws {
  guard let file = unsafe fopen(path, "w") else {
    throw ValidationError("\(path): \(unsafe String(cString: strerror(errno)))")
  }
  var text = text
  let isWritten = text.withUTF8 { bytes in unsafe fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count }
  // Both must succeed: a full disk may show only when the file is closed.
  guard unsafe fclose(file) == 0, isWritten else { throw ValidationError("\(path): could not be written") }
}
