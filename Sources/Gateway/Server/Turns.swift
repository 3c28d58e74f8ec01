import NIOConcurrencyHelpers

/// Work that is done piece by piece, in the order in which it was asked for, though each piece may wait.
final class Turns: Sendable {
  private let last = NIOLockedValueBox<Task<Void, Never>?>(nil)

  /// Runs `body` when those that came before are through. Once begun it is not cancelled with who waits for it.
  func take<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) async -> Answer {
    let task = last.withLockedValue { last in
      let task = Task { [last] in
        await last?.value
        return await body()
      }
      last = Task { _ = await task.value }
      return task
    }
    return await task.value
  }
}
