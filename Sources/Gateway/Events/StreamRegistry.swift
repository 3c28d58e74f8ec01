import Client
import NIOConcurrencyHelpers

/// Streams of events that are open, so that a gateway that stops can end them: by themselves they never do.
final class StreamRegistry: Sendable {
  private let streams = NIOLockedValueBox<(last: UInt64, open: [UInt64: EventSubscription], isClosed: Bool)>(
    (0, [:], false))

  func add(_ subscription: EventSubscription) -> UInt64 {
    let (number, isClosed) = streams.withLockedValue { streams in
      streams.last += 1
      if !streams.isClosed { streams.open[streams.last] = subscription }
      return (streams.last, streams.isClosed)
    }
    if isClosed { subscription.cancel() }
    return number
  }

  func remove(_ number: UInt64) { streams.withLockedValue { $0.open[number] = nil } }

  /// Ends all that are open, and those that come.
  func close() {
    let open = streams.withLockedValue { streams in
      streams.isClosed = true
      defer { streams.open = [:] }
      return streams.open.values.map { $0 }
    }
    for subscription in open { subscription.cancel() }
  }
}
