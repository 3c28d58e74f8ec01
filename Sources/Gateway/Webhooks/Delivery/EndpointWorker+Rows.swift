import Client
import NIOConcurrencyHelpers
import NIOCore
import Store
import Wire

extension EndpointWorker {
  /// What is to be written, and what may be forgotten once it is.
  struct Writing {
    var changes: [CatalogChange] = []
    fileprivate var positions: [EventPosition] = []
  }

  /// Takes everything that is to be written in one transaction: rows, and the cursor that passes them.
  ///
  /// - Parameters:
  ///   - head: how far the follower of the head is.
  ///   - isIdleWritten: also where only the log grew on, and the endpoint had nothing to do with it.
  func takeChanges(head: EventPosition?, isIdleWritten: Bool) -> Writing {
    state.withLockedValue { state in
      var writing = Writing()
      if let head, state.reading == .head { state.queue.advance(to: head) }
      for (position, change) in state.queue.takeChanges() {
        writing.positions.append(position)
        writing.changes += Self.changes(change, WebhookKey.event(id, position))
      }
      for row in state.attempts.suffix(Int(DeliveryRow.countMax)) {
        writing.changes.append(
          .put(.webhookDeliveries, key: WebhookKey.delivery(id, number: row.number), value: row.bytes))
      }
      state.attempts = []
      if state.isEndpointChanged {
        writing.changes.append(
          .put(.webhookEndpoints, key: WebhookKey.endpoint(state.endpoint), value: state.endpoint.bytes))
      }
      let cursor = state.queue.cursor
      if let replay = state.standing.replay, cursor >= replay.resumption { state.standing.replay = nil }
      if state.isStandingChanged || (isIdleWritten && state.standing.cursor != cursor) {
        state.standing.cursor = cursor
        writing.changes.append(.put(.webhookStandings, key: id.catalogKey, value: state.standing.bytes))
      }
      (state.isEndpointChanged, state.isStandingChanged) = (false, false)
      return writing
    }
  }

  private static func changes(_ change: DeliveryQueue.Change, _ key: [UInt8]) -> [CatalogChange] {
    switch change {
    case .row(let row): [.put(.webhookRetries, key: key, value: row.bytes)]
    case .nothing: [.delete(.webhookRetries, key: key), .delete(.webhookDeadLetters, key: key)]
    case .revived(let row):
      [.put(.webhookRetries, key: key, value: row.bytes), .delete(.webhookDeadLetters, key: key)]
    case .dead(let letter):
      [.put(.webhookDeadLetters, key: key, value: letter.bytes), .delete(.webhookRetries, key: key)]
    }
  }

  /// What was taken is on disk.
  func wrote(_ writing: Writing) {
    guard !writing.positions.isEmpty else { return }
    state.withLockedValue { $0.queue.forgetDocuments(of: writing.positions) }
  }

  /// Its part of the sums of all endpoints.
  func add(to sums: inout WebhookMetrics.Sums, newest: UInt64?) {
    state.withLockedValue { state in
      sums.endpointCount += 1
      sums.retryCount += state.queue.rowCount
      sums.deadLetterCount += state.deadLetterCount
      if state.endpoint.disabled == nil, let newest {
        sums.lagMax = max(sums.lagMax, state.lag(newest))
      }
    }
  }
}

extension EndpointWorker.State {
  /// Commits between the cursor and the newest one, of an endpoint that the head's follower may have.
  func lag(_ newest: UInt64) -> UInt64 {
    if reading == .head, queue.windowCount == 0 { return 0 }
    let cursor = queue.cursor.commit
    return newest < cursor ? 0 : newest - cursor + 1
  }
}
