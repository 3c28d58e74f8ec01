import NIOConcurrencyHelpers

/// Places for what needs much memory at once. Who finds none is told to come back, and holds nothing.
final class PlaceCount: Sendable {
  private let free: NIOLockedValueBox<Int>

  init(_ count: Int) { free = NIOLockedValueBox(count) }

  /// A place until it is forgotten.
  /// - Throws: `Problem.busy` when there is none.
  func place() throws(Problem) -> Place {
    let isTaken = free.withLockedValue { free in
      guard free > 0 else { return false }
      free -= 1
      return true
    }
    guard isTaken else { throw .busy }
    return Place(self)
  }

  fileprivate func leave() { free.withLockedValue { $0 += 1 } }
}

/// A place that is held as long as somebody refers to it: also a request that ends without a word gives it back.
final class Place: Sendable {
  private let count: PlaceCount
  fileprivate init(_ count: PlaceCount) { self.count = count }
  deinit { count.leave() }
}
