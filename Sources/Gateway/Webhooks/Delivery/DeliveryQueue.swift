import NIOCore
import Wire

/// What an endpoint is to get, and when: a state machine without clock, disk or network.
///
/// ```
/// offer -> ready -> in flight -> delivered
///            ^          |  failed            failed for the last time
///   waiting for its key +-------> row (due) ----------> dead letter
/// ```
/// The cursor is the first event of the log that is neither delivered nor in a row. Rows are bounded: an event of the log is started only while
/// there is room for the row that it may need.
struct DeliveryQueue: Sendable {
  struct Limits: Sendable {
    /// Events of the log in memory.
    var windowCount: Int
    /// Rows.
    var rowCount: Int
  }

  /// An event to send now.
  struct Delivery: Sendable {
    var position: EventPosition
    /// nil when its row has to be read.
    var event: WebhookEvent?
    /// Tries before this one.
    var attempts: Int
    var isRetry: Bool
  }

  enum Outcome: Sendable {
    case delivered
    case failed(due: Int64, status: Int?, error: String?)
    case dead(time: Int64, status: Int?, error: String?)
  }

  /// What is to be written, by place; a later change of the same place replaces an earlier one.
  enum Change: Sendable {
    case row(WaitingRow)
    /// Neither a row nor a dead letter.
    case nothing
    /// A row, and no dead letter any more.
    case revived(WaitingRow)
    /// A dead letter, and no row any more.
    case dead(DeadLetter)
  }

  /// A row, as far as it is in memory.
  struct Row: Sendable {
    var key: String
    var attempts: Int
    var due: Int64
    /// Until it is on disk.
    var event: WebhookEvent?
    var isScheduled = false
  }

  /// Of an ordered endpoint: a record with something to deliver. One of its events at most is ready, in flight or scheduled.
  struct Line: Sendable {
    /// In order of the log; the first one is scheduled or in flight.
    var rows: [EventPosition] = []
    var waiting = CircularBuffer<WebhookEvent>()
  }

  let isOrdered: Bool
  let limits: Limits
  /// Everything before it was offered.
  var next: EventPosition
  var window = SettledWindow()
  var ready = CircularBuffer<WebhookEvent>()
  var lines: [String: Line] = [:]
  var rows: [EventPosition: Row] = [:]
  var schedule = DueSchedule()
  var inFlightCount = 0
  var logInFlightCount = 0
  var prefersLog = false
  var changes: [EventPosition: Change] = [:]

  /// - Parameter rows: those on disk, in order of the log.
  init(isOrdered: Bool, limits: Limits, cursor: EventPosition, rows kept: [WaitingRow] = []) {
    self.isOrdered = isOrdered
    self.limits = limits
    next = cursor
    for row in kept { rows[row.event.position] = Row(key: row.event.key, attempts: row.attempts, due: row.due) }
    planRows()
  }

  /// Forgets the events of the log that are in memory, and those on their way: the log is read again from `position` on.
  mutating func restart(at position: EventPosition) {
    next = position
    window = SettledWindow()
    ready.removeAll()
    lines = [:]
    schedule = DueSchedule()
    (inFlightCount, logInFlightCount) = (0, 0)
    for position in rows.keys { rows[position]?.isScheduled = false }
    planRows()
  }

  private mutating func planRows() {
    guard isOrdered else { return rows.keys.forEach { plan($0) } }
    for (position, row) in rows.sorted(by: { $0.key < $1.key }) {
      lines[row.key, default: Line()].rows.append(position)
      if lines[row.key]?.rows.count == 1 { plan(position) }
    }
  }

  // MARK: From the log

  /// Everything before it is delivered, a dead letter, or in a row.
  var cursor: EventPosition { window.first ?? next }
  var rowCount: Int { rows.count }
  /// Events of the log in memory.
  var windowCount: Int { window.unsettledCount }
  /// The places of more events may be kept than their documents: one slow answer holds up the cursor, and nothing else.
  var hasRoom: Bool { window.unsettledCount < limits.windowCount && window.count < 16 * limits.windowCount }
  /// Whether it is worth while to read on.
  var wantsMore: Bool { window.unsettledCount <= limits.windowCount / 2 && window.count <= 8 * limits.windowCount }

  /// - Returns: whether there was room for it. One that was offered before is passed over.
  mutating func offer(_ event: WebhookEvent) -> Bool {
    guard event.position >= next else { return true }
    guard hasRoom else { return false }
    next = event.position.next
    // It failed before the cursor came so far, and has been waiting since.
    guard rows[event.position] == nil else { return true }
    window.append(event.position)
    guard isOrdered else {
      ready.append(event)
      return true
    }
    guard lines[event.key] != nil else {
      lines[event.key] = Line()
      ready.append(event)
      return true
    }
    lines[event.key]?.waiting.append(event)
    setAside(event.key)
    return true
  }

  /// Everything before a place was offered, as far as the endpoint wants it.
  mutating func advance(to position: EventPosition) { next = max(next, position) }

  // MARK: To the receiver

  /// The first time at which there may be something to send that is not there now. Milliseconds.
  var nextDue: Int64? { schedule.firstDue }

  /// The next event to send; nil when there is none now. Old and new ones take turns.
  mutating func take(at now: Int64) -> Delivery? {
    let first = prefersLog ? takeReady() : takeDue(now)
    guard let delivery = first ?? (prefersLog ? takeDue(now) : takeReady()) else { return nil }
    prefersLog = delivery.isRetry
    inFlightCount += 1
    return delivery
  }

  private mutating func takeDue(_ now: Int64) -> Delivery? {
    guard let position = schedule.popFirst(at: now), let row = rows[position] else { return nil }
    rows[position]?.isScheduled = false
    return Delivery(position: position, event: row.event, attempts: row.attempts, isRetry: true)
  }

  private mutating func takeReady() -> Delivery? {
    // If it fails there must be room for its row.
    guard rows.count + logInFlightCount < limits.rowCount, let event = ready.popFirst() else { return nil }
    logInFlightCount += 1
    return Delivery(position: event.position, event: event, attempts: 0, isRetry: false)
  }
}
