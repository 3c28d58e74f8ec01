import HTTPTypes
import Kernel
import NIOConcurrencyHelpers

/// Books that were asked for lately. What does not fit any more is forgotten, and read again when somebody asks.
final class LedgerShelf: Sendable {
  /// Books at once.
  static let bookCountMax = 32
  /// Movements of all books; one that has more alone is kept alone. Each takes about 200 bytes.
  static let movementCountMax = 1 << 18

  private struct Entry {
    var book: LedgerBook
    var movementCount = 0
    /// Order of use.
    var used: UInt64
  }
  private struct State {
    var entries: [LedgerSubject: Entry] = [:]
    var clock: UInt64 = 0
  }

  private let state = NIOLockedValueBox(State())
  private let pool = BlockPool(hugePages: false)

  /// The subject's book; a new one is empty.
  func book(of subject: LedgerSubject) -> LedgerBook {
    state.withLockedValue { state in
      state.clock += 1
      if var entry = state.entries[subject] {
        entry.used = state.clock
        state.entries[subject] = entry
        return entry.book
      }
      let book = LedgerBook(subject, pool)
      state.entries[subject] = Entry(book: book, used: state.clock)
      Self.makeRoom(in: &state)
      return book
    }
  }

  /// Notes how long a book has become.
  func note(_ subject: LedgerSubject, movementCount: Int) {
    state.withLockedValue { state in
      state.entries[subject]?.movementCount = movementCount
      Self.makeRoom(in: &state)
    }
  }

  func remove(_ subject: LedgerSubject) { state.withLockedValue { $0.entries[subject] = nil } }

  private static func makeRoom(in state: inout State) {
    var count = state.entries.values.reduce(0) { $0 + $1.movementCount }
    while state.entries.count > bookCountMax || count > movementCountMax, state.entries.count > 1,
      let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
    {
      count -= oldest.value.movementCount
      state.entries[oldest.key] = nil
    }
  }
}
