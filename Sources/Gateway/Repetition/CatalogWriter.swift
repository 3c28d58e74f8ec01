import NIOConcurrencyHelpers
import NIOPosix
import Store

/// Writes changes of a catalog that come at the same time in one transaction: each waits for the disk once, not for each other.
final class CatalogWriter: Sendable {
  private let catalog: any Catalog
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let state = NIOLockedValueBox(State())

  private struct Waiting {
    var changes: [CatalogChange]
    var completion: @Sendable (Result<Void, StoreError>) -> Void
  }
  private struct State {
    var waiting: [Waiting] = []
    var isWriting = false
  }

  init(_ catalog: any Catalog) {
    self.catalog = catalog
    pool.start()
  }

  /// Applies changes; they are durable on return.
  /// - Throws: what the catalog throws; then nothing of any of those that came together may count on.
  func write(_ changes: [CatalogChange]) async throws(StoreError) {
    try await withCheckedContinuation { continuation in
      write(changes) { continuation.resume(returning: $0) }
    }.get()
  }

  /// As above, with the place in order taken when the call returns. `completion` is called once, on the writer's thread.
  func write(_ changes: [CatalogChange], _ completion: @escaping @Sendable (Result<Void, StoreError>) -> Void) {
    let isFirst = state.withLockedValue { state in
      state.waiting.append(Waiting(changes: changes, completion: completion))
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if isFirst { pool.submit { _ in self.writeAll() } }
  }

  private func writeAll() {
    while true {
      let group = state.withLockedValue { state in
        defer { state.waiting = [] }
        if state.waiting.isEmpty { state.isWriting = false }
        return state.waiting
      }
      if group.isEmpty { return }
      let result: Result<Void, StoreError>
      do throws(StoreError) {
        try catalog.apply(group.flatMap(\.changes))
        result = .success(())
      } catch { result = .failure(error) }
      for waiting in group { waiting.completion(result) }
    }
  }

  /// Ends the thread. Nothing may be written any more.
  func stop() async {
    // To shut down twice is the only failure.
    try? await pool.shutdownGracefully()
  }
}
