import Glibc
import Kernel

/// A group as it lies in a commit's body: checked once, then read in place.
///
/// All pointer work of reading the log is here. Valid as long as the body it was parsed from.
@safe struct LogGroup {
  let header: GroupHeader
  let kind: GroupKind
  let offsets: GroupOffsets
  /// Byte offset of the group in its commit's body.
  let offset: Int
  private let base: UnsafeRawPointer

  /// Checks the group at `offset`: sizes, kind, version, and that the parts fill it exactly.
  /// - Throws: `corrupt`, naming what is wrong with which byte of the body.
  init(_ body: UnsafeRawBufferPointer, at offset: Int, commit: UInt64) throws(EngineError) {
    func damaged(_ what: String) -> EngineError {
      EngineError(.corrupt, "commit \(commit), byte \(offset) of its body: \(what)")
    }
    guard let start = body.baseAddress, body.count - offset >= GroupHeader.byteCount else {
      throw damaged("the body ends inside a group header")
    }
    // Inside the body: checked above.
    unsafe base = start + offset
    let header = unsafe base.loadUnaligned(as: GroupHeader.self)
    guard header.version == GroupHeader.currentVersion else {
      throw damaged("group format \(header.version), this program reads \(GroupHeader.currentVersion)")
    }
    guard let kind = GroupKind(rawValue: header.kind) else { throw damaged("unknown group kind \(header.kind)") }
    guard Int(header.byteCount) <= body.count - offset else { throw damaged("the group is longer than the body") }
    let offsets = GroupOffsets(header, kind: kind)
    guard offsets.end == Int(header.byteCount) else { throw damaged("the parts of the group do not fill it") }
    self.header = header
    self.kind = kind
    self.offsets = offsets
    self.offset = offset
    if let fault { throw damaged(fault) }
  }

  /// What cannot be in a group of its kind, or nil. Frames and shards are looked at, operations are not.
  private var fault: String? {
    let counts = (header.frameCount, header.shardCount, header.operationCount, header.slotCount)
    switch kind {
    case .sessionOpened, .sessionEvicted: if counts != (1, 0, 0, 0) { return "a session's group holds something else" }
    case .timers:
      if counts != (0, 1, counts.3, counts.2) { return "a group of timers is for one shard and has no extensions" }
    case .frames: break
    }
    // Counts have 32 bits, so their sums do not overflow.
    var (operationCount, slotCount) = (0, 0)
    for index in 0..<Int(header.frameCount) {
      let frame = frame(index)
      operationCount += Int(frame.operationCount)
      slotCount += Int(frame.slotCount)
      if frame.session == .max { return "frame \(index) is of a session that cannot be" }
    }
    if kind != .timers && (operationCount != self.operationCount || slotCount != self.slotCount) {
      return "the frames do not fill the group"
    }
    for index in 0..<Int(header.shardCount) {
      let shard = shard(index)
      if shard.firstSequence > UInt64(Int64.max) { return "shard \(shard.shard) has applied more than it can have" }
    }
    return Shard.stamps.contains(header.stamp) ? nil : "its stamp makes no sense"
  }

  var operationCount: Int { Int(header.operationCount) }
  var slotCount: Int { Int(header.slotCount) }

  /// The first slot; `slotCount` slots follow each other.
  var slots: UnsafeRawPointer { unsafe base + offsets.slots }

  /// - Precondition: `index < frameCount`.
  func frame(_ index: Int) -> GroupFrame {
    precondition(index < Int(header.frameCount), "no such frame in the group")
    return unsafe base.loadUnaligned(fromByteOffset: offsets.frames + index * GroupFrame.byteCount, as: GroupFrame.self)
  }

  func shard(_ index: Int) -> GroupShard {
    precondition(index < Int(header.shardCount), "no such shard in the group")
    return unsafe base.loadUnaligned(fromByteOffset: offsets.shards + index * GroupShard.byteCount, as: GroupShard.self)
  }

  func result(_ index: Int) -> OperationResult {
    precondition(index < operationCount, "no such operation in the group")
    return unsafe base.loadUnaligned(
      fromByteOffset: offsets.results + index * OperationResult.byteCount, as: OperationResult.self)
  }

  func operation(slot: Int) -> Operation {
    precondition(slot < slotCount, "no such slot in the group")
    return unsafe slots.loadUnaligned(fromByteOffset: slot * Operation.byteCount, as: Operation.self)
  }

  /// The stamp of a timer.
  func stamp(_ index: Int) -> Instant {
    guard kind == .timers else { return header.stamp }
    precondition(index < operationCount, "no such operation in the group")
    return unsafe base.loadUnaligned(fromByteOffset: offsets.stamps + index * 8, as: Instant.self)
  }

  /// Whether the operation was refused before it reached a shard.
  func isRefused(_ index: Int) -> Bool {
    guard header.flags & GroupHeader.hasRefusals != 0 else { return false }
    precondition(index < operationCount, "no such operation in the group")
    return unsafe base.load(fromByteOffset: offsets.refusals + index / 8, as: UInt8.self) & (1 << UInt8(index % 8)) != 0
  }

  /// Whether `count` results equal those of the group, byte for byte, from `first` on.
  func resultsEqual(_ other: UnsafePointer<OperationResult>, first: Int, count: Int) -> Bool {
    precondition(first + count <= operationCount, "no such operations in the group")
    return unsafe memcmp(
      base + offsets.results + first * OperationResult.byteCount, other, count * OperationResult.byteCount) == 0
  }

  /// Copies the results of a frame's operations.
  func copyResults(first: Int, count: Int, to target: UnsafeMutablePointer<OperationResult>) {
    precondition(first + count <= operationCount, "no such operations in the group")
    unsafe UnsafeMutableRawPointer(target).copyMemory(
      from: base + offsets.results + first * OperationResult.byteCount, byteCount: count * OperationResult.byteCount)
  }

  /// Visits the groups of a commit's body in order.
  static func forEach(
    in body: UnsafeRawBufferPointer, commit: UInt64, _ visit: (LogGroup) throws(EngineError) -> Void
  ) throws(EngineError) {
    var offset = 0
    while offset < body.count {
      let group = try unsafe LogGroup(body, at: offset, commit: commit)
      try visit(group)
      offset += Int(group.header.byteCount)
    }
  }
}
