import ArgumentParser
import Documents
import Engine
import Fiscal
import Foundation
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

  /// Batches on their way at once.
  private static let inFlight = 8
  /// Operations of a batch; a chain more may follow.
  private static let batchCount = 6_000

  func validate() throws {
    guard contracts >= 1, tenants >= 1 else { throw ValidationError("--contracts and --tenants are at least 1") }
  }

  func run() async throws {
    let library = try library.folder().library()
    let paths = template.isEmpty ? library.paths : template
    for path in paths where library[path] == nil { throw CommandFailure("\(path): there is no such template") }
    var makers = paths.compactMap { library[$0] }.map { ContractMaker($0.template, library.data, seed: seed) }
    var configuration = EngineConfiguration(path: store)
    configuration.checkpointsAtClose = true
    configuration.inlineCommitByteCountMax = 0
    let engine = try Engine.open(configuration)
    let begin = ContinuousClock.now
    var (made, refused, operations) = (0, 0, 0)
    var making = Duration.zero
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      var running = 0
      while made < contracts {
        let start = ContinuousClock.now
        var batch = OperationBatch()
        var count = 0
        while made < contracts && count < Self.batchCount {
          let chain = try makers[made % makers.count].chain(
            UInt128(made + 1), tenant: UInt32(made) % tenants + 1, stage: stage)
          for member in chain.members { batch.append(member) }
          count += chain.members.count
          made += 1
        }
        making += ContinuousClock.now - start
        if running == Self.inFlight, let (all, accepted) = try await group.next() {
          operations += all
          refused += all - accepted
          running -= 1
        }
        running += 1
        group.addTask { [batch] in
          let results = try await engine.submit(batch)
          return (results.count, results.count(where: { $0.isAccepted }))
        }
      }
      for try await (all, accepted) in group {
        operations += all
        refused += all - accepted
      }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    try engine.close()
    print("contracts    \(made) durable in \(Self.rounded(seconds)) s, \(Int(Double(made) / seconds)) a second")
    print("operations   \(operations), \(Int(Double(operations) / seconds)) a second, \(refused) refused")
    print("reckoning    \(Int(Double(made) / (making / .seconds(1)))) contracts a second on one core")
    if refused > 0 { throw ExitCode.failure }
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// Makes one contract after another of a template.
private struct ContractMaker {
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
