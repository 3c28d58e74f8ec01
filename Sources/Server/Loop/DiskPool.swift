import NIOPosix

/// A thread that waits for the disk, which no event loop does. One reads the log for subscribers, one carries out commands
/// about keys.
final class DiskPool: Sendable {
  let threads = NIOThreadPool(numberOfThreads: 1)

  init() { threads.start() }
}
