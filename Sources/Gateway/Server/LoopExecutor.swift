import HummingbirdCore
import Logging
import NIOCore

/// Runs tasks on an event loop: a request is read, answered and written by one thread, without a wake-up in between.
///
/// What takes long, or might block, must ask for another executor.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // The executor outlives the loop's queue, which holds it.
    loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The executors of a group's loops.
struct LoopExecutors: Sendable {
  private let executors: [ObjectIdentifier: LoopExecutor]

  init(_ group: any EventLoopGroup) {
    executors = Dictionary(uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) })
  }

  /// Nil for a loop of another group.
  func executor(of loop: any EventLoop) -> LoopExecutor? { executors[ObjectIdentifier(loop)] }
}

/// Connections that are handled where they are: by their own loop.
struct LoopBoundChannel<Base: ServerChildChannel>: ServerChildChannel {
  private let base: Base
  private let executors: LoopExecutors

  init(_ base: Base, on executors: LoopExecutors) {
    self.base = base
    self.executors = executors
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async {
    await withTaskExecutorPreference(executors.executor(of: value.channel.eventLoop)) {
      await base.handle(value: value, logger: logger)
    }
  }
}
