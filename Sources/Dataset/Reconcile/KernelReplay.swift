public import Formats
public import Kernel

/// Operations of a file, run through one kernel in this process, with what was refused.
public struct KernelReplay: ~Copyable {
  /// Which instants the batches are stamped with.
  public enum Stamps: Sendable {
    /// Those in the file.
    case file
    /// One for all, as a server of today would: milliseconds since 1970 UTC.
    case fixed(Instant)
  }

  public private(set) var kernel: KernelRunner
  /// What was answered.
  public private(set) var tally = AnswerTally()
  /// Lines that are no operations.
  public private(set) var rejects: [InputReject] = []

  /// - Throws: `InputError` when the file cannot be read.
  public init(path: String, format: OperationFormat? = nil, stamps: Stamps, contractCountMax: Int = 1 << 18)
    throws(InputError)
  {
    kernel = KernelRunner(contractCountMax: contractCountMax)
    var splits = false
    if case .file = stamps { splits = true }
    var reader = try OperationReader(path: path, format: format, splitAtStamps: splits)
    while try reader.next() {
      rejects += reader.rejects
      let stamp: Instant =
        switch stamps {
        case .file: reader.stamp ?? max(0, kernel.lastStamp)
        case .fixed(let instant): instant
        }
      // The slots are used inside the closure only.
      unsafe reader.withSlots { slots in unsafe apply(slots, stamp) }
    }
  }

  private mutating func apply(_ slots: UnsafeRawBufferPointer, _ stamp: Instant) {
    let results = unsafe kernel.apply(slots: slots, stamp: stamp)
    unsafe tally.add(slots, results)
  }
}

/// Answers counted by code, and refusals by contract.
public struct AnswerTally: Sendable {
  /// A contract, to count its refusals by.
  public struct Key: Hashable, Sendable {
    public var tenant: UInt32
    public var contract: UInt128
  }

  /// Operations by code name, `ok` among them.
  public private(set) var codes: [String: Int] = [:]
  private var refused: [Key: [String: Int]] = [:]

  public init() {}

  /// Refused operations of a contract, by code name.
  public func refused(tenant: UInt32, contract: UInt128) -> [String: Int] {
    refused[Key(tenant: tenant, contract: contract)] ?? [:]
  }

  /// Counts the answers to a batch.
  ///
  /// - Parameters:
  ///   - slots: the operations with their extensions, as `OperationReader` hands them out.
  ///   - results: an answer for each operation.
  public mutating func add(_ slots: UnsafeRawBufferPointer, _ results: [OperationResult]) {
    var offset = 0
    for result in results {
      // In bounds: there is an operation for each answer, and extensions are announced by their flags.
      let operation = unsafe slots.loadUnaligned(fromByteOffset: offset, as: Operation.self)
      offset += operation.hasExtension ? 2 * Operation.byteCount : Operation.byteCount
      let name = ResultCode(rawValue: result.code).map { "\($0.name)" } ?? "code_\(result.code)"
      codes[name, default: 0] += 1
      guard !result.isAccepted else { continue }
      refused[Key(tenant: operation.tenant, contract: operation.contract), default: [:]][name, default: 0] += 1
    }
  }
}
