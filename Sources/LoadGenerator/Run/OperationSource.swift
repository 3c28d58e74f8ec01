import Kernel

/// Where a connection's operations come from, each with the answer that it must get. Confined to the run's event loop.
protocol OperationSource: AnyObject {
  /// Whether all contracts are there that the measured part begins with.
  var isSetUp: Bool { get }
  /// Contracts whose end was written so far.
  var closedCount: Int { get }
  /// Operations ever written, those that wait for the next frame included.
  var writtenCount: UInt64 { get }
  /// Operations that must still be sent before totals can be compared.
  var overflowCount: Int { get }

  /// Fills a frame.
  /// - Returns: what the frame holds.
  func fill(_ room: FrameRoom, now: Int64) -> FrameExtent

  /// Predicted sums of a tenant, by slot 0..<tenantCount; they match the server's only when `overflowCount` is 0.
  func totals(tenantSlot: Int) -> Totals

  /// A contract to read beside the operations, of which the first `answeredCount` are answered; nil when there is none.
  func chooseRead(answeredCount: UInt64) -> ReadChoice?

  /// Holds what was read against what is known; `found` is nil when there was no such contract.
  func judge(_ choice: ReadChoice, _ found: [ReadMilestone]?) -> ReadJudgement
}

/// The generator of a workload.
final class GeneratedSource: OperationSource {
  private var generator: LifecycleGenerator

  init(_ generator: consuming LifecycleGenerator) { self.generator = generator }

  var isSetUp: Bool { generator.isSetUp }
  var closedCount: Int { generator.closedCount }
  var writtenCount: UInt64 { generator.writtenCount }
  var overflowCount: Int { generator.overflowCount }

  func fill(_ room: FrameRoom, now: Int64) -> FrameExtent { unsafe generator.fill(room, now: now) }
  func totals(tenantSlot: Int) -> Totals { generator.totals(tenantSlot: tenantSlot) }
  func chooseRead(answeredCount: UInt64) -> ReadChoice? { generator.chooseRead(answeredCount: answeredCount) }
  func judge(_ choice: ReadChoice, _ found: [ReadMilestone]?) -> ReadJudgement { generator.judge(choice, found) }
}
