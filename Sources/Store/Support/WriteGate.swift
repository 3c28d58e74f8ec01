/// Remembers the first failed write of a store and refuses every write after it.
///
/// A write or sync that failed is never tried again: the system may have dropped the very pages that did not reach the
/// disk, and a later sync would report success.
final class WriteGate: Sendable {
  private let first = Locked<StoreError?>(nil)
  let isReadOnly: Bool

  init(isReadOnly: Bool) { self.isReadOnly = isReadOnly }

  /// Runs a write unless one failed before.
  func write<R>(at place: @autoclosure () -> String, _ body: () throws(StoreError) -> R) throws(StoreError) -> R {
    if isReadOnly { throw StoreError(.readOnly, at: place(), "the store was opened for reading only") }
    if let earlier = first.withLock({ $0 }) {
      throw StoreError(
        .writesStopped, at: place(), "writing stopped after a failure: \(earlier)", code: earlier.code)
    }
    do throws(StoreError) { return try body() } catch {
      first.withLock { $0 = $0 ?? error }
      throw error
    }
  }

  /// Refuses every write from now on.
  func close(at place: String) {
    first.withLock { $0 = $0 ?? StoreError(.writesStopped, at: place, "the store was closed") }
  }
}
