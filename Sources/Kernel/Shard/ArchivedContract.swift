/// A closed or cancelled contract as it lies in an archive: record, terms, side record and milestones, whole by itself.
///
/// The bytes, version 1, little-endian; what a record does not use costs a bit a word:
/// ```
/// version 1 | flags 1 (bit 0: there is a side record)
/// contract 40 words | terms 8 | side 47, if there is one | each milestone 24
/// words: a bit for each that is not zero, padded to bytes, then those words, 8 bytes each
/// ```
/// Where a record lies in memory is left out, so equal contracts give equal bytes, whatever became of them meanwhile.
public struct ArchivedContract: Sendable {
  var record: ContractRecord
  var terms: ContractTerms
  /// Without the mark that its place is taken; nil for the default.
  var side: SideRecord?
  var milestones: [MilestoneRecord]

  public var name: ContractName { ContractName(tenant: record.tenant, contract: record.id) }

  /// As readers see it.
  public var snapshot: ContractSnapshot { record.snapshot }

  /// The milestone of an ordinal as readers see it, or nil.
  public func milestone(_ ordinal: UInt16) -> MilestoneSnapshot? {
    guard ordinal > 0, ordinal <= milestones.count else { return nil }
    return milestones[Int(ordinal) - 1].snapshot(ordinal, suspendedTotal: record.suspendedTotal)
  }

  /// All milestones as readers see them.
  public var milestoneSnapshots: [MilestoneSnapshot] {
    milestones.enumerated().map {
      $0.element.snapshot(UInt16(truncatingIfNeeded: $0.offset + 1), suspendedTotal: record.suspendedTotal)
    }
  }
}

/// The format of `ArchivedContract`.
enum CompactRecord {
  static let version: UInt8 = 1
  static let hasSide: UInt8 = 1

  static let contractWordCount = 40
  static let termsWordCount = 8
  static let sideWordCount = 47
  static let milestoneWordCount = 24

  /// Appends the words of a record that is a whole number of them and has no implicit padding.
  static func append<Record: BitwiseCopyable>(_ record: Record, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: record) { source in
      let wordCount = source.count / 8
      let bitmapByteCount = (wordCount + 7) / 8
      unsafe withUnsafeTemporaryAllocation(byteCount: bitmapByteCount + 8 * wordCount, alignment: 1) { room in
        unsafe room[..<bitmapByteCount].initializeMemory(as: UInt8.self, repeating: 0)
        var end = bitmapByteCount
        for word in 0..<wordCount {
          // Inside the record: `wordCount` words fit into it, and into the room.
          let value = unsafe source.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)
          if value == 0 { continue }
          unsafe room[word >> 3] |= 1 << UInt8(word & 7)
          unsafe room.storeBytes(of: value.littleEndian, toByteOffset: end, as: UInt64.self)
          end += 8
        }
        unsafe bytes.append(contentsOf: room[..<end])
      }
    }
  }

  /// Reads the words of a record; nil when the bytes end early or are not what `append` writes.
  static func read<let count: Int>(_ bytes: RawSpan, at offset: inout Int) -> InlineArray<count, UInt64>? {
    let bitmapByteCount = (count + 7) / 8
    guard bytes.byteCount - offset >= bitmapByteCount else { return nil }
    let bitmap = offset
    offset += bitmapByteCount
    if count & 7 != 0 && byte(bytes, bitmap + bitmapByteCount - 1) >> UInt8(count & 7) != 0 { return nil }
    var words = InlineArray<count, UInt64>(repeating: 0)
    for word in 0..<count where byte(bytes, bitmap + word >> 3) >> UInt8(word & 7) & 1 != 0 {
      guard bytes.byteCount - offset >= 8 else { return nil }
      // The load checks its bounds, and every bit pattern is an integer.
      let value = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      if value == 0 { return nil }
      words[word] = value
      offset += 8
    }
    return words
  }

  /// Passes over the words of a record; false when the bytes end early.
  static func skip(_ count: Int, _ bytes: RawSpan, at offset: inout Int) -> Bool {
    let bitmapByteCount = (count + 7) / 8
    guard bytes.byteCount - offset >= bitmapByteCount else { return false }
    var wordCount = 0
    for index in 0..<bitmapByteCount { wordCount += byte(bytes, offset + index).nonzeroBitCount }
    offset += bitmapByteCount + 8 * wordCount
    return offset <= bytes.byteCount
  }

  static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    // The load checks its bounds, and every bit pattern is an integer.
    unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// A byte of words in memory order.
  static func byte<let count: Int>(_ words: InlineArray<count, UInt64>, _ offset: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: words[offset / 8].littleEndian >> UInt64(8 * (offset % 8)))
  }

  /// The words of a record without implicit padding, as that record.
  /// - Precondition: every byte of a field that has impossible values was checked.
  static func record<Record: BitwiseCopyable, let count: Int>(
    _ words: InlineArray<count, UInt64>, as: Record.Type
  ) -> Record {
    precondition(MemoryLayout<Record>.size == 8 * count, "a record of another size")
    // As long as the record; integers, or bytes that were checked.
    return unsafe withUnsafeBytes(of: words) { unsafe $0.loadUnaligned(as: Record.self) }
  }
}

extension ArchivedContract {
  /// Reads the bytes of an archived contract; nil when they are not what was ever written: too short or too long, with a
  /// state, a count or a place that no closed contract has.
  public init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 2, CompactRecord.byte(bytes, 0) == CompactRecord.version else { return nil }
    let flags = CompactRecord.byte(bytes, 1)
    guard flags & ~CompactRecord.hasSide == 0 else { return nil }
    var offset = 2
    guard
      let contractWords: InlineArray<40, UInt64> = CompactRecord.read(bytes, at: &offset),
      let termsWords: InlineArray<8, UInt64> = CompactRecord.read(bytes, at: &offset)
    else { return nil }
    record = CompactRecord.record(contractWords, as: ContractRecord.self)
    terms = CompactRecord.record(termsWords, as: ContractTerms.self)
    guard Self.isPossible(record), terms.isPossible else { return nil }
    side = nil
    if flags & CompactRecord.hasSide != 0 {
      guard let words: InlineArray<47, UInt64> = CompactRecord.read(bytes, at: &offset), SideRecord.isPossible(words)
      else { return nil }
      let found = CompactRecord.record(words, as: SideRecord.self)
      // The default has no record of its own.
      guard found.isUsed == 0, !found.isDefault, found.isPossible else { return nil }
      side = found
    }
    milestones = []
    // A milestone has at least its bitmap, so no more are made than the bytes can hold.
    guard bytes.byteCount - offset >= 3 * Int(record.milestoneCount) else { return nil }
    milestones.reserveCapacity(Int(record.milestoneCount))
    var sums = ContractSums()
    for ordinal in 0..<Int(record.milestoneCount) {
      guard let words: InlineArray<24, UInt64> = CompactRecord.read(bytes, at: &offset) else { return nil }
      let milestone = CompactRecord.record(words, as: MilestoneRecord.self)
      guard milestone.armedBucket == 0, milestone.isPossible(ordinal: ordinal + 1) else { return nil }
      sums.add(milestone)
      milestones.append(milestone)
    }
    guard offset == bytes.byteCount, sums.fit(record) else { return nil }
  }

  /// Whose record lies at the front of `bytes`, how long it is when others may follow, and when the contract was completed (0 for
  /// one that never was); nil when none does. Whether it is a possible one is not looked at.
  public static func front(of bytes: RawSpan) -> (name: ContractName, byteCount: Int, completedAt: Instant)? {
    guard bytes.byteCount >= 2, CompactRecord.byte(bytes, 0) == CompactRecord.version else { return nil }
    let hasSide = CompactRecord.byte(bytes, 1) & CompactRecord.hasSide != 0
    var offset = 2
    guard let words: InlineArray<40, UInt64> = CompactRecord.read(bytes, at: &offset) else { return nil }
    let record = CompactRecord.record(words, as: ContractRecord.self)
    guard CompactRecord.skip(CompactRecord.termsWordCount, bytes, at: &offset),
      !hasSide || CompactRecord.skip(CompactRecord.sideWordCount, bytes, at: &offset)
    else { return nil }
    for _ in 0..<record.milestoneCount {
      guard CompactRecord.skip(CompactRecord.milestoneWordCount, bytes, at: &offset) else { return nil }
    }
    return (ContractName(tenant: record.tenant, contract: record.id), offset, record.completedAt)
  }

  private static func isPossible(_ c: ContractRecord) -> Bool {
    c.isOver && c.isPossible && c.milestoneBase | c.tenantSlot | c.side | c.termsSlot | c.armedBucket == 0
      && c.capacityLog == 0 && c.flags.isDisjoint(with: .placement)
      && (c.state != .closed || c.openCount == 0 && c.paidCount == 0)
  }
}

extension ContractRecord {
  /// CLOSED or CANCELLED: nothing is expected of the contract any more, though a returned payout can bring it back.
  @inline(__always)
  var isOver: Bool { stateValue >= ContractState.closed.rawValue }

  /// Without where it lies in memory.
  var placeless: ContractRecord {
    var c = self
    c.milestoneBase = 0
    c.tenantSlot = 0
    c.termsSlot = 0
    c.side = 0
    c.capacityLog = 0
    c.armedBucket = 0
    c.flags.subtract(.placement)
    return c
  }

  var snapshot: ContractSnapshot {
    ContractSnapshot(
      tenant: tenant, contract: id, state: state, version: version, payer: payer, payee: payee, arbiter: arbiter,
      value: value, buckets: buckets, advanceOutstanding: advanceOutstanding, payoutAttempt: payoutAttempt,
      milestoneCount: Int(milestoneCount))
  }
}

extension MilestoneRecord {
  /// Without the timer bucket that looks at it.
  var placeless: MilestoneRecord {
    var m = self
    m.armedBucket = 0
    return m
  }

  func snapshot(_ ordinal: UInt16, suspendedTotal: Int64) -> MilestoneSnapshot {
    MilestoneSnapshot(
      ordinal: ordinal, state: state, version: version, payoutAttempt: payoutAttempt, amount: amount, held: held,
      retained: retained, certified: certified, released: released, owed: owed, pending: pending, paid: paid,
      refunded: refunded, due: dueAt + suspendedTotal)
  }
}

extension SideRecord {
  /// Without the mark that its place is taken.
  var placeless: SideRecord {
    var side = self
    side.isUsed = 0
    return side
  }

  /// Says the same as having no side record.
  var isDefault: Bool {
    unsafe withUnsafeBytes(of: placeless) { own in
      unsafe withUnsafeBytes(of: SideRecord()) { empty in unsafe own.elementsEqual(empty) }
    }
  }

  /// Whether the bytes that have impossible values (truth values) hold possible ones.
  ///
  /// Policy 64 | counts 8 | consents 24 each, the mark last | approvers 16 each, the mark last.
  static func isPossible(_ words: InlineArray<47, UInt64>) -> Bool {
    for offset in [72 + 23, 96 + 23] where CompactRecord.byte(words, offset) > 1 { return false }
    for index in 0..<approverCountMax where CompactRecord.byte(words, 120 + 16 * index + 15) > 1 { return false }
    return true
  }

  /// Counts and seats lie inside the list.
  var isConsistent: Bool {
    guard approverCount <= UInt32(Self.approverCountMax), !policy.hasReservedBits else { return false }
    for index in 0..<Self.approverCountMax
    where approvers[index].step > 4 || Int(approvers[index].seat) >= Self.approverCountMax { return false }
    return true
  }
}
