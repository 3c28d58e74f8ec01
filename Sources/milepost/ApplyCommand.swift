import ArgumentParser
import Dataset
import Engine
import Formats
import Glibc
import Kernel
import LoadGenerator
import Synchronization

/// `milepost apply`: the embedded batch processor.
struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply a file of operations to a store, durably, without a server.",
    discussion: """
      Reads binary, CSV or NDJSON operations (gzip is unpacked), applies them in order, batch by batch, and counts an operation
      only when it is on disk. Operations that are refused, and lines that are no operation, go to --rejects with line number,
      code and reason; they do not stop the run. The exit code is 0 also when there are rejects: the report counts them.

      A file may carry stamps. By default they are the operations' time, as long as they lie in the past and do not run
      backwards, and deadlines do not fire meanwhile; with --stamps now the clock stamps everything and deadlines fire.

      EXAMPLES
        milepost apply --store ./data --input claims.ops
        milepost apply --store ./data --input orders.csv --rejects rejected.csv
        gzip -dc day.ndjson.gz | milepost apply --store ./data --input - --format ndjson --json -
      """)

  enum Stamps: String, ExpressibleByArgument, CaseIterable { case file, now }

  @Option(help: ArgumentHelp("Directory of the store; made when it does not exist.", valueName: "dir")) var store:
    String
  @Option(help: ArgumentHelp("The operations; - for standard input.", valueName: "file")) var input: String
  @Option(help: "binary, csv or ndjson. Default: what the file's name says.") var format: OperationFormat?
  @Option(help: ArgumentHelp("Where refused operations and unreadable lines go, as CSV.", valueName: "file"))
  var rejects: String?
  @Option(help: "Where the time of operations comes from.") var stamps = Stamps.file
  @Option(help: "Most operations of a batch, 1 to 8190.") var batch = 8_190
  @Option(help: "Shards of a new store, a power of two.") var shards = 64
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?
  @Flag(help: "No progress on standard error.") var quiet = false

  func validate() throws {
    guard (1...8_190).contains(batch) else { throw ValidationError("--batch is 1 to 8190") }
    guard (1...1_024).contains(shards), shards.nonzeroBitCount == 1 else {
      throw ValidationError("--shards is a power of two from 1 to 1024")
    }
  }

  func run() throws {
    do {
      let report = try apply()
      if json != "-" { print(report.summary) }
      if let json { try OutputText.write(report.json.text + "\n", to: json) }
    } catch let error as EngineError {
      try fail("\(store): \(error)")
    } catch let error as InputError {
      try fail("\(error)")
    }
  }

  private func apply() throws -> ApplyReport {
    var reader = try OperationReader(
      path: input, format: format, batchCountMax: batch, splitAtStamps: stamps == .file)
    let rejects = try self.rejects.map { try RejectFile(path: $0) }
    let clock = FileClock()
    var configuration = EngineConfiguration(path: store)
    configuration.shardCount = shards
    configuration.firesTimers = stamps == .now
    configuration.checkpointsAtClose = true
    // Nobody waits for a single batch here: the committer gathers what comes while it writes.
    configuration.inlineCommitByteCountMax = 0
    let engine = try Engine.open(configuration, clock: clock)
    var run = ApplyRun(engine: engine, clock: clock, batch: batch, rejects: rejects, showsProgress: !quiet)
    try run.apply(&reader)
    try engine.close()
    try rejects?.close()
    return run.report
  }

  private func fail(_ message: String) throws -> Never {
    writeStandardError("milepost apply: \(message)\n")
    throw ExitCode.failure
  }
}

/// The system's time, or the time that the file gives to the batch at hand. Set and read on the applying thread for stamps; other
/// threads read it for the age of commits only.
final class FileClock: EngineClock {
  private let fileStamp = Mutex<Instant?>(nil)
  private let system = SystemClock()

  /// The time of the next operations; a stamp that lies ahead of the clock is taken as now.
  func set(_ stamp: Instant?) { fileStamp.withLock { $0 = stamp } }

  func now() -> Instant {
    let now = system.now()
    return min(fileStamp.withLock { $0 } ?? now, now)
  }

  func monotonicNanoseconds() -> UInt64 { system.monotonicNanoseconds() }
}

/// What came of a file.
struct ApplyReport {
  var operations: UInt64 = 0
  var accepted: UInt64 = 0
  /// Refused operations by result code.
  var refused: [UInt8: UInt64] = [:]
  /// Lines that are no operations.
  var unreadable: UInt64 = 0
  var seconds = 0.0

  private var perSecond: Double { seconds > 0 ? Double(operations) / seconds : 0 }

  private static func name(_ code: UInt8) -> String {
    ResultCode(rawValue: code).map { "\($0.name)" } ?? "code_\(code)"
  }

  var summary: String {
    var lines = [
      "operations      \(operations) durable in \(Self.rounded(seconds)) s, \(UInt64(perSecond)) a second",
      "accepted        \(accepted)",
      "refused         \(refused.values.reduce(0, +))",
    ]
    for (code, count) in refused.sorted(by: { $0.value > $1.value }).prefix(10) {
      lines.append("  \(Self.name(code)) \(count)")
    }
    lines.append("unreadable      \(unreadable)")
    return lines.joined(separator: "\n")
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

  var json: JSONText {
    .object([
      ("operations", .integer(Int(operations))), ("accepted", .integer(Int(accepted))),
      (
        "rejected",
        .object(refused.sorted { $0.key < $1.key }.map { (Self.name($0.key), JSONText.integer(Int($0.value))) })
      ),
      ("unreadable", .integer(Int(unreadable))), ("seconds", .number(seconds)),
      ("operationsPerSecond", .number(perSecond)), ("durable", .bool(true)),
    ])
  }
}

/// The rejects as CSV: line, code, field, reason.
@safe
private final class RejectFile {
  private let file: UnsafeMutablePointer<FILE>
  private let path: String
  private var hasFailed = false

  init(path: String) throws {
    guard let file = unsafe fopen(path, "w") else {
      throw InputError(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    unsafe self.file = file
    self.path = path
    write("line,code,field,reason")
  }

  func write(_ line: String) {
    var line = line + "\n"
    let isWritten = line.withUTF8 { bytes in
      unsafe fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count
    }
    if !isWritten { hasFailed = true }
  }

  func refused(line: UInt64, code: UInt8) {
    let name = ResultCode(rawValue: code).map { "\($0.name)" } ?? "code_\(code)"
    write("\(line),\(name),,refused")
  }

  func unreadable(_ reject: InputReject) {
    write("\(reject.line),unreadable,\(Self.quoted(reject.field)),\(Self.quoted(reject.reason))")
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      if character == "\"" { result.append("\"") }
      result.append(character)
    }
    return result + "\""
  }

  /// - Throws: `InputError` when not every reject could be written: none may vanish.
  func close() throws {
    let isClosed = unsafe fclose(file) == 0
    guard isClosed, !hasFailed else { throw InputError(path: path, reason: "the rejects could not be written") }
  }
}

/// One run: batches go in while earlier ones become durable.
private struct ApplyRun {
  /// A batch in flight, and the lines that its operations stood in.
  private final class Flight {
    let submission: Submission
    var lines: [UInt64] = []

    init(slotCapacity: Int) { submission = Submission(slotCapacity: slotCapacity) }
  }

  /// Most batches, and most operations, that wait for the disk at once: enough for two commits, few enough that a batch's
  /// memory is still in the cache when it is filled again.
  private static let flightCountMax = 1_024
  private static let operationsInFlightMax = 98_304

  private let engine: Engine
  private let clock: FileClock
  private let queue = CompletionQueue()
  private let rejects: RejectFile?
  private let showsProgress: Bool
  private let slotCapacity: Int
  private var idle: [Flight] = []
  private var flightCount = 0
  private var operationsInFlight = 0
  private(set) var report = ApplyReport()
  private var lastProgress: UInt64 = 0

  init(engine: Engine, clock: FileClock, batch: Int, rejects: RejectFile?, showsProgress: Bool) {
    self.engine = engine
    self.clock = clock
    self.rejects = rejects
    self.showsProgress = showsProgress
    slotCapacity = 2 * batch
  }

  mutating func apply(_ reader: inout OperationReader) throws {
    let start = clock.monotonicNanoseconds()
    while try reader.next() {
      for reject in reader.rejects {
        report.unreadable += 1
        rejects?.unreadable(reject)
      }
      guard reader.operationCount > 0 else { continue }
      let flight = try nextFlight(operationCount: reader.operationCount)
      fill(flight, reader)
      clock.set(reader.stamp)
      while engine.submit([flight.submission], to: queue) == 0 { try collect() }
      showProgress(reader.byteOffset, reader.byteCount, start)
    }
    while idle.count < flightCount { try collect() }
    report.seconds = Double(clock.monotonicNanoseconds() - start) / 1e9
    if showsProgress && lastProgress > 0 { writeStandardError("\n") }
  }

  /// A batch to fill, as soon as what is in flight allows one more.
  private mutating func nextFlight(operationCount: Int) throws -> Flight {
    while operationsInFlight > 0,
      operationsInFlight + operationCount > Self.operationsInFlightMax
        || (idle.isEmpty && flightCount == Self.flightCountMax)
    {
      try collect()
    }
    operationsInFlight += operationCount
    if let flight = idle.popLast() { return flight }
    flightCount += 1
    return Flight(slotCapacity: slotCapacity)
  }

  private func fill(_ flight: Flight, _ reader: borrowing OperationReader) {
    flight.submission.reset()
    flight.submission.context = flight
    flight.lines.removeAll(keepingCapacity: true)
    if rejects != nil {
      for index in 0..<reader.operationCount { flight.lines.append(reader.line(ofOperation: index)) }
    }
    // A batch has at most twice as many slots as operations, which is what the flight was made for.
    unsafe reader.withSlots { slots in
      unsafe flight.submission.slots.copyMemory(from: slots)
      flight.submission.slotCount = slots.count / Kernel.Operation.byteCount
    }
  }

  /// Waits for what becomes durable and counts it.
  private mutating func collect() throws {
    queue.wait()
    var done: [Flight] = []
    queue.drain { submission in
      if let flight = submission.context as? Flight { done.append(flight) }
    }
    for flight in done {
      guard flight.submission.outcome == .committed else {
        throw engine.failure
          ?? EngineError(.invalid, "a batch was answered \(flight.submission.outcome), though it was well-formed")
      }
      count(flight)
      operationsInFlight -= flight.submission.operationCount
      flight.submission.context = nil
      idle.append(flight)
    }
  }

  private mutating func count(_ flight: Flight) {
    for index in 0..<flight.submission.operationCount {
      // Results stay until the submission is reset.
      let result = unsafe flight.submission.results[index]
      report.operations += 1
      if result.isAccepted {
        report.accepted += 1
      } else {
        report.refused[result.code, default: 0] += 1
        if let rejects { rejects.refused(line: flight.lines[index], code: result.code) }
      }
    }
  }

  private mutating func showProgress(_ offset: UInt64, _ size: UInt64?, _ start: UInt64) {
    guard showsProgress else { return }
    let now = clock.monotonicNanoseconds()
    guard now - max(lastProgress, start) > 1_000_000_000 else { return }
    lastProgress = now
    let share = size.map { $0 > 0 ? " (\(offset * 100 / $0) %)" : "" } ?? ""
    let rate = UInt64(Double(report.operations) / (Double(now - start) / 1e9))
    let line = "\(report.operations) operations\(share), \(rate) a second"
    writeStandardError(isatty(STDERR_FILENO) == 1 ? "\r\(line)\u{1B}[K" : line + "\n")
  }
}
