/// What a chain of linked operations changed, newest last, so that it can be taken back.
///
/// Placement (where a contract's milestones lie, timer buckets) is not taken back: it has no meaning.
struct ChainUndo: ~Copyable {
  enum Entry {
    case contract(slot: Int, ContractRecord)
    case created(slot: Int)
    case milestone(slot: Int, ordinal: UInt16, MilestoneRecord)
    case side(Int, SideRecord)
    case totals(tenant: Int, Totals)
  }

  private(set) var isActive = false
  private(set) var entries: [Entry] = []
  /// References used before the chain.
  private(set) var referenceCount = 0

  mutating func begin(referenceCount: Int) {
    isActive = true
    self.referenceCount = referenceCount
  }

  mutating func end() {
    isActive = false
    entries.removeAll(keepingCapacity: true)
  }

  mutating func save(_ entry: Entry) { entries.append(entry) }
}
