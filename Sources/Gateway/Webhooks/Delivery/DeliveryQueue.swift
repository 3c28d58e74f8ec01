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
  private struct Row {
    var key: String
    var attempts: Int
    var due: Int64
    /// Until it is on disk.
    var event: WebhookEvent?
    var isScheduled = false
  }

  /// Of an ordered endpoint: a record with something to deliver. One of its events at most is ready, in flight or scheduled.
  private struct Line {
    /// In order of the log; the first one is scheduled or in flight.
    var rows: [EventPosition] = []
    var waiting = CircularBuffer<WebhookEvent>()
  }

  let isOrdered: Bool
  private let limits: Limits
  /// Everything before it was offered.
  private(set) var next: EventPosition
  private var window = SettledWindow()
  private var ready = CircularBuffer<WebhookEvent>()
  private var lines: [String: Line] = [:]
  private var rows: [EventPosition: Row] = [:]
  private var schedule = DueSchedule()
  private(set) var inFlightCount = 0
  private var logInFlightCount = 0
  private var prefersLog = false
  private var changes: [EventPosition: Change] = [:]

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

  /// How a delivery ended. `event` is what was sent.
  mutating func settle(_ delivery: Delivery, _ event: WebhookEvent, as outcome: Outcome) {
    inFlightCount -= 1
    let position = delivery.position
    let attempts = delivery.attempts + 1
    if !delivery.isRetry {
      logInFlightCount -= 1
      window.settle(position)
    }
    switch outcome {
    case .delivered:
      if delivery.isRetry { changes[position] = .nothing }
      removeRow(position)
    case .failed(let due, let status, let error):
      let row = WaitingRow(event: event, attempts: attempts, due: due, status: status, error: error)
      // That it is no dead letter any more may not be written yet.
      if case .revived? = changes[position] { changes[position] = .revived(row) } else { changes[position] = .row(row) }
      let isNew =
        rows.updateValue(Row(key: event.key, attempts: attempts, due: due, event: event), forKey: position) == nil
      if isOrdered, isNew { insert(position, into: event.key) }
      if !isOrdered { plan(position) }
    case .dead(let time, let status, let error):
      changes[position] = .dead(
        DeadLetter(event: event, attempts: attempts, time: time, status: status, error: error))
      removeRow(position)
    }
    if isOrdered { proceed(event.key) }
  }

  /// A delivery did not take place after all: it is as if it had not been taken.
  mutating func putBack(_ delivery: Delivery) {
    inFlightCount -= 1
    if delivery.isRetry {
      plan(delivery.position)
    } else if let event = delivery.event {
      logInFlightCount -= 1
      ready.prepend(event)
    }
  }

  private mutating func removeRow(_ position: EventPosition) {
    guard let row = rows.removeValue(forKey: position) else { return }
    lines[row.key]?.rows.removeAll { $0 == position }
  }

  private mutating func plan(_ position: EventPosition) {
    guard let row = rows[position], !row.isScheduled else { return }
    rows[position]?.isScheduled = true
    schedule.insert(position, due: row.due)
  }

  // MARK: Order

  private mutating func insert(_ position: EventPosition, into key: String) {
    let place = lines[key]?.rows.firstIndex { $0 > position } ?? lines[key]?.rows.count ?? 0
    lines[key, default: Line()].rows.insert(position, at: place)
  }

  /// The next event of a record has its turn.
  private mutating func proceed(_ key: String) {
    guard let line = lines[key] else { return }
    if let first = line.rows.first {
      plan(first)
      setAside(key)
    } else if let event = lines[key]?.waiting.popFirst() {
      ready.append(event)
    } else {
      lines[key] = nil
    }
  }

  /// Events behind one that waits for another try become rows as well, so that they do not hold up the cursor.
  private mutating func setAside(_ key: String) {
    guard let line = lines[key], !line.rows.isEmpty else { return }
    while rows.count + logInFlightCount < limits.rowCount, let event = lines[key]?.waiting.popFirst() {
      rows[event.position] = Row(key: key, attempts: 0, due: 0, event: event)
      insert(event.position, into: key)
      changes[event.position] = .row(WaitingRow(event: event, due: 0))
      window.settle(event.position)
    }
  }

  // MARK: Dead letters that live again

  /// Rows that may be added.
  var freeRowCount: Int { max(0, limits.rowCount - rows.count - logInFlightCount) }

  /// A dead letter is to be sent again, from the first step of the ladder on.
  mutating func revive(_ event: WebhookEvent, at now: Int64) {
    guard rows[event.position] == nil else { return }
    changes[event.position] = .revived(WaitingRow(event: event, due: now))
    rows[event.position] = Row(key: event.key, attempts: 0, due: now, event: event)
    guard isOrdered else { return plan(event.position) }
    let isIdle = lines[event.key] == nil
    insert(event.position, into: event.key)
    if isIdle { plan(event.position) }
  }

  // MARK: To the disk

  /// Takes what is to be written.
  mutating func takeChanges() -> [EventPosition: Change] {
    defer { changes = [:] }
    return changes
  }

  /// What was taken is on disk: documents of rows need not be in memory any more, unless they changed since.
  mutating func forgetDocuments(of positions: some Sequence<EventPosition>) {
    for position in positions where changes[position] == nil { rows[position]?.event = nil }
  }
}
