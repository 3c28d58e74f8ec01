import Kernel

@testable import Engine
@testable import Store

extension Seeds {
  static var logCommits: [Seed] {
    [
      Seed("frames", [1] + record(frames([1], shardCount: 4) + session(.sessionOpened))),
      Seed("timers", [1] + record(timers + session(.sessionEvicted))),
      Seed("empty", [0] + record([])),
    ]
  }

  static var logReplay: [Seed] {
    func input(_ bodies: [[UInt8]]) -> [UInt8] { bodies.flatMap { [UInt8](of: UInt16($0.count)) + $0 } }
    return [
      Seed("frames", input([session(.sessionOpened), frames([1], shardCount: LogReplay.shardCount)])),
      Seed("timers", input([timers, session(.sessionEvicted)])),
    ]
  }

  static var segmentFiles: [Seed] {
    let bodies = ["one commit", "another commit, and another commit, and another commit, and another commit"]
    let records = bodies.enumerated().map { record(Array($0.element.utf8), number: UInt64($0.offset + 1)) }
    // The first is stored plain, the second packed.
    let first = PackedFrame.bytes(stored: records[0], plainByteCount: records[0].count, PackedFrame.storedPlain)
    let frames = first + PackedFrame.bytes(records[1])
    let start = UInt64(SegmentLayout.headerByteCount)
    let places = [
      SegmentLayout.Frame(first: CommitNumber(1), offset: start),
      SegmentLayout.Frame(first: CommitNumber(2), offset: start + UInt64(first.count)),
    ]
    let directory = places.flatMap { [UInt8](of: $0.first.rawValue) + [UInt8](of: $0.offset) }
    let index = Array("index".utf8)
    let zeros = [UInt8](repeating: 0, count: 32)
    let layout = SegmentLayout(
      seal: Seal(first: CommitNumber(1), last: CommitNumber(2), previous: zeros, hash: zeros),
      directoryOffset: SegmentLayout.headerByteCount + frames.count, frames: places, directory: directory,
      indexOffset: SegmentLayout.headerByteCount + frames.count + directory.count, index: index)
    return [Seed("two-frames", join([1], layout.bytes, frames, directory, index))]
  }

  static var lz4Blocks: [Seed] {
    let plain = Array("abcabcabcabcabcabc, and so on, and so on, and so on, and on".utf8)
    let packed = plain.withRawSpan { LZ4Block.compress($0) }
    return [Seed("block", [UInt8](of: UInt16(plain.count)) + packed), Seed("plain", [0, 0] + plain)]
  }

  private static func record(_ body: [UInt8], number: UInt64 = 1) -> [UInt8] {
    let header = CommitHeader(
      number: CommitNumber(number), epoch: 1, timeMilliseconds: ShardScene.start, bodyByteCount: body.count)
    var record = [UInt8](repeating: 0, count: CommitRecord.headerByteCount + body.count)
    unsafe record.withUnsafeMutableBytes { target in
      // As large as header and body.
      unsafe CommitRecord.write(header, into: target) { unsafe $0.copyBytes(from: body) }
    }
    return record
  }

  /// Two frames of the operations that set contracts up, with the answers of a shard.
  private static func frames(_ contracts: [UInt128], shardCount: Int) -> [UInt8] {
    var batch = Batch()
    for (operation, content) in ShardScene.setUp(contracts).prefix(6) { batch.append(operation, content) }
    var shard = Shard(ShardScene.configuration)
    let results = batch.apply(to: &shard, at: ShardScene.start)
    let slotCount = UInt32(batch.bytes.count / Operation.byteCount)
    let number = BatchLayout.shardIndex(tenant: 1, shardCount: shardCount)
    return group(
      .frames,
      frames: [
        GroupFrame(session: 1, request: 1, traceID: 0, operationCount: 2, slotCount: 3),
        GroupFrame(session: 0, request: 0, traceID: 0, operationCount: 4, slotCount: slotCount - 3),
      ],
      shards: [GroupShard(firstSequence: 0, operationCount: 6, shard: UInt16(number))], slots: batch.bytes,
      results: results)
  }

  /// A deadline of a contract that is not there.
  private static var timers: [UInt8] {
    var batch = Batch()
    batch.append(Operation(.expire, tenant: 1, contract: 9, ordinal: 1, id: UInt128(UInt64.max) << 64 | 3))
    return group(
      .timers, shards: [GroupShard(firstSequence: 0, operationCount: 1, shard: 2)], slots: batch.bytes,
      results: [OperationResult(code: .notFound)], stamps: [ShardScene.start])
  }

  private static func session(_ kind: GroupKind) -> [UInt8] {
    group(kind, frames: [GroupFrame(session: 1, request: 0, traceID: 0, operationCount: 0, slotCount: 0)])
  }

  private static func group(
    _ kind: GroupKind, frames: [GroupFrame] = [], shards: [GroupShard] = [], slots: [UInt8] = [],
    results: [OperationResult] = [], stamps: [Instant] = []
  ) -> [UInt8] {
    let slotCount = slots.count / Operation.byteCount
    let offsets = GroupOffsets(
      kind: kind, frameCount: frames.count, shardCount: shards.count, operationCount: results.count,
      slotCount: slotCount, hasRefusals: false)
    let header = GroupHeader(
      byteCount: UInt32(offsets.end), kind: kind.rawValue, flags: 0, stamp: ShardScene.start,
      frameCount: UInt32(frames.count), shardCount: UInt32(shards.count), operationCount: UInt32(results.count),
      slotCount: UInt32(slotCount))
    var bytes = [UInt8](of: header)
    for frame in frames { bytes += [UInt8](of: frame) }
    for shard in shards { bytes += [UInt8](of: shard) }
    bytes += slots
    for result in results { bytes += [UInt8](of: result) }
    for stamp in stamps { bytes += [UInt8](of: stamp) }
    return bytes + [UInt8](repeating: 0, count: offsets.end - bytes.count)
  }
}
