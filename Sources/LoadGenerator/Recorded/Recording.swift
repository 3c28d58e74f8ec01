public import Kernel

/// Operations that were recorded, with the answers that they get: what a run replays instead of making them up.
///
/// Each copy that is sent has contracts and bank references of its own, and so is answered as the first one. Answers are those of one instant:
/// operations that wait for time to pass are recorded as refused.
public struct Recording: Sendable {
  /// What people call it.
  public let name: String
  /// As on the wire, eight words a slot: operations, each directly followed by its extension.
  private(set) var words: [UInt64] = []
  /// Of each operation the answer, and what has to be known of it without a look at its bytes.
  private(set) var answers: [OperationResult] = []
  private(set) var marks: [Mark] = []
  /// Its tenants in the order in which they come, and what each has at the end.
  private(set) var tenants: [UInt32] = []
  private(set) var totals: [Totals] = []
  private var places: [UInt32: Int] = [:]
  /// Contracts that it creates, and that it brings to their end.
  public private(set) var contractCount = 0
  public private(set) var closedCount = 0
  /// Operations of the longest chain.
  public private(set) var chainCountMax = 0

  struct Mark: BitwiseCopyable {
    /// The tenant's place.
    var tenant: UInt32
    var traits: Traits

    var slotCount: Int { traits.contains(.extended) ? 2 : 1 }

    struct Traits: OptionSet, BitwiseCopyable {
      let rawValue: UInt8
      static let extended = Traits(rawValue: 1 << 0)
      static let linked = Traits(rawValue: 1 << 1)
      static let reference = Traits(rawValue: 1 << 2)
    }
  }

  static let wordsPerSlot = Operation.byteCount / 8

  public init(name: String) { self.name = name }

  public var operationCount: Int { marks.count }
  public var tenantCount: Int { tenants.count }

  /// Appends operations, whole chains of them.
  ///
  /// - Parameters:
  ///   - slots: operations with their extensions, 8-byte aligned; valid during the call.
  ///   - results: the answer to each.
  public mutating func append(_ slots: UnsafeRawBufferPointer, _ results: [OperationResult]) {
    unsafe words.append(contentsOf: slots.bindMemory(to: UInt64.self))
    answers += results
    var offset = 0
    var chainCount = 0
    for result in results {
      // In bounds: there is an operation for each answer, and extensions are announced by their flags.
      let operation = unsafe slots.loadUnaligned(fromByteOffset: offset, as: Operation.self)
      var traits: Mark.Traits = []
      if operation.hasExtension { traits.insert(.extended) }
      if operation.isLinked { traits.insert(.linked) }
      if operation.namesReference { traits.insert(.reference) }
      marks.append(Mark(tenant: UInt32(place(of: operation.tenant)), traits: traits))
      offset += operation.hasExtension ? 2 * Operation.byteCount : Operation.byteCount
      chainCount += 1
      chainCountMax = max(chainCountMax, chainCount)
      if !operation.isLinked { chainCount = 0 }
      guard result.isAccepted else { continue }
      switch OperationCode(rawValue: operation.code) {
      case .createContract: contractCount += 1
      case .closeContract: closedCount += 1
      case .cancel where operation.ordinal == 0: closedCount += 1
      default: break
      }
    }
    precondition(offset == slots.count && chainCount == 0, "operations with their answers, and whole chains")
  }

  /// Says what a contract has at the recording's end.
  public mutating func add(_ contract: ContractSnapshot) {
    totals[place(of: contract.tenant)].combine(contract.buckets, &+)
  }

  private mutating func place(of tenant: UInt32) -> Int {
    if let place = places[tenant] { return place }
    places[tenant] = tenants.count
    tenants.append(tenant)
    totals.append(Totals())
    return tenants.count - 1
  }
}
