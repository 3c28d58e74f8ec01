import Kernel

/// A small contract, explored exhaustively: every state that a short list of moves can reach.
struct Scenario {
  var name: String
  var terms: Terms
  var policy = Policy()
  var amounts: [Int64]
  /// Days after the start on which moves happen.
  var dayCount: Int
  /// More persons who vote: step, level.
  var seats: [(person: UInt32, step: UInt64, level: UInt64)] = []
  var hasHolds = true
  var hasSuspension = true
  var hasChanges = true
}

/// Breadth-first search over the model's states, each kept with the batches that lead to it.
struct Explorer {
  static let day: Int64 = 86_400_000
  static let start: Instant = 1_700_000_000_000
  static let key = ContractKey(tenant: 1, contract: 1)

  struct Node {
    var model: Model
    var now: Instant
    var parent: Int
    var batch: Batch
  }

  /// What makes two nodes the same: everything but counters that only ever grow.
  struct Key: Hashable {
    var contract: Contract
    var day: Int64
  }

  let scenario: Scenario
  var nodes: [Node] = []
  var seen: Set<Key> = []
  var edgeCount = 0
  /// Everything reachable was visited; false when the limit stopped the search.
  var isComplete = false
  var problems: [String] = []

  init(_ scenario: Scenario, stateCountMax: Int) {
    self.scenario = scenario
    var model = Model()
    let setUp = Batch(stamp: Self.start, requests: Moves.setUp(scenario))
    let results = model.apply(setUp.requests, stamp: setUp.stamp)
    precondition(results.allSatisfy(\.isAccepted), "set-up: \(results.map(\.text))")
    add(Node(model: model, now: Self.start, parent: -1, batch: setUp))
    var next = 0
    while next < nodes.count, nodes.count < stateCountMax, problems.isEmpty {
      expand(next)
      next += 1
    }
    isComplete = next == nodes.count
  }

  private mutating func add(_ node: Node) {
    let key = Self.key(node.model.contracts[Self.key]!, node.now)
    if seen.insert(key).inserted { nodes.append(node) }
  }

  private mutating func expand(_ index: Int) {
    let node = nodes[index]
    for move in Moves.all(node, scenario) {
      var model = node.model
      let results = model.apply(move.requests, stamp: move.stamp)
      edgeCount += 1
      if !model.violations.isEmpty { problems.append("\(model.violations) after\n\(path(index) + [move])") }
      guard results.allSatisfy(\.isAccepted) else { continue }
      add(Node(model: model, now: move.stamp, parent: index, batch: move))
    }
    let later = node.now + Self.day
    if later <= Self.start + Int64(scenario.dayCount) * Self.day {
      add(Node(model: node.model, now: later, parent: index, batch: Batch(stamp: later, requests: [])))
    }
  }

  /// The batches that lead to a node.
  func path(_ index: Int) -> [Batch] {
    var batches: [Batch] = []
    var at = index
    while at >= 0 {
      if !nodes[at].batch.requests.isEmpty { batches.append(nodes[at].batch) }
      at = nodes[at].parent
    }
    return batches.reversed()
  }

  static func key(_ contract: Contract, _ now: Instant) -> Key {
    var c = contract
    func isLive(_ consent: Consent) -> Bool {
      let namesContract = consent.ordinal == 0 || Int(consent.ordinal) > contract.milestones.count
      return consent.version
        == (namesContract ? contract.version : contract.milestones[Int(consent.ordinal) - 1].version)
    }
    c.consents = contract.consents.filter { isLive($0.value) }.mapValues { consent in
      var consent = consent
      consent.version = 1
      return consent
    }
    c.version = 1
    c.memory = []
    c.challans = []
    c.advanceAttempt = 0
    for index in c.milestones.indices {
      c.milestones[index].version = 1
      c.milestones[index].memory = []
      c.milestones[index].payoutAttempt = 0
      // Clocks that nothing reads any more.
      if c.milestones[index].isDone {
        c.milestones[index].review = 0
        c.milestones[index].approval = 0
        c.milestones[index].escalationBase = 0
        c.milestones[index].claimToDate = 0
        c.milestones[index].votes = []
      }
    }
    return Key(contract: c, day: (now - start) / day)
  }
}
