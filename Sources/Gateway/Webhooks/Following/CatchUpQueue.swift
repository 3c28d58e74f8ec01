import NIOConcurrencyHelpers

/// Endpoints that wait for a reader, in order of arrival. A few readers take them one by one.
final class CatchUpQueue: Sendable {
  private let state = NIOLockedValueBox(State())

  private struct State {
    var workers: [EndpointWorker] = []
    var readers: [CheckedContinuation<EndpointWorker?, Never>] = []
    var isClosed = false
  }

  func append(_ worker: EndpointWorker) {
    let reader = state.withLockedValue { state -> CheckedContinuation<EndpointWorker?, Never>? in
      guard !state.isClosed else { return nil }
      guard !state.readers.isEmpty else {
        state.workers.append(worker)
        return nil
      }
      return state.readers.removeFirst()
    }
    reader?.resume(returning: worker)
  }

  /// The next endpoint; nil when it is over.
  func next() async -> EndpointWorker? {
    await withCheckedContinuation { continuation in
      let (worker, isOver) = state.withLockedValue { state -> (EndpointWorker?, Bool) in
        if state.isClosed { return (nil, true) }
        guard !state.workers.isEmpty else {
          state.readers.append(continuation)
          return (nil, false)
        }
        return (state.workers.removeFirst(), false)
      }
      if worker != nil || isOver { continuation.resume(returning: worker) }
    }
  }

  func close() {
    let readers = state.withLockedValue { state in
      state.isClosed = true
      state.workers = []
      defer { state.readers = [] }
      return state.readers
    }
    for reader in readers { reader.resume(returning: nil) }
  }
}
