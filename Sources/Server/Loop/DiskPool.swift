import NIOPosix

/// The thread that waits for the disk, which no event loop does: it reads the log for subscribers, and changes and lists
/// keys.
final class DiskPool: Sendable {
  let threads = NIOThreadPool(numberOfThreads: 1)

  init() { threads.start() }
}
