/// Where a bank reference must be new. A pruned contract's name is a reference as well: it is never used again.
enum ReferenceSpace: UInt64 {
  case deposit = 1
  case utr, challan, pruned

  /// The space of the bank reference in the argument of an operation of that kind, if there is one.
  @inline(__always)
  static func of(code: UInt8, mode: UInt8) -> ReferenceSpace? {
    switch code {
    case OperationCode.deposit.rawValue: .deposit
    case OperationCode.payoutResult.rawValue: mode == 0 ? .utr : mode == 2 ? .deposit : nil
    case OperationCode.remit.rawValue: mode == 0 ? .challan : .utr
    case OperationCode.refundResult.rawValue: mode == 0 ? .utr : nil
    case OperationCode.advance.rawValue: mode == 1 ? .deposit : nil
    default: nil
    }
  }
}

/// Makes the digests that stand for bank references: keyed, 128 bits of (space, tenant, contract for challans, reference).
///
/// The same for all shards of a key, and never changes: whoever asks an archive needs no shard's lock for it.
public struct ReferenceNamer: Sendable {
  private let mixer: Mixer

  init(_ mixer: Mixer) { self.mixer = mixer }

  /// Appends the digests of the references that operations want to use, and the names of the contracts that they create,
  /// in order; some may come more than once.
  /// - Parameters: as for `Shard.apply`.
  public func append(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, to names: inout [UInt128],
    created: inout [ContractName]
  ) {
    let frame = unsafe Frame(slots: slots, entries: entries, results: nil)
    for index in 0..<frame.count {
      // In a frame of many shards a shard's operations do not follow each other.
      frame.prefetch(index + LookAhead.slotDistance)
      let operation = frame.operation(index)
      if let space = operation.referenceSpace {
        names.append(key(space, operation))
      } else if operation.code == OperationCode.createContract.rawValue {
        created.append(ContractName(tenant: operation.tenant, contract: operation.contract))
      }
    }
  }

  /// The digest of the reference in an operation's argument.
  @inline(__always)
  func key(_ space: ReferenceSpace, _ operation: OperationView) -> UInt128 {
    key(space, operation.argument, operation.tenant, space == .challan ? operation.contract : 0)
  }

  /// The reference that says that a contract was pruned.
  public func key(ofPruned name: ContractName) -> UInt128 { key(.pruned, 0, name.tenant, name.contract) }

  @inline(__always)
  private func key(_ space: ReferenceSpace, _ argument: UInt64, _ tenant: UInt32, _ contract: UInt128) -> UInt128 {
    let place = UInt64(tenant) << 8 | space.rawValue
    let low = UInt64(truncatingIfNeeded: contract)
    let high = UInt64(truncatingIfNeeded: contract >> 64)
    let a = mixer.mix(argument, place) ^ mixer.mix(low, high &+ 0x2D35_8DCC_AA6C_78A5)
    let b =
      mixer.mix(argument ^ 0x8BB8_4B93_962E_ACC9, place &* 0x9E37_79B9_7F4A_7C15)
      ^ mixer.mix(high ^ 0x4B33_A62E_D433_D4A3, low)
    return UInt128(Mixer.fold(a ^ 0xD6E8_FEB8_6659_FD93, b | 1)) << 64 | UInt128(b ^ a &* 0xA076_1D64_78BD_642F)
  }
}

extension OperationView {
  /// Where the bank reference in the argument must be new, if there is one.
  @inline(__always)
  var referenceSpace: ReferenceSpace? { .of(code: code, mode: mode) }
}

extension Operation {
  /// Whether the argument is a bank reference, which must not have been used before.
  public var namesReference: Bool { ReferenceSpace.of(code: code, mode: mode) != nil }
}
