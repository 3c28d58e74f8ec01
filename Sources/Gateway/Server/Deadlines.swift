import HTTPTypes
import HummingbirdCore
import NIOConcurrencyHelpers
import NIOCore

/// How long a request may take to come, and its answer to begin. Whoever asks is answered in time, also when a handler is not.
///
/// A handler that is late goes on to its end, for what it asked the kernel cannot be taken back; nobody waits for it but `finish`.
/// Streams, both ways, may take as long as they like.
final class Deadlines: Sendable {
  private let body: TimeAmount
  private let answer: TimeAmount
  private let late = NIOLockedValueBox<(last: UInt64, tasks: [UInt64: Task<Void, Never>])>((0, [:]))

  /// How long what was said about a body that did not come may take to be sent.
  private static let farewell = TimeAmount.seconds(1)

  /// - Parameters:
  ///   - body: from a request's head to the end of its body.
  ///   - answer: from there to the beginning of the answer.
  init(body: TimeAmount, answer: TimeAmount) { (self.body, self.answer) = (body, answer) }

  /// What `handle` answers, or a problem in its place.
  ///
  /// - Parameters:
  ///   - record: says whether the body is waited for.
  ///   - loop: where time is taken.
  ///   - close: closes the connection; called when the body does not come.
  func answer(
    _ route: Route, _ record: CallRecord, on loop: any EventLoop, executor: LoopExecutor?,
    close: @escaping @Sendable () -> Void, _ handle: @escaping @Sendable () async throws -> Response
  ) async throws -> Response {
    if case .stream = route.body { return try await handle() }
    let race = Race()
    let task = Task(executorPreference: executor) {
      let result: Result<Response, any Error>
      do { result = .success(try await handle()) } catch { result = .failure(error) }
      _ = race.end(result)
    }
    let overdue: @Sendable () -> Void = {
      if race.end(.failure(Problem.late(isReading: route.method == .get))) { self.keep(task) }
    }
    if case .none = route.body {
      race.set(loop.scheduleTask(in: answer, overdue))
    } else {
      race.set(
        loop.scheduleTask(in: body) { [answer] in
          guard record.awaitsBody else { return race.set(loop.scheduleTask(in: answer, overdue)) }
          guard race.end(.failure(Problem.slowBody)) else { return }
          task.cancel()
          self.keep(task)
          loop.scheduleTask(in: Self.farewell, close)
        })
    }
    return try await withTaskCancellationHandler {
      try await race.result().get()
    } onCancel: {
      task.cancel()
    }
  }

  private func keep(_ task: Task<Void, Never>) {
    let number = late.withLockedValue { late in
      late.last += 1
      late.tasks[late.last] = task
      return late.last
    }
    Task {
      await task.value
      self.late.withLockedValue { $0.tasks[number] = nil }
    }
  }

  /// Waits for handlers that are late. Nothing that they wait for may stay without an answer.
  func finish() async {
    for task in late.withLockedValue({ $0.tasks.values.map { $0 } }) { await task.value }
  }

  /// The first result wins.
  private final class Race: Sendable {
    typealias Waiter = CheckedContinuation<Result<Response, any Error>, Never>

    private struct State {
      var result: Result<Response, any Error>?
      var waiter: Waiter?
      var timer: Scheduled<Void>?
    }
    private let state = NIOLockedValueBox(State())

    /// The timer that is cancelled when there is a result.
    func set(_ timer: Scheduled<Void>) {
      let isOver = state.withLockedValue { state in
        state.timer = timer
        return state.result != nil
      }
      if isOver { timer.cancel() }
    }

    /// - Returns: whether it was the first.
    func end(_ result: Result<Response, any Error>) -> Bool {
      let (isFirst, waiter, timer) = state.withLockedValue { state -> (Bool, Waiter?, Scheduled<Void>?) in
        guard state.result == nil else { return (false, nil, nil) }
        state.result = result
        return (true, state.waiter.take(), state.timer.take())
      }
      timer?.cancel()
      waiter?.resume(returning: result)
      return isFirst
    }

    func result() async -> Result<Response, any Error> {
      await withCheckedContinuation { continuation in
        let result = state.withLockedValue { state in
          if state.result == nil { state.waiter = continuation }
          return state.result
        }
        if let result { continuation.resume(returning: result) }
      }
    }
  }
}

extension Problem {
  fileprivate static let slowBody: Problem = {
    var problem = Problem(.requestTimeout, "request_timeout", "the body did not come in time; nothing was applied")
    problem.headers[.connection] = "close"
    return problem
  }()

  /// - Parameter isReading: whether nothing can have been changed.
  fileprivate static func late(isReading: Bool) -> Problem {
    isReading
      ? unavailable("timed_out", "the answer took too long")
      : unavailable(
        outcomeUnknown,
        "the answer took too long: whether it was applied is not known; send it again with the same ids")
  }
}
