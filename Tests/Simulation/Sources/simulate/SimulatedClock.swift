import Engine
import Kernel
import Synchronization

/// Time that passes when the simulation says so. The wall clock may jump both ways, the other one never does.
final class SimulatedClock: EngineClock {
  private let wall: Atomic<Int64>
  private let elapsed = Atomic<UInt64>(0)

  init(_ start: Instant) { wall = Atomic(start) }

  func now() -> Instant { wall.load(ordering: .relaxed) }
  func monotonicNanoseconds() -> UInt64 { elapsed.load(ordering: .relaxed) }

  func pass(milliseconds: Int64) {
    wall.add(milliseconds, ordering: .relaxed)
    elapsed.add(UInt64(milliseconds) * 1_000_000, ordering: .relaxed)
  }

  func jump(to instant: Instant) { wall.store(instant, ordering: .relaxed) }
}
