@testable import Store

/// Compressed blocks: arbitrary ones are refused or expand to the size that was asked for, and what is compressed
/// comes back.
///
/// Input: the size to expand to (2 bytes), the block, which is taken as plain bytes, too.
enum LZ4Blocks {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let byteCount = Int(input.integer(UInt16.self))
    let block = input.rest()
    if let plain = block.withRawSpan({ LZ4Block.expand($0, byteCount: byteCount) }) {
      try must(plain.count == byteCount, "a block expands to another size")
    }
    let packed = block.withRawSpan { LZ4Block.compress($0) }
    let back = packed.withRawSpan { LZ4Block.expand($0, byteCount: block.count) }
    try must(back == block, "what is compressed does not come back")
  }
}
