import Formats
import Kernel

/// Files of operations, in each format: read batch by batch, every batch is whole, lines go forwards, and what was read
/// is read again equal after it was written.
///
/// Input: a byte (bits 0 and 1: format, bit 2: split at stamps, bits 3 to 5: operations in a batch), the file.
enum OperationFiles {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let head = input.byte()
    let format = OperationFormat.allCases[Int(head & 3) % 3]
    let content = input.rest()
    // Unpacking is the work of gzip, in a process of its own.
    if content.starts(with: [0x1F, 0x8B]) { return }
    let batchCountMax = [1, 2, 3, 5, 8, 64, 1_000, 8_190][Int(head >> 3 & 7)]
    let file = MemoryFile(content)
    guard
      let slots = try read(file.path, format, batchCountMax: batchCountMax, splitAtStamps: head & 4 != 0)
    else { return }
    let copy = MemoryFile()
    guard let writer = try? OperationWriter(path: copy.path, format: .binary),
      (try? unsafe slots.withUnsafeBytes({ unsafe try writer.write(slots: $0) })) != nil,
      (try? writer.close()) != nil
    else { throw Finding(description: "what was read cannot be written") }
    let again = try read(copy.path, .binary, batchCountMax: 8_190, splitAtStamps: false)
    try must(again == slots, "what was read and written is read back as other operations")
  }

  /// All slots of a file; nil when it is refused as a whole.
  private static func read(
    _ path: String, _ format: OperationFormat, batchCountMax: Int, splitAtStamps: Bool
  ) throws(Finding) -> [UInt8]? {
    guard
      var reader = try? OperationReader(
        path: path, format: format, batchCountMax: batchCountMax, splitAtStamps: splitAtStamps)
    else { return nil }
    var slots: [UInt8] = []
    var line: UInt64 = 0
    while (try? reader.next()) ?? false {
      let batch = unsafe reader.withSlots { unsafe [UInt8]($0) }
      let count = unsafe batch.withUnsafeBytes { unsafe BatchLayout.operationCount(slots: $0) }
      try must(count == reader.operationCount, "a batch holds another number of operations than it says")
      for index in 0..<reader.operationCount {
        try must(reader.line(ofOperation: index) > line, "lines do not go forwards")
        line = reader.line(ofOperation: index)
      }
      for reject in reader.rejects { try must(!reject.description.isEmpty, "a reject without words") }
      slots += batch
    }
    return slots
  }
}
