/// What happens in the contracts of a run.
public enum Workload: String, CaseIterable, Sendable {
  /// Eight trades in equal parts; every operation at the rate of ordinary business.
  case lifecycle
  /// The same trades, disputed about sixteen times as often.
  case disputes
  /// Works that are billed in parts: retention, advance and its recovery, GST TDS and cess.
  case runningBills = "running-bills"
  /// Fixed-price work where all goes well: each milestone is funded whole, started, claimed, approved, released and paid, once each.
  /// Nothing is refused, and contracts go through their lives in step.
  case straightThrough = "straight-through"

  /// The exponent of two by which disputes are likelier than in ordinary business.
  var disputeShift: UInt64 { self == .disputes ? 4 : 0 }

  /// The bits that no dice of this workload lacks: all of them where nothing is left to chance.
  var certainty: UInt64 { self == .straightThrough ? .max : 0 }

  /// The recipes that contracts follow, by their places in `Recipe.all()`.
  var recipes: [UInt8] {
    let all = Recipe.all().enumerated()
    let chosen =
      switch self {
      case .lifecycle, .disputes: all.filter { _ in true }
      case .runningBills: all.filter(\.element.billsInParts)
      case .straightThrough: all.filter { $0.offset == Recipe.software }
      }
    return chosen.map { UInt8($0.offset) }
  }
}

/// How contracts are spread over tenants.
public enum TenantSpread: String, CaseIterable, Sendable {
  /// Each tenant has as many as any other.
  case uniform
  /// The k-th tenant has a k-th of what the first one has.
  case zipf
}

/// Chooses tenants by their weights, in constant time.
///
/// Source: A. J. Walker's alias method (1977), built as M. D. Vose does (1991).
struct TenantChoice: ~Copyable {
  struct Column: BitwiseCopyable {
    /// Out of 2^32 draws of this column those that mean its own place.
    var own: UInt64
    var alias: UInt32
  }
  private var columns: FlatArray<Column>

  init(_ spread: TenantSpread, count: Int) {
    columns = FlatArray(repeating: Column(own: 1 << 32, alias: 0), count: count)
    guard spread == .zipf else { return }
    let sum = (1...count).reduce(0) { $0 + 1 / Double($1) }
    // Weights whose mean is one: what a column lacks is filled up by one that has too much.
    var weights = (1...count).map { Double(count) / (Double($0) * sum) }
    var small = weights.indices.filter { weights[$0] < 1 }
    var large = weights.indices.filter { weights[$0] >= 1 }
    while let lacking = small.popLast(), let giving = large.last {
      columns[lacking] = Column(own: UInt64(weights[lacking] * 0x1p32), alias: UInt32(giving))
      weights[giving] -= 1 - weights[lacking]
      if weights[giving] < 1 {
        large.removeLast()
        small.append(giving)
      }
    }
  }

  /// A tenant's place.
  mutating func next(_ random: inout Random) -> Int {
    let place = random.below(columns.count)
    return random.next() >> 32 < columns[place].own ? place : Int(columns[place].alias)
  }
}
