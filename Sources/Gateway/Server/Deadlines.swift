import HTTPTypes
import HummingbirdCore
import NIOConcurrencyHelpers
import NIOCore

/// How long a request may take to come, and its answer to begin. Whoever asks is answered in time, also when a handler is not.
///
/// A handler that is late goes on to its end, for what it asked the kernel cannot be taken back; nobody waits for it but `finish`.
/// Streams, both ways, may take as long as they like.
///
/// What is not answered yet is looked through ten times a second: a timer for each request costs more than many an answer.
final class Deadlines: Sendable {
  private let body: TimeAmount
  private let answer: TimeAmount
  /// By event loop.
  private let boards: [ObjectIdentifier: NIOLockedValueBox<Board>]
  private let late = NIOLockedValueBox<(last: UInt64, tasks: [UInt64: Task<Void, Never>])>((0, [:]))

  /// How long what was said about a body that did not come may take to be sent.
  private static let farewell = TimeAmount.seconds(1)
  /// Nobody is told of the end of its time later than this.
  private static let interval = TimeAmount.milliseconds(100)

  /// - Parameters:
  ///   - body: from a request's head to the end of its body.
  ///   - answer: from there to the beginning of the answer.
  ///   - group: whose loops take the time.
  init(body: TimeAmount, answer: TimeAmount, on group: any EventLoopGroup) {
    (self.body, self.answer) = (body, answer)
    boards = Dictionary(
      uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), NIOLockedValueBox(Board())) })
  }

  /// What `handle` answers, or a problem in its place.
  ///
  /// - Parameters:
  ///   - record: says whether the body is waited for.
  ///   - loop: where time is taken; one of the group's.
  ///   - close: closes the connection; called when the body does not come.
  func answer(
    _ route: Route, _ record: CallRecord, on loop: any EventLoop, executor: LoopExecutor?,
    close: @escaping @Sendable () -> Void, _ handle: @escaping @Sendable () async throws -> Response
  ) async throws -> Response {
    if case .stream = route.body { return try await handle() }
    guard let board = boards[ObjectIdentifier(loop)] else { preconditionFailure("a loop of another group") }
    let race = Race()
    let task = Task(executorPreference: executor) {
      let result: Result<Response, any Error>
      do { result = .success(try await handle()) } catch { result = .failure(error) }
      _ = race.end(result)
    }
    let isComplete = if case .none = route.body { true } else { false }
    let (place, isFirst) = board.withLockedValue {
      $0.add(
        Pending(
          race: race, task: task, record: record, isReading: route.method == .get, close: close, isComplete: isComplete,
          deadline: .now() + (isComplete ? answer : body)))
    }
    if isFirst { look(board, on: loop) }
    defer { board.withLockedValue { $0.remove(place) } }
    return try await withTaskCancellationHandler {
      try await race.result().get()
    } onCancel: {
      task.cancel()
    }
  }

  /// Looks through a board until it is empty.
  private func look(_ board: NIOLockedValueBox<Board>, on loop: any EventLoop) {
    loop.scheduleTask(in: Self.interval) { [self, answer] in
      let (due, isEmpty) = board.withLockedValue { $0.takeDue(at: .now(), answer: answer) }
      for pending in due { end(pending, on: loop) }
      if !isEmpty { look(board, on: loop) }
    }
  }

  private func end(_ pending: Pending, on loop: any EventLoop) {
    let problem = pending.isComplete ? Problem.late(isReading: pending.isReading) : .slowBody
    guard pending.race.end(.failure(problem)) else { return }
    if !pending.isComplete {
      pending.task.cancel()
      loop.scheduleTask(in: Self.farewell, pending.close)
    }
    keep(pending.task)
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

  /// A request that is not answered yet.
  private struct Pending: Sendable {
    let race: Race
    let task: Task<Void, Never>
    let record: CallRecord
    let isReading: Bool
    let close: @Sendable () -> Void
    /// Its body has come, or it has none.
    var isComplete: Bool
    var deadline: NIODeadline
  }

  /// Requests of one event loop.
  private struct Board: Sendable {
    private var places: [Pending?] = []
    private var free: [Int] = []
    private var isWatched = false

    /// - Returns: where it is, and whether nobody looks yet.
    mutating func add(_ pending: Pending) -> (place: Int, isFirst: Bool) {
      defer { isWatched = true }
      guard let place = free.popLast() else {
        places.append(pending)
        return (places.count - 1, !isWatched)
      }
      places[place] = pending
      return (place, !isWatched)
    }

    mutating func remove(_ place: Int) {
      places[place] = nil
      free.append(place)
    }

    /// Those whose time is over, each once. Of one whose body has come the time of the answer begins.
    ///
    /// - Returns: also whether there is nothing to look at any more, and so nobody does.
    mutating func takeDue(at now: NIODeadline, answer: TimeAmount) -> (due: [Pending], isEmpty: Bool) {
      var due: [Pending] = []
      for place in places.indices {
        guard let pending = places[place], pending.deadline <= now else { continue }
        if !pending.isComplete, !pending.record.awaitsBody {
          places[place]?.isComplete = true
          places[place]?.deadline = now + answer
        } else {
          places[place]?.deadline = .distantFuture
          due.append(pending)
        }
      }
      isWatched = free.count < places.count
      return (due, !isWatched)
    }
  }

  /// The first result wins.
  private final class Race: Sendable {
    typealias Waiter = CheckedContinuation<Result<Response, any Error>, Never>

    private struct State {
      var result: Result<Response, any Error>?
      var waiter: Waiter?
    }
    private let state = NIOLockedValueBox(State())

    /// - Returns: whether it was the first.
    func end(_ result: Result<Response, any Error>) -> Bool {
      let (isFirst, waiter) = state.withLockedValue { state -> (Bool, Waiter?) in
        guard state.result == nil else { return (false, nil) }
        state.result = result
        return (true, state.waiter.take())
      }
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
