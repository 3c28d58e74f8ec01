import Kernel

/// Lets async callers submit: keeps what the ring has no room for, and resumes each when its batch is durable.
final class AsyncSubmitter: @unchecked Sendable {
  private final class Call {
    let submission: Submission
    let resume: (Submission) -> Void

    init(_ submission: Submission, _ resume: @escaping (Submission) -> Void) {
      self.submission = submission
      self.resume = resume
    }
  }

  private let core: EngineCore
  /// Guards `waiting` and `isPumping`.
  private let lock = Lock()
  private var waiting: [Submission] = []
  private var isPumping = false
  private var pumpAgain = false
  /// Set once, right after its closure could name us.
  private var queue: CompletionQueue?

  init(core: EngineCore) {
    self.core = core
    // Not on the thread that woke us: it may be the one that commits, and a submit may wait for room that only a commit gives.
    queue = CompletionQueue { [weak self] in Task { self?.pump() } }
  }

  /// Applies a batch; `resume` runs on some engine or caller thread when it came back.
  func submit(_ batch: OperationBatch, _ authority: Authority, _ resume: @escaping (Submission) -> Void) {
    let submission = Submission(slotCapacity: max(1, batch.slots.count))
    for slot in batch.slots { submission.append(slot) }
    submission.authority = authority
    submission.context = Call(submission, resume)
    lock.withLock { waiting.append(submission) }
    pump()
  }

  /// Submits what waits and hands back what came; one thread at a time, others leave it their work.
  private func pump() {
    lock.acquire()
    pumpAgain = true
    guard !isPumping else { return lock.release() }
    isPumping = true
    while pumpAgain {
      pumpAgain = false
      let batch = waiting
      waiting = []
      lock.release()
      run(batch)
      lock.acquire()
    }
    isPumping = false
    lock.release()
  }

  private func run(_ batch: [Submission]) {
    guard let queue else { return }
    let taken = core.submit(batch, to: queue)
    if taken < batch.count {
      // Their turn comes first when the queue is woken because there is room.
      lock.withLock { waiting.insert(contentsOf: batch[taken...], at: 0) }
    }
    queue.drain { submission in
      guard let call = submission.context as? Call else { return }
      // Breaks the cycle of call and submission.
      submission.context = nil
      call.resume(submission)
    }
  }
}
