public import Kernel

/// Reads a file of operations batch by batch, in any `OperationFormat`; a gzip file is unpacked on the way.
///
/// ```swift
/// var reader = try OperationReader(path: "ops.csv")
/// while try reader.next() {
///   for reject in reader.rejects { print(reject) }
///   reader.withSlots { slots in ... }          // `reader.operationCount` operations
/// }
/// ```
///
/// A batch never cuts a chain of linked operations, unless one chain alone is longer than a batch. A bad line
/// becomes a reject; when it stands in a chain, the other members are rejected with it, because a chain
/// without one of its members is another chain. Not thread-safe: one owner at a time.
public struct OperationReader: ~Copyable {
  /// Operations of a batch unless the caller says otherwise: what one frame of the protocol holds.
  public static let batchCountMax = 8_190

  private var source: any BatchSource
  private let batch: SlotBatch

  /// Opens `path` ("-" is standard input).
  ///
  /// - Parameters:
  ///   - format: by default what the name says.
  ///   - batchCountMax: most operations in a batch, at least 1.
  ///   - splitAtStamps: end a batch where the file's stamp changes, so that `stamp` is that of all its operations.
  ///     Otherwise stamps in the file are passed over, for owners that stamp by their own clock.
  /// - Throws: `InputError` when the file cannot be opened, or its header (binary, csv) is wrong.
  public init(
    path: String, format: OperationFormat? = nil, batchCountMax: Int = OperationReader.batchCountMax,
    splitAtStamps: Bool = false
  ) throws(InputError) {
    precondition(batchCountMax > 0, "a batch holds at least one operation")
    batch = SlotBatch(countMax: batchCountMax)
    let format = format ?? OperationFormat(path: path)
    let file = try InputFile(path: path)
    switch format {
    case .binary: source = try BinarySource(file: file, splitAtStamps: splitAtStamps)
    case .csv: source = try TextSource(file: file, decoder: CSVOperationDecoder(), splitAtStamps: splitAtStamps)
    case .ndjson: source = try TextSource(file: file, decoder: JSONOperationDecoder(), splitAtStamps: splitAtStamps)
    }
  }

  /// Reads the next batch; the one before is gone. False at the end of the file, when there is neither an operation nor
  /// a reject left. A batch may hold rejects only.
  ///
  /// - Throws: `InputError` when reading fails.
  public mutating func next() throws(InputError) -> Bool {
    batch.clear()
    try source.fill(batch)
    return batch.operationCount > 0 || !batch.rejects.isEmpty
  }

  /// Operations in the batch, extensions not counted.
  public var operationCount: Int { batch.operationCount }

  /// The batch's instant as the file has it; nil unless split at stamps and given.
  public var stamp: Instant? { batch.stamp }

  /// Lines of this batch that are no operations, in file order.
  public var rejects: [InputReject] { batch.rejects }

  /// The line (csv, ndjson) or record (binary) that the batch's operation `index` stands in, from 1.
  public func line(ofOperation index: Int) -> UInt64 { batch.line(ofOperation: index) }

  /// Bytes of the file consumed so far, for progress; with gzip, of the unpacked stream.
  public var byteOffset: UInt64 { source.byteOffset }

  /// Size of the file in bytes; nil when it is not known (gzip, pipe).
  public var byteCount: UInt64? { source.byteCount }

  /// The batch's slots as on the wire: `operationCount` operations, each directly followed by its extension.
  /// 64-byte aligned, valid inside `body` only.
  public func withSlots<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    // The batch outlives the closure, which the caller promises not to let the pointer escape from.
    try unsafe batch.withSlots(body)
  }
}
