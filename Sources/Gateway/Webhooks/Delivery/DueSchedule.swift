import Wire

/// Events by the time of their next try. Few enough that an array in order is the fastest.
struct DueSchedule: Sendable {
  private struct Entry: Sendable, Comparable {
    var due: Int64
    var position: EventPosition
    static func < (a: Self, b: Self) -> Bool { (a.due, a.position) < (b.due, b.position) }
  }
  private var entries: [Entry] = []

  /// When the first one is due. Milliseconds.
  var firstDue: Int64? { entries.first?.due }

  mutating func insert(_ position: EventPosition, due: Int64) {
    let entry = Entry(due: due, position: position)
    entries.insert(entry, at: place(of: entry))
  }

  /// It is no error if it is not there.
  mutating func remove(_ position: EventPosition, due: Int64) {
    let entry = Entry(due: due, position: position)
    let place = place(of: entry)
    if place < entries.count, entries[place] == entry { entries.remove(at: place) }
  }

  /// The first one, if its time has come.
  mutating func popFirst(at now: Int64) -> EventPosition? {
    guard let first = entries.first, first.due <= now else { return nil }
    return entries.removeFirst().position
  }

  private func place(of entry: Entry) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
