import NIOCore
import Wire

extension DeliveryQueue {
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

  mutating func plan(_ position: EventPosition) {
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
  mutating func setAside(_ key: String) {
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
