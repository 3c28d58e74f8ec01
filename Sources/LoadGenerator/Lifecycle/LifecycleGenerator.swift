package import Kernel

/// The workload of one connection: its contracts, and the next operation for each.
///
/// Contracts are visited in a fixed order that looks random (a stride through the table), so
/// neighbouring operations of a frame touch records far apart, in the server as well. Each visit takes one
/// contract one step further; a contract that is closed is replaced at once, so the number of live
/// milestones stays what it was. Confined to one event loop.
package struct LifecycleGenerator: ~Copyable {
  var clerk: Clerk
  var contracts: FlatArray<ContractRecord>
  var milestones: FlatArray<MilestoneRecord>
  let milestoneCount: Int
  private let allMilestones: UInt64
  private let stride: Int
  private var position = 0
  private var serial: UInt64 = 0
  /// Contracts set up so far.
  private var setUpCount = 0
  /// Contracts whose closing was written so far.
  package private(set) var closedCount = 0
  /// The visits that are chosen and not made yet, in a ring; and how many were ever made.
  private var window: FlatArray<Visit>
  private var visitCount = 0
  /// Recipes whose milestones follow one another, and those that pay an advance: a bit each.
  private let sequentialRecipes: UInt64
  private let advanceRecipes: UInt64
  private let certainty: UInt64
  /// Chooses what is read; apart from what happens, so that a seed means the same operations with and without readers.
  var readRandom: Random

  /// - Parameters:
  ///   - contractCount: contracts of this connection, at least 1.
  ///   - milestoneCount: milestones of each, 1...64.
  package init(
    run: RunIdentity, connection: Int, seed: UInt64, workload: Workload = .lifecycle, contractCount: Int,
    milestoneCount: Int, tenantCount: Int, spread: TenantSpread = .uniform, firstTenant: UInt32
  ) {
    precondition(contractCount >= 1, "a connection needs a contract")
    precondition((1...64).contains(milestoneCount), "a contract has 1 to 64 milestones")
    clerk = Clerk(
      run: run, connection: connection, seed: seed, workload: workload, tenantCount: tenantCount, spread: spread,
      firstTenant: firstTenant)
    readRandom = Random(seed: seed &+ UInt64(connection) &* 0x9E37_79B9 &+ 1)
    contracts = FlatArray(repeating: ContractRecord(), count: contractCount)
    milestones = FlatArray(repeating: MilestoneRecord(), count: contractCount * milestoneCount)
    self.milestoneCount = milestoneCount
    allMilestones = milestoneCount == 64 ? ~0 : (1 << UInt64(milestoneCount)) - 1
    stride = Self.stride(for: contractCount)
    window = FlatArray(repeating: Visit(place: 0, word: 0), count: Self.windowCount)
    certainty = workload.certainty
    let recipes = Recipe.all()
    func bits(_ property: KeyPath<Recipe, Bool>) -> UInt64 {
      recipes.indices.reduce(0) { recipes[$1][keyPath: property] ? $0 | 1 << UInt64($1) : $0 }
    }
    sequentialRecipes = bits(\.isSequential)
    advanceRecipes = bits(\.paysAdvance)
    for index in 0..<Self.windowCount - Self.burstCount { choose(index) }
  }

  /// A step near the golden section of `count` that meets every index before it meets one again.
  static func stride(for count: Int) -> Int {
    var stride = max(1, Int(Double(count) * 0.618_033_988_7))
    func sharesFactor(_ a: Int, _ b: Int) -> Bool {
      var (a, b) = (a, b)
      while b != 0 { (a, b) = (b, a % b) }
      return a != 1
    }
    while sharesFactor(stride, count) { stride += 1 }
    return stride
  }

  // MARK: Frames

  /// Whether all contracts are set up.
  package var isSetUp: Bool { setUpCount == contracts.count }

  /// Fills a frame: with the setup of contracts that are not set up yet, then with the next steps.
  ///
  /// - Returns: what the frame holds.
  mutating func fill(_ room: FrameRoom, now: Int64) -> FrameExtent {
    unsafe clerk.begin(room, now: now)
    while !clerk.isFull {
      if isSetUp {
        visitNext()
      } else {
        replace(setUpCount)
        setUpCount += 1
      }
    }
    return clerk.extent
  }

  /// Predicted sums of a tenant, by slot 0..<tenantCount, for every operation in frames and overflow so far.
  package func totals(tenantSlot: Int) -> Totals { clerk.totals[tenantSlot] }

  /// Operations that are written but wait for the next frame; totals match the server's only when 0.
  package var overflowCount: Int { clerk.overflowCount }

  /// Operations ever written, those that wait for the next frame included.
  package var writtenCount: UInt64 { clerk.writtenCount }

  // MARK: Visits

  /// Puts a new contract into a place.
  private mutating func replace(_ place: Int) {
    serial &+= 1
    let tenantSlot = clerk.nextTenantSlot()
    clerk.setUp(
      &contracts[place], serial: serial, tenantSlot: tenantSlot, milestones: &milestones,
      from: place * milestoneCount, count: milestoneCount)
    for index in place * milestoneCount..<(place + 1) * milestoneCount { note(index) }
  }

  /// What was just written may have changed the milestone.
  @inline(__always)
  private mutating func note(_ index: Int) { milestones[index].writtenCount = clerk.writtenCount }

  private mutating func visitNext() {
    if visitCount % Self.burstCount == 0 { lookAhead() }
    let next = window[visitCount % Self.windowCount]
    visitCount += 1
    var dice = Dice(clerk.random.next() | certainty)
    visit(next.place, &dice, next.word)
  }

  /// Chooses further visits, and asks for the memory that coming ones will touch: a contract long before it says which milestone, that
  /// before its own visit. So no visit waits for memory. In bursts, because the processor translates several addresses at once only where
  /// they are asked for close together.
  private mutating func lookAhead() {
    for index in visitCount..<visitCount + Self.burstCount {
      choose(index + Self.windowCount - Self.burstCount)
    }
    for index in visitCount..<visitCount + Self.burstCount {
      let next = window[(index + Self.burstCount) % Self.windowCount]
      let open = allMilestones & ~contracts[next.place].done
      if open == 0 { continue }
      let isSequential = sequentialRecipes >> contracts[next.place].recipe & 1 != 0
      let milestone = isSequential ? open.trailingZeroBitCount : Self.pick(open, next.word)
      milestones.prefetch(next.place * milestoneCount + milestone)
    }
  }

  /// Chooses the visit with that number.
  private mutating func choose(_ index: Int) {
    window[index % Self.windowCount] = Visit(place: position, word: clerk.random.next())
    contracts.prefetch(position)
    position += stride
    if position >= contracts.count { position -= contracts.count }
  }

  /// A visit that is chosen and not made yet.
  struct Visit: BitwiseCopyable {
    var place: Int
    var word: UInt64
  }
  private static let windowCount = 32
  private static let burstCount = 8

  private mutating func visit(_ place: Int, _ dice: inout Dice, _ word: UInt64) {
    if contracts[place].state == .completed { return visitCompleted(place, &dice) }
    if contracts[place].state == .suspended && dice.oneIn(1) { return clerk.resume(&contracts[place]) }
    let open = allMilestones & ~contracts[place].done
    if open == 0 {
      if contracts[place].state == .suspended { return clerk.resume(&contracts[place]) }
      return clerk.complete(&contracts[place])
    }
    let recipe = contracts[place].recipe
    let owesAdvance = advanceRecipes >> recipe & 1 != 0 && !contracts[place].flags.contains(.advanceDone)
    if owesAdvance && contracts[place].state == .active {
      return clerk.stepAdvance(&contracts[place], &dice)
    }
    if visitContract(place, &dice, word) { return }
    let isSequential = sequentialRecipes >> recipe & 1 != 0
    let index = isSequential ? open.trailingZeroBitCount : Self.pick(open, word)
    step(place, place * milestoneCount + index, &dice, word)
  }

  /// The steps of a contract as a whole that come now and then; false when this is not the time.
  private mutating func visitContract(_ place: Int, _ dice: inout Dice, _ word: UInt64) -> Bool {
    if dice.oneIn(4) {
      if contracts[place].refundPending > 0 {
        clerk.refundResult(&contracts[place], &dice)
        return true
      }
      if contracts[place].taxWithheld > 0 {
        clerk.remitTax(&contracts[place], contracts[place].taxWithheld)
        return true
      }
      if contracts[place].otherWithheld > 0 {
        clerk.remitOther(&contracts[place], contracts[place].otherWithheld)
        return true
      }
    }
    if dice.oneIn(9) && contracts[place].state == .active {
      clerk.suspend(&contracts[place])
      return true
    }
    if dice.oneIn(7) && contracts[place].done != 0 {
      return revisit(place, Self.pick(contracts[place].done, word), &dice)
    }
    return false
  }

  private mutating func step(_ place: Int, _ index: Int, _ dice: inout Dice, _ word: UInt64) {
    defer { note(index) }
    if dice.oneIn(6) {
      let kind = Int((word >> 32) % UInt64(Clerk.refusalCount))
      return clerk.refuse(kind, &contracts[place], milestones[index], milestoneCount: milestoneCount)
    }
    if milestones[index].flags.contains(.payerHold) { return clerk.lift(&contracts[place], &milestones[index]) }
    switch milestones[index].state {
    case .planned: clerk.stepPlanned(&contracts[place], &milestones[index], &dice)
    case .funded: clerk.stepFunded(&contracts[place], &milestones[index], &dice)
    case .inProgress: clerk.stepInProgress(&contracts[place], &milestones[index], &dice)
    case .submitted: clerk.stepSubmitted(&contracts[place], &milestones[index], &dice)
    case .changesRequested: clerk.stepChangesRequested(&contracts[place], &milestones[index], &dice)
    case .approved: clerk.stepApproved(&contracts[place], &milestones[index], &dice)
    case .payoutPending: clerk.stepPayoutPending(&contracts[place], &milestones[index], &dice)
    case .disputed: clerk.stepDisputed(&contracts[place], &milestones[index], &dice)
    case .paid, .closed, .cancelled, .expired: preconditionFailure("a done milestone is not open")
    }
  }

  /// What may still happen to a done milestone of a contract under way.
  private mutating func revisit(_ place: Int, _ ordinalIndex: Int, _ dice: inout Dice) -> Bool {
    let index = place * milestoneCount + ordinalIndex
    defer { note(index) }
    let retained = milestones[index].retained
    switch milestones[index].state {
    case .paid:
      if dice.oneIn(2) && !milestones[index].flags.contains(.disputedByPayer) {
        clerk.dispute(&contracts[place], &milestones[index], byPayer: true)
      } else if dice.oneIn(2) && clerk.mayLevy(contracts[place], retained / 8) {
        clerk.forfeit(&contracts[place], &milestones[index], retained / 8)
      } else {
        clerk.releaseRetention(&contracts[place], &milestones[index])
      }
      return true
    case .closed where milestones[index].paid > 0:
      clerk.returnPayout(&contracts[place], &milestones[index])
      return true
    case .cancelled:
      clerk.reopen(&contracts[place], &milestones[index])
      return true
    default: return false
    }
  }

  /// Winding up: retention of each milestone, then what the contract still holds, then a new contract.
  private mutating func visitCompleted(_ place: Int, _ dice: inout Dice) {
    let ending = contracts[place].ending
    if ending != 0 {
      let index = place * milestoneCount + ending.trailingZeroBitCount
      defer { note(index) }
      switch milestones[index].state {
      case .paid where dice.oneIn(4): clerk.refuseEarly(contracts[place], milestones[index])
      case .paid: clerk.releaseRetention(&contracts[place], &milestones[index])
      case .approved: clerk.retry(&contracts[place], &milestones[index])
      case .payoutPending: clerk.stepPayoutPending(&contracts[place], &milestones[index], &dice)
      default: preconditionFailure("an ending milestone is paid, owed or under way")
      }
      return
    }
    if clerk.windUp(&contracts[place], &dice) { return }
    closedCount += 1
    replace(place)
  }

  /// One of the set bits of `mask`, by a random word.
  @inline(__always)
  private static func pick(_ mask: UInt64, _ word: UInt64) -> Int {
    // From a random place upwards, else from the bottom: cheap, and fair enough.
    let upper = mask & (~0 << (word & 63 & 7))
    return (upper == 0 ? mask : upper).trailingZeroBitCount
  }
}
