internal import Glibc
public import Kernel

/// Writes operations to a file in any `OperationFormat`; what it writes, `OperationReader` reads back equal.
///
/// Not thread-safe. `close()` must be called: it writes what is buffered and completes the header.
public final class OperationWriter {
  private static let bufferByteCount = 256 * 1024
  private static let extensionColumns = ExtensionField.all

  /// Operations written.
  public private(set) var operationCount: UInt64 = 0

  private let path: String
  private let format: OperationFormat
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var slotCount: UInt64 = 0
  private var stamp: Instant?
  private var isClosed = false

  /// Creates or replaces `path`; "-" is standard output.
  ///
  /// - Parameter format: by default what the name says.
  /// - Throws: `InputError` when the file cannot be created.
  public init(path: String, format: OperationFormat? = nil) throws(InputError) {
    self.path = path
    self.format = format ?? OperationFormat(path: path)
    descriptor = path == "-" ? STDOUT_FILENO : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw InputError(path: path, reason: systemMessage(errno)) }
    buffer.reserveCapacity(Self.bufferByteCount + 1024)
    switch self.format {
    case .binary: buffer += BinaryHeader().bytes
    case .csv:
      let names = OperationField.allCases.map(\.rawValue) + Self.extensionColumns.map(\.name)
      buffer += Array(names.joined(separator: ",").utf8) + [0x0A]
    case .ndjson: break
    }
  }

  deinit {
    if !isClosed && descriptor != STDOUT_FILENO { _ = Glibc.close(descriptor) }
  }

  /// The instant of the operations that follow, milliseconds since 1970 UTC. Readers pass it over unless told
  /// otherwise.
  public func stamp(_ instant: Instant) throws(InputError) {
    guard instant != stamp else { return }
    stamp = instant
    guard format == .binary else { return }
    var record = Operation(.createContract, tenant: 0, contract: 0, id: 0, amount: instant)
    record.code = BinaryHeader.stampCode
    try append(slot: record)
  }

  /// Appends an operation without extension.
  public func write(_ operation: Operation) throws(InputError) {
    precondition(!operation.hasExtension, "the flags announce an extension")
    try write(operation, nil)
  }

  /// Appends CREATE_CONTRACT with its terms; sets the flag that announces them.
  public func write(_ operation: Operation, terms: ContractTerms) throws(InputError) {
    try write(operation, Self.words(of: terms))
  }

  /// Appends SET_POLICY with its policy; sets the flag that announces it.
  public func write(_ operation: Operation, policy: ApproverPolicy) throws(InputError) {
    try write(operation, Self.words(of: policy))
  }

  /// Appends ADD_MILESTONE with predecessors; sets the flag that announces them.
  public func write(_ operation: Operation, predecessors: Predecessors) throws(InputError) {
    try write(operation, Self.words(of: predecessors))
  }

  /// Appends RELEASE(1) with its lines; sets the flag that announces them.
  public func write(_ operation: Operation, lines: ReleaseLines) throws(InputError) {
    try write(operation, Self.words(of: lines))
  }

  /// Appends the operations in `slots`, laid out as on the wire.
  ///
  /// - Precondition: whole slots, and no extension missing at the end.
  public func write(slots: UnsafeRawBufferPointer) throws(InputError) {
    precondition(slots.count % Operation.byteCount == 0, "slots are 64 bytes")
    var offset = 0
    while offset < slots.count {
      let operation = unsafe slots.loadUnaligned(fromByteOffset: offset, as: Operation.self)
      offset += Operation.byteCount
      guard operation.hasExtension else {
        try write(operation, nil)
        continue
      }
      precondition(offset < slots.count, "the last operation announces an extension that is not there")
      let words = unsafe slots.loadUnaligned(fromByteOffset: offset, as: InlineArray<8, UInt64>.self)
      offset += Operation.byteCount
      try write(operation, words)
    }
  }

  /// Writes what is buffered, completes the header where the file allows it, and closes. Once only.
  public func close() throws(InputError) {
    precondition(!isClosed, "the writer is closed")
    try flush()
    if format == .binary && descriptor != STDOUT_FILENO {
      let header = BinaryHeader(slotCount: slotCount, operationCount: operationCount).bytes
      // A pipe cannot seek; it keeps the counts that say "not known".
      let written = unsafe pwrite(descriptor, header, header.count, 0)
      guard written == header.count || errno == ESPIPE else {
        throw InputError(path: path, reason: systemMessage(errno))
      }
    }
    isClosed = true
    guard descriptor == STDOUT_FILENO || Glibc.close(descriptor) == 0 else {
      throw InputError(path: path, reason: systemMessage(errno))
    }
  }

  private func write(_ plain: Operation, _ words: InlineArray<8, UInt64>?) throws(InputError) {
    var operation = plain
    if words != nil { operation.flags |= 2 }
    operationCount += 1
    switch format {
    case .binary:
      try append(slot: operation)
      if let words { try append(slot: words) }
    case .csv: writeCSV(operation, words)
    case .ndjson: writeJSON(operation, words)
    }
    if buffer.count >= Self.bufferByteCount { try flush() }
  }

  private func append<T: BitwiseCopyable>(slot value: T) throws(InputError) {
    precondition(MemoryLayout<T>.size == Operation.byteCount, "slots are 64 bytes")
    // The bytes of a value without padding are copied while it lives.
    unsafe withUnsafeBytes(of: value) { unsafe buffer.append(contentsOf: $0) }
    slotCount += 1
    if buffer.count >= Self.bufferByteCount { try flush() }
  }

  private static func words<T: BitwiseCopyable>(of value: T) -> InlineArray<8, UInt64> {
    precondition(MemoryLayout<T>.size == Operation.byteCount, "extensions are 64 bytes")
    // Both are 64 bytes without padding.
    return unsafe withUnsafeBytes(of: value) { unsafe $0.loadUnaligned(as: InlineArray<8, UInt64>.self) }
  }

  private static func name(of operation: Operation) -> String? { OperationCode(rawValue: operation.code)?.name }

  private func put(_ text: String) { buffer.append(contentsOf: text.utf8) }

  /// The fields that are not zero; ids beyond 64 bits are UUIDs.
  private func fields(_ operation: Operation) -> [(OperationField, String)] {
    func identifier(_ value: UInt128) -> String {
      value <= UInt128(UInt64.max) ? String(value) : Self.uuid(value)
    }
    var fields: [(OperationField, String)] = [
      (.op, Self.name(of: operation) ?? String(operation.code)), (.id, identifier(operation.id)),
      (.tenant, String(operation.tenant)), (.contract, identifier(operation.contract)),
    ]
    if operation.ordinal != 0 { fields.append((.m, String(operation.ordinal))) }
    if operation.actor != 0 { fields.append((.actor, String(operation.actor))) }
    if operation.amount != 0 { fields.append((.amount, String(operation.amount))) }
    if operation.argument != 0 { fields.append((.arg, String(operation.argument))) }
    if operation.mode != 0 { fields.append((.mode, String(operation.mode))) }
    if operation.expectedVersion != 0 { fields.append((.ver, String(operation.expectedVersion))) }
    if operation.isLinked { fields.append((.linked, "1")) }
    if let stamp { fields.append((.stamp, String(stamp))) }
    return fields
  }

  private func writeJSON(_ operation: Operation, _ words: InlineArray<8, UInt64>?) {
    put("{")
    for (index, (field, value)) in fields(operation).enumerated() {
      let isText = field == .op ? Self.name(of: operation) != nil : value.utf8.contains(0x2D) && value.utf8.count == 36
      put("\(index == 0 ? "" : ",")\"\(field.rawValue)\":\(isText ? "\"\(value)\"" : value)")
    }
    if let words {
      put(",\"ext\":{")
      var isFirst = true
      for field in ExtensionField.all where field.layout == ExtensionField.layout(of: operation.code) {
        let values = (0..<field.count).map { field.value($0, in: words) }
        guard values.contains(where: { $0 != 0 }) else { continue }
        let text = values.map(String.init).joined(separator: ",")
        put("\(isFirst ? "" : ",")\"\(field.name)\":\(field.count > 1 ? "[\(text)]" : text)")
        isFirst = false
      }
      put("}")
    }
    put("}\n")
  }

  private func writeCSV(_ operation: Operation, _ words: InlineArray<8, UInt64>?) {
    var cells: [OperationField: String] = [:]
    for (field, value) in fields(operation) { cells[field] = value }
    if words != nil { cells[.ext] = "1" }
    put(OperationField.allCases.map { cells[$0] ?? "" }.joined(separator: ","))
    for field in Self.extensionColumns {
      put(",")
      guard let words, field.layout == ExtensionField.layout(of: operation.code) else { continue }
      let values = (0..<field.count).map { field.value($0, in: words) }
      guard values.contains(where: { $0 != 0 }) else { continue }
      put(values.map(String.init).joined(separator: ";"))
    }
    put("\n")
  }

  /// The canonical form of a 128-bit number, as in RFC 9562.
  package static func uuid(_ value: UInt128) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(36)
    text.append(uuid: value)
    return String(decoding: text, as: UTF8.self)
  }

  private func flush() throws(InputError) {
    var offset = 0
    while offset < buffer.count {
      // The array is not touched while its bytes are written.
      let count = unsafe buffer.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      if count < 0 {
        guard errno == EINTR else { throw InputError(path: path, reason: systemMessage(errno)) }
        continue
      }
      offset += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
