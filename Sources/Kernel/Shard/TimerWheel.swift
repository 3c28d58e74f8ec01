/// When to look at which record again: buckets of about 17 minutes, and a heap for those that have come.
///
/// Deadlines that are far away share the first bucket of their stretch of about three days, and are dealt out when it
/// comes: the places that are appended to stay few enough for the cache, however deadlines are spread.
///
/// An entry is a lower bound, never the truth: the record is asked for its next timer when the entry comes up, so nothing
/// need be taken out when a record changes or goes. A record's `armedBucket` says the earliest bucket that will look at it;
/// entries elsewhere do nothing, and are swept out when they have become too many.
struct TimerWheel: ~Copyable {
  /// A record: a contract (ordinal 0) or a milestone.
  struct Entry: BitwiseCopyable {
    var slot: UInt32
    var ordinal: UInt16
    /// Bits of the contract's id: a place that is used again has deadlines in the same buckets, and what its last owner left behind would
    /// pass for the new one's, and stay. Of 65,536 such entries one does.
    var owner: UInt16

    init(slot: UInt32, ordinal: UInt16, contract: UInt128) {
      (self.slot, self.ordinal, owner) = (slot, ordinal, Self.owner(contract))
    }

    func isOf(_ contract: UInt128) -> Bool { owner == Self.owner(contract) }

    private static func owner(_ contract: UInt128) -> UInt16 {
      let folded = UInt64(truncatingIfNeeded: contract) ^ UInt64(truncatingIfNeeded: contract >> 64)
      // Ids that follow each other, or differ by a power of two, differ here.
      return UInt16(truncatingIfNeeded: folded &* 0x9E37_79B9_7F4A_7C15 >> 48)
    }
  }

  /// An entry of an open bucket, in the order (instant, contract, ordinal).
  struct Due: BitwiseCopyable {
    var contract: UInt128
    var instant: Instant
    var slot: UInt32
    var ordinal: UInt16

    func isBefore(_ other: Due) -> Bool {
      if instant != other.instant { return instant < other.instant }
      if contract != other.contract { return contract < other.contract }
      return ordinal < other.ordinal
    }
  }

  private static let bucketShift: Int64 = 20
  private static let slotCount = 4096
  private static let bucketMax: Int64 = 1 << 31

  /// Entries of one slot, a cache line: an array for each slot would cost three lines an entry.
  struct Chunk: BitwiseCopyable {
    var entries = InlineArray<7, Entry>(repeating: Entry(slot: 0, ordinal: 0, contract: 0))
    var count: UInt32 = 0
    /// The chunk behind it in the same slot, or in the free list, plus one; 0 for none.
    var next: UInt32 = 0
  }

  /// The first chunk of each slot, plus one; the only one that may have room.
  private var heads: [UInt32] = Array(repeating: 0, count: slotCount)
  private var chunks: ChunkList
  private var freeChunk: UInt32 = 0
  private var heap: [Due] = []
  /// Buckets up to here are open: their entries are in the heap.
  private var openBucket: Int64 = -1
  private(set) var entryCount = 0
  /// Where a sweep goes on: a slot, and in it the chunk that was kept last, plus one; 0 to begin with its first.
  private var sweepSlot = slotCount
  private var sweptChunk: UInt32 = 0
  /// With so many entries a sweep begins.
  private var sweepEntryCount = sweepEntryCountMin
  private static let sweepEntryCountMin = 1_024
  /// No closed bucket below this one has an entry.
  private var nextBucket: Int64 = .max

  init(_ pool: BlockPool) { chunks = ChunkList(pool) }

  /// Buckets of a stretch, and from how many buckets on a deadline is far away.
  private static let stretch: Int64 = 256
  private static let farAway: Int64 = 2 * stretch

  static func bucket(_ instant: Instant) -> Int64 { max(0, instant) >> bucketShift }

  /// Sees to it that the record is looked at by `instant`.
  mutating func arm(
    _ instant: Instant, slot: Int, ordinal: UInt16, contract: UInt128, armedBucket: inout UInt32
  ) {
    var bucket = Self.bucket(instant)
    if bucket > Self.bucketMax { return }
    if bucket - openBucket >= Self.farAway { bucket &= ~(Self.stretch - 1) }
    if bucket <= openBucket {
      push(Due(contract: contract, instant: instant, slot: UInt32(slot), ordinal: ordinal))
      armedBucket = UInt32(bucket) + 1
      return
    }
    if armedBucket != 0 && Int64(armedBucket) - 1 <= bucket { return }
    armedBucket = UInt32(bucket) + 1
    append(Entry(slot: UInt32(slot), ordinal: ordinal, contract: contract), bucket)
    nextBucket = min(nextBucket, bucket)
  }

  /// Whether a bucket that is still closed looks at the record by then anyway.
  @inline(__always)
  func covers(_ instant: Instant, armedBucket: UInt32) -> Bool {
    let bucket = Self.bucket(instant)
    return armedBucket != 0 && bucket > openBucket && Int64(armedBucket) - 1 <= bucket
  }

  /// No record needs a look before this instant.
  var earliest: Instant {
    let closed = nextBucket == .max ? Instant.max : nextBucket << Self.bucketShift
    return min(heap.first?.instant ?? .max, closed)
  }

  /// Opens the next bucket that has come by `instant`, or returns nil when all are open.
  mutating func openBucket(by instant: Instant) -> (bucket: Int64, entries: [Entry])? {
    let last = Self.bucket(instant)
    guard nextBucket <= last else {
      if entryCount == 0 { openBucket = max(openBucket, last) }
      return nil
    }
    let bucket = nextBucket
    openBucket = bucket
    return (bucket, takeAll(bucket))
  }

  /// Visits all entries of closed buckets.
  func forEachEntry(_ body: (Entry) -> Void) {
    for head in heads {
      var number = head
      while number != 0 {
        let chunk = chunks[Int(number) - 1]
        for entry in 0..<Int(chunk.count) { body(chunk.entries[entry]) }
        number = chunk.next
      }
    }
  }

  /// Says that no record is armed for a closed bucket below one; `Int64.max`: for none at all. Of what was skipped, buckets are open as
  /// far as the clock is.
  mutating func skip(to bucket: Int64, by instant: Instant) {
    guard bucket > nextBucket else { return }
    nextBucket = bucket
    openBucket = max(openBucket, min(bucket - 1, Self.bucket(instant)))
  }

  private static func place(_ bucket: Int64) -> Int { Int(bucket) & (slotCount - 1) }

  private mutating func append(_ entry: Entry, _ bucket: Int64) {
    let place = Self.place(bucket)
    entryCount += 1
    let head = heads[place]
    if head != 0 {
      let index = Int(head) - 1
      let count = Int(chunks[index].count)
      if count < 7 {
        chunks[index].entries[count] = entry
        chunks[index].count = UInt32(count + 1)
        return
      }
    }
    var chunk = Chunk()
    chunk.entries[0] = entry
    chunk.count = 1
    chunk.next = head
    if freeChunk != 0 {
      let index = Int(freeChunk) - 1
      heads[place] = freeChunk
      freeChunk = chunks[index].next
      chunks[index] = chunk
    } else {
      chunks.append(chunk)
      heads[place] = UInt32(chunks.count)
    }
  }

  /// Empties a bucket's slot.
  private mutating func takeAll(_ bucket: Int64) -> [Entry] {
    let place = Self.place(bucket)
    if place == sweepSlot { sweptChunk = 0 }
    var entries: [Entry] = []
    while heads[place] != 0 {
      let number = heads[place]
      let index = Int(number) - 1
      for entry in 0..<Int(chunks[index].count) { entries.append(chunks[index].entries[entry]) }
      heads[place] = chunks[index].next
      chunks[index].next = freeChunk
      freeChunk = number
    }
    entryCount -= entries.count
    return entries
  }

  /// Begins a sweep when there are twice as many entries as the last one left, or when told to.
  /// - Returns: whether one is under way.
  mutating func beginSweep(isForced: Bool) -> Bool {
    if sweepSlot < Self.slotCount { return true }
    guard isForced || entryCount >= sweepEntryCount else { return false }
    sweepSlot = 0
    sweptChunk = 0
    return true
  }

  /// The next chunk of the sweep, with the remainder of its buckets by the number of slots; nil when it is done.
  mutating func chunkToSweep() -> (chunk: Chunk, slot: Int)? {
    while sweepSlot < Self.slotCount {
      let number = sweptNumber
      if number != 0 { return (chunks[Int(number) - 1], sweepSlot) }
      sweepSlot += 1
      sweptChunk = 0
    }
    sweepEntryCount = max(Self.sweepEntryCountMin, 2 * entryCount)
    return nil
  }

  private var sweptNumber: UInt32 { sweptChunk == 0 ? heads[sweepSlot] : chunks[Int(sweptChunk) - 1].next }

  /// Puts what is needed of the chunk that `chunkToSweep` gave in its place, filling the one before it first.
  mutating func replaceSwept(with kept: Chunk) {
    let number = sweptNumber
    let index = Int(number) - 1
    entryCount -= Int(chunks[index].count) - Int(kept.count)
    var rest = Chunk()
    rest.next = chunks[index].next
    for entry in 0..<Int(kept.count) {
      if sweptChunk != 0, chunks[Int(sweptChunk) - 1].count < 7 {
        let before = Int(sweptChunk) - 1
        chunks[before].entries[Int(chunks[before].count)] = kept.entries[entry]
        chunks[before].count += 1
      } else {
        rest.entries[Int(rest.count)] = kept.entries[entry]
        rest.count += 1
      }
    }
    if rest.count > 0 {
      chunks[index] = rest
      sweptChunk = number
      return
    }
    if sweptChunk == 0 { heads[sweepSlot] = rest.next } else { chunks[Int(sweptChunk) - 1].next = rest.next }
    chunks[index].next = freeChunk
    freeChunk = number
  }

  /// Whether a record that is armed for a bucket is looked at in a slot.
  static func isIn(slot: Int, armedBucket: UInt32) -> Bool {
    armedBucket != 0 && place(Int64(armedBucket) - 1) == slot
  }

  /// Puts back an entry of a later turn of the wheel.
  mutating func keep(_ entry: Entry, in bucket: Int64) { append(entry, bucket) }

  /// To be called after the entries of an open bucket were dealt with.
  mutating func findNextBucket() {
    nextBucket = .max
    if entryCount == 0 { return }
    // Within one turn the slot says the bucket; entries of later turns only make this bound early.
    for bucket in (openBucket + 1)...(openBucket + Int64(Self.slotCount))
    where heads[Self.place(bucket)] != 0 {
      nextBucket = bucket
      return
    }
  }

  func firstDue(by instant: Instant) -> Due? {
    guard let first = heap.first, first.instant <= instant else { return nil }
    return first
  }

  private mutating func push(_ due: Due) {
    heap.append(due)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if !heap[child].isBefore(heap[parent]) { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// - Precondition: there is one.
  mutating func popFirst() {
    let last = heap.removeLast()
    if heap.isEmpty { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

/// The chunks of a wheel by number, in blocks of a pool: they are met at random.
@safe
private struct ChunkList: ~Copyable {
  private var blocks: [UnsafeMutablePointer<TimerWheel.Chunk>] = unsafe []
  private(set) var count = 0
  private let pool: BlockPool

  private static let perBlock = BlockPool.blockByteCount / MemoryLayout<TimerWheel.Chunk>.stride

  init(_ pool: BlockPool) { self.pool = pool }

  deinit {
    // Every block is ours and used by nobody else.
    for number in unsafe blocks.indices { unsafe pool.give(UnsafeMutableRawPointer(blocks[number])) }
  }

  subscript(index: Int) -> TimerWheel.Chunk {
    @inline(__always) _read {
      precondition(index < count, "a chunk past the end")
      // In bounds: checked above, and blocks live as long as this value.
      yield unsafe blocks[index / Self.perBlock][index % Self.perBlock]
    }
    @inline(__always) _modify {
      precondition(index < count, "a chunk past the end")
      // In bounds, as above.
      yield unsafe &blocks[index / Self.perBlock][index % Self.perBlock]
    }
  }

  mutating func append(_ chunk: TimerWheel.Chunk) {
    if count % Self.perBlock == 0 {
      unsafe blocks.append(pool.take().bindMemory(to: TimerWheel.Chunk.self, capacity: Self.perBlock))
    }
    count += 1
    self[count - 1] = chunk
  }
}
