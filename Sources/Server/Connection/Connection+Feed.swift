import Access
import Engine
import NIOCore
import Wire

extension Connection {
  /// A client wants the log from a position on.
  func subscribe(_ header: FrameHeader, _ body: SubscribeBody) throws(FrameError) {
    guard subscriptions[header.request] == nil else {
      throw FrameError(.badSubscription, place: 48, value: header.request)
    }
    guard subscriptions.count < Int(limits.subscriptionCountMax) else {
      return refuseSubscription(header, EventsEnd(.badSubscription, value: UInt64(limits.subscriptionCountMax)))
    }
    guard let filter = filter(for: body) else {
      note(.subscriptionRefused, "tenant scope")
      return refuseSubscription(header, EventsEnd(.tenantScope))
    }
    let engine = worker.engine
    let newest = engine.durableCommit
    guard body.from.commit <= newest + 1 else {
      return refuseSubscription(header, EventsEnd(.positionAhead, value: newest))
    }
    do throws(EngineError) {
      let from = body.from.commit == 0 ? max(1, engine.oldestCommit) : body.from.commit
      let feed = try engine.follow(from: FeedPosition(commit: from, index: body.from.index), filter: filter)
      let subscription = Subscription(
        number: header.request, trace: header.trace, feed: feed, connection: self, body)
      subscriptions[header.request] = subscription
      subscription.advance()
    } catch {
      if case .tooOld(let first) = error.kind {
        refuseSubscription(header, EventsEnd(.positionTooOld, value: first))
      } else {
        fail(.serverFailure, request: header.request, text: error.message)
      }
    }
  }

  private func filter(for body: SubscribeBody) -> FeedFilter? {
    var filter = FeedFilter()
    filter.acceptedOnly = body.acceptedOnly
    switch body.scope {
    case .all: filter.scope = grant.authority.scope
    case .one(let tenant):
      guard grant.authority.scope.contains(tenant) else { return nil }
      filter.scope = .one(tenant)
    }
    return filter
  }

  /// More events may come, or no more are wanted. A subscription that is over may still get either: they crossed.
  func credit(_ header: FrameHeader) {
    guard let subscription = subscriptions[header.request] else { return }
    if header.flags.contains(.cancels) {
      end(subscription, EventsEnd(.cancelled))
    } else if !subscription.add(credit: header.count, max: limits.eventCreditMax) {
      end(subscription, EventsEnd(.creditOverflow, value: UInt64(limits.eventCreditMax)))
    }
  }

  /// The last frame of a subscription.
  func end(_ subscription: Subscription, _ body: EventsEnd) {
    subscription.isOver = true
    subscriptions[subscription.number] = nil
    send(
      FrameHeader(.events, flags: .ended, session: sessionID, request: subscription.number),
      bodyByteCount: EventsEnd.byteCount
    ) { body.store(into: &$0) }
  }

  private func refuseSubscription(_ header: FrameHeader, _ body: EventsEnd) {
    send(
      FrameHeader(.events, flags: .ended, session: sessionID, trace: header.trace, request: header.request),
      bodyByteCount: EventsEnd.byteCount
    ) { body.store(into: &$0) }
  }
}
