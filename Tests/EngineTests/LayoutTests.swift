import Kernel
import Testing

@testable import Engine

/// Layouts on disk, the ring's bookkeeping and the window of replies, each alone.
@Suite struct LayoutTests {
  @Test func structuresHaveNoPadding() {
    #expect(MemoryLayout<GroupHeader>.size == GroupHeader.byteCount)
    #expect(MemoryLayout<GroupFrame>.size == GroupFrame.byteCount)
    #expect(MemoryLayout<GroupShard>.size == GroupShard.byteCount)
    for frames in 0...3 {
      for operations in 0...130 {
        for kind in [GroupKind.frames, .timers] {
          let group = GroupOffsets(
            kind: kind, frameCount: frames, shardCount: 3, operationCount: operations, slotCount: operations,
            hasRefusals: operations % 2 == 1)
          #expect(group.end % 16 == 0 && group.slots % 16 == 0)
        }
      }
    }
  }

  /// Every cut and every changed header byte is an error or another valid header, never a crash.
  @Test func damagedGroupsAreErrors() throws {
    var bytes = [UInt8](repeating: 0, count: 256)
    let header = GroupHeader(
      byteCount: 160, kind: GroupKind.frames.rawValue, flags: 0, stamp: 5, frameCount: 1, shardCount: 1,
      operationCount: 1, slotCount: 1)
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: header, as: GroupHeader.self) }
    for count in 0..<160 {
      bytes.withUnsafeBytes { raw in
        _ = #expect(throws: EngineError.self) {
          try LogGroup(UnsafeRawBufferPointer(rebasing: raw[..<count]), at: 0, commit: 9)
        }
      }
    }
    for place in 0..<32 {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        changed.withUnsafeBytes { raw in
          guard let group = try? LogGroup(UnsafeRawBufferPointer(rebasing: raw[..<160]), at: 0, commit: 9) else {
            return
          }
          #expect(group.offsets.end <= 160)
        }
      }
    }
  }

  /// Random traffic: tickets never overlap, never run over the end, come out in order, and a held promise is always
  /// kept.
  @Test(arguments: 1...20) func ringKeepsItsPromises(seed: UInt64) {
    var generator = SplitMix(seed)
    let size = 1 << 16
    var ring = CommitRing(byteCount: size, ticketCount: 64)
    var live: [(start: UInt64, end: UInt64)] = []
    // Removed and not free yet: a commit that is still being hashed.
    var removed: [(start: UInt64, end: UInt64)] = []
    var promises: [Int] = []
    for _ in 0..<20_000 {
      switch generator.next() % 4 {
      case 0:
        let promise = 16 * Int(1 + generator.next() % 400)
        if ring.hold(promise) { promises.append(promise) }
      case 1:
        guard let promise = promises.popLast() else { continue }
        let byteCount = 16 * Int(1 + generator.next() % UInt64(promise / 16))
        let place = ring.reserve(byteCount, promised: promise)
        let offset = place.start % UInt64(size)
        #expect(offset + UInt64(byteCount) <= UInt64(size), "over the end")
        for other in removed + live {
          let from = other.start % UInt64(size)
          #expect(from + (other.end - other.start) <= offset || offset + UInt64(byteCount) <= from, "overlap")
        }
        live.append((place.start, place.start + UInt64(byteCount)))
        ring.markReady(place.ticket, first: nil, last: nil, queue: nil, operationCount: 0)
      case 2:
        guard let last = removed.last else { continue }
        ring.free(through: last.end)
        removed = []
      default:
        guard let run = ring.readyRun(byteCountMax: 8_192) else {
          #expect(live.isEmpty)
          continue
        }
        #expect(run.start == live[0].start)
        for _ in 0..<run.ticketCount {
          #expect(ring.removeFirst().start == live[0].start)
          removed.append(live.removeFirst())
        }
      }
    }
  }

  @Test func fullRingHasRoomAgainWhenEmptied() {
    var ring = CommitRing(byteCount: 1 << 16, ticketCount: 8)
    for _ in 0..<1_000 {
      var count = 0
      while ring.hold(10_000) {
        let place = ring.reserve(9_984, promised: 10_000)
        ring.markReady(place.ticket, first: nil, last: nil, queue: nil, operationCount: 0)
        count += 1
      }
      #expect(count >= 4)
      while !ring.isEmpty { ring.free(through: ring.removeFirst().end) }
      #expect(ring.usedByteCount == 0 && ring.held == 0)
    }
  }

  @Test func windowKeepsTheLastRequests() {
    var window = ReplyWindow(capacity: 8)
    for request in 1...30 as ClosedRange<UInt64> {
      #expect(!window.isFull(planned: window.lastRequest))
      window.append(request, ringEnd: request * 10)
      #expect(window.entry(request)?.isDurable == false)
      window.settle(request, commit: request + 100, offset: 16, frame: 1)
      for kept in 1...30 as ClosedRange<UInt64> {
        #expect((window.entry(kept) != nil) == (kept <= request && kept + 8 > request), "\(kept) at \(request)")
      }
    }
    for request in 31...38 as ClosedRange<UInt64> { window.append(request, ringEnd: 1) }
    #expect(window.isFull(planned: 38))
    window.settle(31, commit: 200, offset: 0, frame: 0)
    #expect(!window.isFull(planned: 38))
    #expect(window.durableEntries.map(\.request) == [31])
  }

  /// Entries come out by shard, in order inside a shard, and refused operations nowhere.
  @Test func planSortsByShard() {
    let plan = GroupPlan(shardCount: 8, capacity: 64)
    var script = Script()
    let operations = (0..<40).map { script.plain(.offer, UInt32($0 * 7 % 13), 1, actor: 1) }
    operations.withUnsafeBytes { slots in
      let shape = GroupPlan.shape(of: slots.baseAddress!, slotCount: 40)
      #expect(shape?.operationCount == 40 && shape?.endsInChain == false)
      plan.add(slots.baseAddress!, slotCount: 40, operationCount: 40)
      plan.refuse(3, slots: slots.baseAddress!)
      plan.refuse(3, slots: slots.baseAddress!)
    }
    plan.sort()
    #expect(plan.refusedCount == 1)
    var seen: [UInt32] = []
    for index in plan.shards.indices {
      let entries = Array(plan.entries(at: index))
      #expect(entries.map(\.slot) == entries.map(\.slot).sorted())
      for entry in entries {
        #expect(
          BatchLayout.shardIndex(tenant: operations[Int(entry.slot)].tenant, shardCount: 8) == Int(plan.shards[index]))
      }
      seen += entries.map(\.result)
    }
    #expect(Set(seen) == Set(0..<40).subtracting([3]))
    #expect(seen.count == 39)
  }

  /// Frames that lie apart are planned together: each operation is found, and answered, where its frame has it.
  @Test func planCountsFromTheLowestFrame() {
    var script = Script()
    let operations = (0..<40).map { script.plain(.offer, UInt32($0 * 7 % 13), 1, actor: 1) }
    let plan = GroupPlan(shardCount: 8, capacity: 64)
    operations.withUnsafeBytes { slots in
      // The frame that came first lies behind the other one, with a gap in between.
      let base = slots.baseAddress!
      plan.add(
        base + 25 * Operation.byteCount, slotCount: 15, operationCount: 15, first: BatchEntry(slot: 25, result: 100))
      plan.add(base, slotCount: 20, operationCount: 20, first: BatchEntry(slot: 0, result: 0))
    }
    plan.sort()
    #expect(plan.operationCount == 35 && plan.slotCount == 35)
    #expect((0..<15).map(plan.slot) == Array(25..<40) && (0..<15).map(plan.result) == Array(100..<115))
    var seen: [UInt32: UInt32] = [:]
    for index in plan.shards.indices {
      // In one shard the order is that of the frames, not of their places.
      let entries = Array(plan.entries(at: index))
      let inOrder = entries.map { $0.slot >= 25 ? Int($0.slot) - 25 : Int($0.slot) + 15 }
      #expect(inOrder == inOrder.sorted())
      for entry in entries {
        let tenant = operations[Int(entry.slot)].tenant
        #expect(BatchLayout.shardIndex(tenant: tenant, shardCount: 8) == Int(plan.shards[index]))
        seen[entry.slot] = entry.result
      }
    }
    #expect(seen.count == 35 && seen[30] == 105 && seen[7] == 7)
  }
}

/// A small generator with a seed.
struct SplitMix {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
