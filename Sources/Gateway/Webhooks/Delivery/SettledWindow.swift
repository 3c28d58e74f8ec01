import NIOCore
import Wire

/// Places of the log in order, settled in any order: tells up to where all are.
struct SettledWindow: Sendable {
  private struct Entry: Sendable {
    var position: EventPosition
    var isSettled = false
  }
  private var entries = CircularBuffer<Entry>()
  private(set) var unsettledCount = 0

  /// From the first one that is not settled on.
  var count: Int { entries.count }
  /// The first one that is not settled; nil when all are.
  var first: EventPosition? { entries.first?.position }

  /// - Precondition: it lies behind all that were appended.
  mutating func append(_ position: EventPosition) {
    precondition(entries.last.map { $0.position < position } ?? true, "events come in the order of the log")
    entries.append(Entry(position: position))
    unsettledCount += 1
  }

  /// - Precondition: it was appended, and is not settled.
  mutating func settle(_ position: EventPosition) {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[offset: middle].position < position { low = middle + 1 } else { high = middle }
    }
    precondition(low < entries.count && entries[offset: low].position == position, "the event is not in the window")
    precondition(!entries[offset: low].isSettled, "an event is settled once")
    entries[offset: low].isSettled = true
    unsettledCount -= 1
    while entries.first?.isSettled ?? false { entries.removeFirst() }
  }
}
