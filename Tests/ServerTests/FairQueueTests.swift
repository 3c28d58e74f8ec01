import Testing
import Wire

@testable import Server

@Suite struct FairQueueTests {
  /// A submit of so many operations, by the size of its body; only the count matters here.
  private func work(_ operations: Int) -> QueuedWork {
    let request = Request(slotCapacity: 1)
    request.operationCount = operations
    return .submit(request)
  }

  /// Takes pieces until `operations` were taken; returns how many each flow got.
  private func take(_ operations: Int, from queue: inout FairQueue, _ flows: [Flow]) -> [Int] {
    var taken = flows.map { _ in 0 }
    while taken.reduce(0, +) < operations, let next = queue.first {
      let before = flows.map(\.work.count)
      queue.removeFirst()
      for index in flows.indices where flows[index].work.count < before[index] { taken[index] += next.operationCount }
    }
    return taken
  }

  @Test func flowsGetTheSameWhateverTheyHaveQueued() {
    var queue = FairQueue()
    let flows = (0..<3).map { _ in Flow() }
    for _ in 0..<400 { queue.append(work(8_190), to: flows[0]) }
    for _ in 0..<4_000 { queue.append(work(256), to: flows[1]) }
    for _ in 0..<400_000 { queue.append(work(1), to: flows[2]) }
    #expect(queue.isContested)
    let taken = take(900_000, from: &queue, flows)
    for share in taken { #expect((280_000...320_000).contains(share), "\(taken)") }
  }

  @Test func aSmallOneWaitsForOneLargeFrameAtMost() {
    var queue = FairQueue()
    let (greedy, small) = (Flow(), Flow())
    for _ in 0..<100 { queue.append(work(8_190), to: greedy) }
    for _ in 0..<10 {
      queue.append(work(100), to: small)
      var before = 0
      while case .submit(let request)? = queue.first, request.operationCount != 100 {
        queue.removeFirst()
        before += 1
      }
      queue.removeFirst()
      #expect(before <= 1)
    }
  }

  @Test func aloneAFlowGetsEverythingInItsOrder() {
    var queue = FairQueue()
    let flow = Flow()
    for size in 1...1_000 { queue.append(work(size * 7), to: flow) }
    #expect(!queue.isContested)
    for size in 1...1_000 {
      #expect(queue.first?.operationCount == size * 7)
      queue.removeFirst()
    }
    #expect(queue.isEmpty)
    #expect(queue.first == nil)
  }

  @Test func whoPausesSavesNothingUp() {
    var queue = FairQueue()
    let flows = [Flow(), Flow()]
    // The first one has had many turns with little to do.
    for _ in 0..<100 {
      queue.append(work(1), to: flows[0])
      queue.append(work(1_000), to: flows[1])
      _ = take(1_001, from: &queue, flows)
    }
    for _ in 0..<100 { for flow in flows { queue.append(work(1_000), to: flow) } }
    let taken = take(100_000, from: &queue, flows)
    #expect(abs(taken[0] - taken[1]) <= 4_096, "\(taken)")
  }
}
