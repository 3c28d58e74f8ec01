/// The one order of everything that is applied: places are taken under shard locks, filled outside, committed in order.
///
/// ```
///   freed           committed up to            reserved
///     |  being committed  |  ready  |  being filled  |            free
/// ----+-------------------+---------+----------------+------------------->  position (bytes, only grows)
/// ```
///
/// A position is never reused; its place in memory is the position modulo the ring's size. A ticket never runs over
/// the end of the memory: what does not fit there starts at the beginning, and the rest of the lap is skipped.
struct CommitRing: ~Copyable {
  /// One reserved place: a whole number of log groups of one caller.
  struct Ticket {
    var start: UInt64 = 0
    var end: UInt64 = 0
    var isReady = false
    /// Submissions whose operations are here, linked by `next`; nil for timers and session events.
    var first: Submission?
    var last: Submission?
    var queue: CompletionQueue?
    var operationCount = 0
  }

  /// A run of ready tickets, contiguous in memory, that becomes one commit.
  struct Run {
    var start: UInt64
    var end: UInt64
    var ticketCount: Int
  }

  let byteCount: UInt64
  /// Oldest byte in use.
  private(set) var freed: UInt64 = 0
  /// Behind the newest ticket that was removed; its bytes may not be free yet.
  private var removed: UInt64 = 0
  /// First byte that nobody has.
  private(set) var reserved: UInt64 = 0
  /// Bytes promised by `hold` and not reserved yet.
  private(set) var held: UInt64 = 0
  /// The largest promise ever: so much may be skipped at the end of a lap.
  private var largestPromise: UInt64 = 0
  /// Past this offset the ring starts over when its beginning is free, so that light load stays in warm memory.
  private let lapByteCount: UInt64

  private var tickets: [Ticket]
  private var headTicket: UInt64 = 0
  private var tailTicket: UInt64 = 0
  private var heldTickets = 0

  init(byteCount: Int, ticketCount: Int = 1 << 16) {
    self.byteCount = UInt64(byteCount)
    lapByteCount = UInt64(min(byteCount / 2, 16 << 20))
    tickets = Array(repeating: Ticket(), count: ticketCount)
  }

  /// Bytes between the oldest in use and the newest reserved.
  var usedByteCount: UInt64 { reserved - freed }
  var ticketsInUse: Int { Int(tailTicket - headTicket) }
  var isEmpty: Bool { headTicket == tailTicket }

  /// Promises room for one ticket of up to `byteCount` bytes.
  /// - Returns: false when the ring is full.
  mutating func hold(_ byteCount: Int) -> Bool {
    let slack = max(largestPromise, UInt64(byteCount))
    guard reserved - freed + held + UInt64(byteCount) + slack <= self.byteCount else { return false }
    guard ticketsInUse + heldTickets < tickets.count else { return false }
    largestPromise = slack
    held += UInt64(byteCount)
    heldTickets += 1
    return true
  }

  /// Gives a promise back unused.
  mutating func giveBack(_ byteCount: Int) {
    held -= UInt64(byteCount)
    heldTickets -= 1
  }

  /// Takes the next place out of a promise.
  /// - Precondition: `byteCount <= promised`, a promise of `hold(promised)`.
  /// - Returns: the ticket's number, and where it starts.
  mutating func reserve(_ byteCount: Int, promised: Int) -> (ticket: UInt64, start: UInt64) {
    precondition(byteCount <= promised, "a group is larger than the room that was held for it")
    giveBack(promised)
    startOver(before: UInt64(byteCount))
    let start = reserved
    reserved += UInt64(byteCount)
    let number = tailTicket
    tailTicket += 1
    tickets[slot(number)] = Ticket(start: start, end: reserved)
    return (number, start)
  }

  /// Skips to the ring's beginning when the rest of the lap is too short, or when that costs nobody his room.
  private mutating func startOver(before byteCount: UInt64) {
    let offset = reserved & (self.byteCount - 1)
    let beginning = reserved - offset + self.byteCount
    if offset + byteCount <= self.byteCount {
      guard offset >= lapByteCount else { return }
      // Everything in use must lie behind the first half lap, or the new lap would run into it at once.
      guard beginning + byteCount + held + largestPromise + lapByteCount / 2 <= freed + self.byteCount else { return }
    }
    reserved = beginning
    if isEmpty && freed == removed { freeAll() }
  }

  /// Hands a ticket's submissions over and lets the committer have it.
  mutating func markReady(
    _ number: UInt64, first: Submission?, last: Submission?, queue: CompletionQueue?, operationCount: Int
  ) {
    let slot = slot(number)
    tickets[slot].first = first
    tickets[slot].last = last
    tickets[slot].queue = queue
    tickets[slot].operationCount = operationCount
    tickets[slot].isReady = true
  }

  /// Whether the oldest ticket can be committed.
  var hasReady: Bool { headTicket < tailTicket && tickets[slot(headTicket)].isReady }

  /// The longest run of ready tickets from the oldest on, within `byteCountMax` unless the first alone is larger.
  func readyRun(byteCountMax: Int) -> Run? {
    guard hasReady else { return nil }
    var run = Run(start: tickets[slot(headTicket)].start, end: tickets[slot(headTicket)].end, ticketCount: 1)
    while headTicket + UInt64(run.ticketCount) < tailTicket {
      let ticket = tickets[slot(headTicket + UInt64(run.ticketCount))]
      guard ticket.isReady, ticket.start == run.end, ticket.end - run.start <= UInt64(byteCountMax) else { break }
      run.end = ticket.end
      run.ticketCount += 1
    }
    return run
  }

  /// Removes the oldest ticket. Its bytes stay in use until `free`.
  mutating func removeFirst() -> Ticket {
    let slot = slot(headTicket)
    let ticket = tickets[slot]
    tickets[slot] = Ticket()
    headTicket += 1
    removed = ticket.end
    return ticket
  }

  /// Frees the bytes of removed tickets up to `position`.
  mutating func free(through position: UInt64) {
    precondition(position <= removed, "bytes of a ticket that is still there cannot be freed")
    freed = position
    if isEmpty && position == removed { freeAll() }
  }

  /// Nothing is in use: what was skipped at the end of a lap is free as well.
  private mutating func freeAll() {
    freed = reserved
    removed = reserved
  }

  private func slot(_ number: UInt64) -> Int { Int(number % UInt64(tickets.count)) }
}
