import ArgumentParser
import Documents
import Engine
import Fiscal
import Foundation
import Glibc
import Kernel
import Templates

/// `milepost template fill`: contracts of generated forms in a store of this process, for trials and measurements.
struct TemplateFillCommand: AsyncParsableCommand {
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

  func run() async throws {
    let library = try library.folder().library()
    let paths = template.isEmpty ? library.paths : template
    for path in paths where library[path] == nil { throw CommandFailure("\(path): there is no such template") }
    let templates = paths.compactMap { library[$0]?.template }
    var configuration = EngineConfiguration(path: store)
    configuration.checkpointsAtClose = true
    configuration.inlineCommitByteCountMax = 0
    let engine = try Engine.open(configuration)
    let begin = ContinuousClock.now
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for number in 0..<FillWorker.count {
        let seed = seed &* UInt64(FillWorker.count) &+ UInt64(number)
        let worker = FillWorker(
          number: number, contracts: contracts, tenants: tenants, stage: stage,
          makers: templates.map { ContractMaker($0, library.data, seed: seed) })
        group.addTask {
          var worker = worker
          return try await worker.fill(engine)
        }
      }
      return try await group.reduce(into: Tally()) { $0.add($1) }
    }
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

/// Reckons and sends, a batch at a time, so that some workers reckon while others wait for the disk.
private struct FillWorker: Sendable {
  /// Fixed, since the contracts of a seed hang on it.
  static let count = 8
  /// Operations of a batch; a chain more may follow.
  private static let batchCount = 6_000

  /// From 0.
  let number: Int
  let contracts: Int
  let tenants: UInt32
  let stage: ContractOrder.Stage
  var makers: [ContractMaker]

  /// Makes every eighth contract, of all templates in turn.
  mutating func fill(_ engine: Engine) async throws -> Tally {
    var (tally, turn, next) = (Tally(), 0, number)
    while next < contracts {
      // Without a suspension in between it is one thread's time.
      let start = Self.threadNanoseconds
      var batch = OperationBatch()
      while next < contracts, batch.count < Self.batchCount {
        let chain = try makers[turn].chain(UInt128(next + 1), tenant: UInt32(next) % tenants + 1, stage: stage)
        for member in chain.members { batch.append(member) }
        next += Self.count
        turn = (turn + 1) % makers.count
      }
      tally.nanoseconds += Self.threadNanoseconds - start
      let results = try await engine.submit(batch)
      tally.operations += results.count
      tally.refused += results.count { !$0.isAccepted }
    }
    return tally
  }

  private static var threadNanoseconds: UInt64 {
    var time = timespec()
    // It fails for unknown clocks only.
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
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

  mutating func chain(_ contract: UInt128, tenant: UInt32, stage: ContractOrder.Stage) throws -> OperationChain {
    guard let form = generator.next() else { throw CommandFailure("\(template.name): no form is allowed") }
    let schedule = try scheduler.schedule(form)
    var order = ContractOrder(tenant: tenant, contract: contract, payer: 1, payee: 2)
    order.stage = stage
    order.depositReference = UInt64(truncatingIfNeeded: contract)
    order.fillSeats(of: schedule, from: 10)
    return OperationChain(schedule, order, template: template.digest, form: form.digest)
  }
}

extension OperationBatch {
  fileprivate mutating func append(_ member: OperationChain.Member) {
    switch member.slot {
    case .none: append(member.operation)
    case .terms(let terms): append(member.operation, extension: terms)
    case .policy(let policy): append(member.operation, extension: policy)
    case .predecessors(let predecessors): append(member.operation, extension: predecessors)
    }
  }
}
