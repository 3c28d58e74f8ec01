import Kernel

/// What a group of a commit is. Numbers are part of the disk format: add, never reuse.
enum GroupKind: UInt8 {
  /// Operations of one or more client frames, applied together with one stamp.
  case frames = 1
  /// Deadlines of one shard, each with a stamp of its own.
  case timers = 2
  case sessionOpened = 3
  case sessionEvicted = 4
}

/// First 32 bytes of a group. Little-endian, no implicit padding.
///
/// ```
/// 0 byteCount 4 | 4 kind 1 | 5 version 1 | 6 flags 2 | 8 stamp 8
/// 16 frameCount 4 | 20 shardCount 4 | 24 operationCount 4 | 28 slotCount 4
/// ```
///
/// A commit's body is a sequence of groups. A group is this header, then in this order, each part a multiple of 16
/// bytes: frames, shards, refusals (flag), slots, results, stamps (timers).
struct GroupHeader: BitwiseCopyable, Equatable {
  /// Of the whole group, a multiple of 16.
  var byteCount: UInt32
  var kind: UInt8
  var version = GroupHeader.currentVersion
  var flags: UInt16
  /// Of all operations of client frames. Of the latest timer; when a session was opened or evicted.
  var stamp: Instant
  var frameCount: UInt32
  var shardCount: UInt32
  /// Operations of all frames, in frame order.
  var operationCount: UInt32
  /// Their slots, extensions included.
  var slotCount: UInt32

  static let byteCount = 32
  static let currentVersion: UInt8 = 1
  /// A bit for each operation follows: set when it was refused before it reached a shard.
  static let hasRefusals: UInt16 = 1
}

/// One client frame of a group, 32 bytes.
struct GroupFrame: BitwiseCopyable, Equatable {
  /// 0: none.
  var session: UInt64
  var request: UInt64
  var traceID: UInt64
  var operationCount: UInt32
  var slotCount: UInt32

  static let byteCount = 32
}

/// One shard's part of a group, 16 bytes.
struct GroupShard: BitwiseCopyable, Equatable {
  /// Operations that the shard had applied before this group.
  var firstSequence: UInt64
  var operationCount: UInt32
  var shard: UInt16
  var reserved: UInt16 = 0

  static let byteCount = 16
}

/// Where the parts of a group lie, in bytes from its first byte.
struct GroupOffsets {
  var frames: Int
  var shards: Int
  var refusals: Int
  var slots: Int
  var results: Int
  var stamps: Int
  var end: Int

  init(kind: GroupKind, frameCount: Int, shardCount: Int, operationCount: Int, slotCount: Int, hasRefusals: Bool) {
    frames = GroupHeader.byteCount
    shards = frames + frameCount * GroupFrame.byteCount
    refusals = shards + shardCount * GroupShard.byteCount
    slots = refusals + (hasRefusals ? (operationCount + 127) / 128 * 16 : 0)
    results = slots + slotCount * Operation.byteCount
    stamps = results + operationCount * OperationResult.byteCount
    end = stamps + (kind == .timers ? (operationCount + 1) / 2 * 16 : 0)
  }

  init(_ header: GroupHeader, kind: GroupKind) {
    self.init(
      kind: kind, frameCount: Int(header.frameCount), shardCount: Int(header.shardCount),
      operationCount: Int(header.operationCount), slotCount: Int(header.slotCount),
      hasRefusals: header.flags & GroupHeader.hasRefusals != 0)
  }
}
