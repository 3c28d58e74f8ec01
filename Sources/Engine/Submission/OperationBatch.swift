public import Kernel

/// Operations for one `Engine.submit`, with their extensions. A value, for convenience; hot paths fill a `Submission`.
public struct OperationBatch: Sendable {
  /// Slots, extensions included; an extension lies behind its operation, as raw bytes.
  private(set) var slots: [Operation] = []
  /// Operations, extensions not counted.
  public private(set) var count = 0

  public init() {}

  /// A batch of operations without extensions.
  public init(_ operations: some Sequence<Operation>) {
    for operation in operations { append(operation) }
  }

  /// Adds an operation that takes no extension.
  /// - Precondition: its flags announce none.
  public mutating func append(_ operation: Operation) {
    precondition(!operation.hasExtension, "an operation whose flags announce an extension is added together with it")
    slots.append(operation)
    count += 1
  }

  /// Adds an operation with its 64-byte extension, for example `ContractTerms`.
  /// - Precondition: `Extension` is 64 bytes long.
  public mutating func append<Extension: BitwiseCopyable>(_ operation: Operation, extension content: Extension) {
    precondition(MemoryLayout<Extension>.size == Operation.byteCount, "an extension is one slot")
    var operation = operation
    operation.flags |= 2
    slots.append(operation)
    // Any 64 bytes are a valid slot.
    slots.append(unsafe unsafeBitCast(content, to: Operation.self))
    count += 1
  }
}
