@testable import Kernel

/// Checkpoints of a shard: refused, or a shard that is sound, and never a trap, whatever is done with it afterwards.
///
/// Whether it stays sound is not asked: what the rules make of a state that they would not have made (certified, not
/// released, and yet in progress) is open, and an image with right checksums was written by them.
///
/// Input: operation count and newest stamp (8 bytes each), then sections: kind, byte count (2), bytes. A kind with bit 7
/// set is followed by another size to announce (8) and the number of the block (4).
enum ShardImages {
  private struct Part {
    var section: CheckpointSection
    var block: UInt32
    var bytes: [UInt8]
  }

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let operationCount: UInt64 = input.integer()
    let lastStamp: Instant = input.integer()
    var parts: [Part] = []
    while !input.isAtEnd { parts.append(part(&input)) }
    var shard = Shard(ShardScene.configuration)
    guard shard.restore(sections: parts.map(\.section), operationCount: operationCount, lastStamp: lastStamp) else {
      return
    }
    for part in parts where !part.bytes.isEmpty {
      let fits = unsafe part.bytes.withUnsafeBytes {
        unsafe shard.restore(kind: part.section.kind, block: part.block, bytes: $0)
      }
      guard fits else { return }
    }
    guard shard.finishRestore() else { return }
    let findings = Self.findings(shard)
    try must(findings.isEmpty, "a restored shard is not sound: \(findings)")
    ShardScene.probe(&shard)
    _ = Self.findings(shard)
  }

  /// What the audit finds but for tenants' totals: contracts in the archive, of which an image knows nothing, count in
  /// them, so a restore cannot hold them against anything.
  private static func findings(_ shard: borrowing Shard) -> [String] {
    shard.audit().filter { !$0.contains("totals differ") }
  }

  private static func part(_ input: inout Input) -> Part {
    let kind = input.byte()
    let bytes = input.take(Int(input.integer(UInt16.self)))
    let isOther = kind & 0x80 != 0
    let byteCount = isOther ? input.integer(UInt64.self) : UInt64(bytes.count)
    return Part(
      section: CheckpointSection(
        kind: kind & 0x7F, byteCount: byteCount, blockCount: UInt32(truncatingIfNeeded: (byteCount &+ 65_535) / 65_536)),
      block: isOther ? input.integer() : 0, bytes: bytes)
  }

  /// The input that restores a shard.
  static func input(_ shard: inout Shard) -> [UInt8] {
    let (sections, blocks) = ShardScene.image(&shard)
    var bytes = [UInt8](of: shard.operationCount) + [UInt8](of: shard.lastStamp)
    for section in sections {
      let content = blocks.first { $0.kind == section.kind }?.bytes ?? []
      bytes += [section.kind] + [UInt8](of: UInt16(content.count)) + content
    }
    return bytes
  }
}
