import Glibc
import Synchronization

/// The lock of a shard, which who answers requests gets before what goes on behind the traffic.
///
/// A mutex can be taken again by who gives it back before who waits for it has woken up: work done in small bites would keep a group
/// out for many bites on end, and with it all other groups, whose shards it has already. So that work lets those in first who wait.
final class ShardLock: Sendable {
  private let lock = Lock()
  private let waiting = Atomic<Int>(0)

  /// How often, and for how many microseconds, work behind the traffic steps back before it queues like everybody else.
  private static let napCountMax = 16
  private static let napMicroseconds: UInt32 = 10

  /// Whether somebody waits who goes first.
  var isWaitedFor: Bool { waiting.load(ordering: .relaxed) > 0 }

  func tryAcquire() -> Bool { lock.tryAcquire() }

  func acquire() {
    waiting.add(1, ordering: .relaxed)
    lock.acquire()
    waiting.subtract(1, ordering: .relaxed)
  }

  /// For work that takes the lock over and over: who waits for it goes first.
  func acquireBehindOthers() {
    var napCount = 0
    while isWaitedFor, napCount < Self.napCountMax {
      usleep(Self.napMicroseconds)
      napCount += 1
    }
    lock.acquire()
  }

  func release() { lock.release() }

  func withLock<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    acquire()
    defer { release() }
    return try body()
  }

  func withLockBehindOthers<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    acquireBehindOthers()
    defer { release() }
    return try body()
  }
}
