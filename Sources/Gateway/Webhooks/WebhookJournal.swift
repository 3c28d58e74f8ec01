import NIOConcurrencyHelpers
import Store
import Wire

/// Writes what endpoints remember: the only one who does, and everything in order.
///
/// What settled since the last time goes into one transaction, a few times a second: rows for what failed, and the cursors that pass it, together. So
/// whatever instant the process dies at, each event is before a cursor and done with, in a row, or behind a cursor and sent again.
actor WebhookJournal {
  private let writer: CatalogWriter
  private let endpoints: @Sendable () -> [EndpointWorker]
  private let head: @Sendable () -> EventPosition?
  private var last: Task<Result<Void, StoreError>, Never>?

  init(
    _ catalog: any Catalog, head: @escaping @Sendable () -> EventPosition?,
    endpoints: @escaping @Sendable () -> [EndpointWorker]
  ) {
    writer = CatalogWriter(catalog)
    self.head = head
    self.endpoints = endpoints
  }

  /// Writes what there is, and `more` behind it; durable on return.
  ///
  /// - Parameters:
  ///   - isIdleWritten: also cursors that only moved because the log grew.
  ///   - more: called when everything before is written.
  /// - Throws: what the catalog throws.
  func write(
    isIdleWritten: Bool = false, _ more: @escaping @Sendable () throws(StoreError) -> [CatalogChange] = { [] }
  ) async throws(StoreError) {
    let previous = last
    let task = Task {
      _ = await previous?.value
      return await self.writeNow(isIdleWritten, more)
    }
    last = task
    try await task.value.get()
  }

  private func writeNow(
    _ isIdleWritten: Bool, _ more: @Sendable () throws(StoreError) -> [CatalogChange]
  ) async -> Result<Void, StoreError> {
    // Before the endpoints are asked: what was offered by then is known to them.
    let head = head()
    let taken = endpoints().map { ($0, $0.takeChanges(head: head, isIdleWritten: isIdleWritten)) }
    do throws(StoreError) {
      try await writer.write(taken.flatMap { $0.1.changes } + more())
    } catch { return .failure(error) }
    for (worker, writing) in taken { worker.wrote(writing) }
    return .success(())
  }

  func stop() async {
    _ = await last?.value
    await writer.stop()
  }
}
