import ArgumentParser
import Dispatch
import Documents
import Engine
import Fiscal
import Foundation
import Glibc
import Kernel
import Synchronization
import Templates

/// `milepost template fill`: contracts of generated forms in a store of this process, for trials and measurements.
struct TemplateFillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill", abstract: "Make many contracts of generated forms in a store, embedded, and say how fast.",
    discussion: """
      Each contract is reckoned and sent as its own chain; batches are durable before they count. The same seed gives the same contracts.
      Forms that begin on generated days from today on.

      EXAMPLES
        milepost template fill --store /tmp/filled --contracts 100000
        milepost template fill --store /tmp/filled --template retail/marketplace-seller-order --stage funded
      """)

  @OptionGroup var library: LibraryOptions
  @Option(help: ArgumentHelp("Directory of the store; made when it does not exist.", valueName: "dir")) var store:
    String
  @Option(help: "How many contracts.") var contracts = 100_000
  @Option(help: "A template, industry/name; may be repeated. Default: all, in turn.") var template: [String] = []
  @Option(help: "draft, offered, active or funded.") var stage = ContractOrder.Stage.offered
  @Option(help: "Tenants that the contracts are spread over.") var tenants: UInt32 = 64
  @Option(help: "Seed of the generator.") var seed: UInt64 = 1

  func validate() throws {
    guard contracts >= 1, tenants >= 1 else { throw ValidationError("--contracts and --tenants are at least 1") }
  }

  func run() throws {
    let library = try library.folder().library()
    let paths = template.isEmpty ? library.paths : template
    for path in paths where library[path] == nil { throw CommandFailure("\(path): there is no such template") }
    let templates = paths.compactMap { library[$0]?.template }
    var configuration = EngineConfiguration(path: store)
    configuration.checkpointsAtClose = true
    configuration.inlineCommitByteCountMax = 0
    let engine = try Engine.open(configuration)
    let run = FillRun(
      engine: engine, threadCount: ProcessInfo.processInfo.activeProcessorCount,
      workers: (0..<FillWorker.count).map { number in
        let seed = seed &* UInt64(FillWorker.count) &+ UInt64(number)
        return FillWorker(
          number: number, contracts: contracts, tenants: tenants, stage: stage,
          makers: templates.map { ContractMaker($0, library.data, seed: seed) })
      })
    let begin = ContinuousClock.now
    let tally = try run.fill()
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    try engine.close()
    print(
      "contracts    \(contracts) durable in \(Self.rounded(seconds)) s, \(Int(Double(contracts) / seconds)) a second")
    print(
      "operations   \(tally.operations), \(Int(Double(tally.operations) / seconds)) a second, \(tally.refused) refused")
    print(
      "reckoning    \(Int(Double(contracts) * 1e9 / Double(max(1, tally.nanoseconds)))) contracts a second on one core")
    if tally.refused > 0 { throw ExitCode.failure }
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// What one worker did, or all of them.
private struct Tally: Sendable {
  var operations = 0
  var refused = 0
  /// Of processor time that reckoning took.
  var nanoseconds: UInt64 = 0

  mutating func add(_ other: Tally) {
    operations += other.operations
    refused += other.refused
    nanoseconds += other.nanoseconds
  }
}

/// Workers on a thread for each processor: a thread reckons for one of its workers while batches of the others wait for the disk.
private struct FillRun: Sendable {
  let engine: Engine
  let threadCount: Int
  let workers: [FillWorker]

  /// - Throws: the first failure; other threads end their batches.
  func fill() throws -> Tally {
    let outcome = Mutex<Result<Tally, any Error>>(.success(Tally()))
    DispatchQueue.concurrentPerform(iterations: min(threadCount, workers.count)) { thread in
      let own = workers.filter { $0.number % threadCount == thread }
      let result = Result { try fill(own) }
      outcome.withLock { all in
        all = all.flatMap { sum in
          result.map { tally in
            var sum = sum
            sum.add(tally)
            return sum
          }
        }
      }
    }
    return try outcome.withLock { try $0.get() }
  }

  private func fill(_ workers: [FillWorker]) throws -> Tally {
    let queue = CompletionQueue()
    var tally = Tally()
    var idle = workers.map { FillFlight($0) }
    var flightCount = 0
    while true {
      if let flight = idle.popLast() {
        guard try flight.fill() else {
          tally.nanoseconds += flight.nanoseconds
          continue
        }
        flightCount += 1
        while engine.submit([flight.submission], to: queue) == 0 { queue.wait() }
      } else if flightCount > 0 {
        queue.wait()
      } else {
        return tally
      }
      var failed: Submission?
      queue.drain { submission in
        flightCount -= 1
        guard submission.outcome == .committed, let flight = submission.context as? FillFlight else {
          failed = submission
          return
        }
        // Each holds the other while it is under way.
        submission.context = nil
        tally.operations += submission.operationCount
        for index in 0..<submission.operationCount {
          // Results are valid until the next reset.
          if unsafe !submission.results[index].isAccepted { tally.refused += 1 }
        }
        idle.append(flight)
      }
      if let failed {
        throw failed.failure ?? engine.failure
          ?? EngineError(.invalid, "a batch was answered \(failed.outcome), though it was well-formed")
      }
    }
  }
}

/// A worker with the memory of its batch, which is used again and again.
private final class FillFlight {
  /// Operations of a batch; a chain more may follow.
  private static let batchCount = 6_000
  /// The longest chain: terms, policy, approvers, offer, accept and deposit, two for each milestone; each with an extension.
  private static let chainSlotCountMax =
    2 * (5 + ContractOrder.approverCountMax + 2 * Template.milestoneCountMax)

  let submission = Submission(slotCapacity: 2 * FillFlight.batchCount + FillFlight.chainSlotCountMax)
  private var worker: FillWorker
  /// Of processor time that reckoning took.
  private(set) var nanoseconds: UInt64 = 0

  init(_ worker: FillWorker) { self.worker = worker }

  /// Reckons the next batch.
  /// - Returns: false when there is none.
  func fill() throws -> Bool {
    let start = Self.threadNanoseconds
    submission.reset()
    submission.context = self
    var count = 0
    while count < Self.batchCount, let added = try worker.next(into: submission) { count += added }
    nanoseconds += Self.threadNanoseconds - start
    if count == 0 { submission.context = nil }
    return count > 0
  }

  private static var threadNanoseconds: UInt64 {
    var time = timespec()
    // It fails for unknown clocks only.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// Makes every eighth contract, of all templates in turn.
private struct FillWorker: Sendable {
  /// Fixed, since the contracts of a seed hang on it.
  static let count = 8

  /// From 0.
  let number: Int
  private let contracts: Int
  private let tenants: UInt32
  private let stage: ContractOrder.Stage
  private var makers: [ContractMaker]
  private var turn = 0
  private var next: Int

  init(number: Int, contracts: Int, tenants: UInt32, stage: ContractOrder.Stage, makers: [ContractMaker]) {
    (self.number, self.contracts, self.tenants, self.stage, self.makers) = (number, contracts, tenants, stage, makers)
    next = number
  }

  /// - Returns: how many operations were added; nil when all contracts are made.
  mutating func next(into submission: Submission) throws -> Int? {
    guard next < contracts else { return nil }
    let count = try makers[turn].make(
      UInt128(next + 1), tenant: UInt32(next) % tenants + 1, stage: stage, into: submission)
    next += Self.count
    turn = (turn + 1) % makers.count
    return count
  }
}

/// Makes one contract after another of a template.
private struct ContractMaker: Sendable {
  private let template: Template
  private var scheduler: Scheduler
  private var generator: ParameterGenerator

  init(_ template: Template, _ data: ReferenceData, seed: UInt64) {
    self.template = template
    scheduler = Scheduler(template, from: data, accepting: .unconfirmed)
    let today = try? CivilDate(indianDayOf: Int64(Date().timeIntervalSince1970 * 1_000))
    generator = ParameterGenerator(template, seed: seed, from: (try? today?.adding(days: 1)) ?? today)
  }

  /// - Returns: how many operations were added.
  mutating func make(
    _ contract: UInt128, tenant: UInt32, stage: ContractOrder.Stage, into submission: Submission
  ) throws -> Int {
    guard let form = generator.next() else { throw CommandFailure("\(template.name): no form is allowed") }
    let schedule = try scheduler.schedule(form)
    var order = ContractOrder(tenant: tenant, contract: contract, payer: 1, payee: 2)
    order.stage = stage
    order.depositReference = UInt64(truncatingIfNeeded: contract)
    order.fillSeats(of: schedule, from: 10)
    var count = 0
    OperationChain.forEachMember(of: schedule, order, template: template.digest, form: form.digest) { operation, slot in
      submission.add(operation, slot.words)
      count += 1
    }
    return count
  }
}

extension Submission {
  /// Adds an operation, and the extension that its flags announce.
  /// - Precondition: there is room.
  fileprivate func add(_ operation: Kernel.Operation, _ words: InlineArray<8, UInt64>?) {
    precondition(slotCount + 2 <= slotCapacity, "more slots than a batch has")
    let offset = slotCount * Kernel.Operation.byteCount
    // Two slots from there on lie inside the memory: checked above.
    unsafe slots.storeBytes(of: operation, toByteOffset: offset, as: Operation.self)
    if let words {
      unsafe slots.storeBytes(
        of: words, toByteOffset: offset + Kernel.Operation.byteCount, as: InlineArray<8, UInt64>.self)
    }
    slotCount += words == nil ? 1 : 2
  }
}
