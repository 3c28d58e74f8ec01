/// The last four accepted operations of a record, newest first: 48 bits of the keyed id digest and 16 of the body's.
///
/// 0 is an empty place. Odds are in the kernel's page, decision 7.
struct OperationMemory: BitwiseCopyable {
  var digests: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  enum Match { case fresh, `repeat`, otherBody }

  @inline(__always)
  func match(_ digest: UInt64) -> Match {
    let d = digests
    if (d.0 ^ digest) >> 16 == 0 { return d.0 == digest ? .repeat : .otherBody }
    if (d.1 ^ digest) >> 16 == 0 { return d.1 == digest ? .repeat : .otherBody }
    if (d.2 ^ digest) >> 16 == 0 { return d.2 == digest ? .repeat : .otherBody }
    if (d.3 ^ digest) >> 16 == 0 { return d.3 == digest ? .repeat : .otherBody }
    return .fresh
  }

  @inline(__always)
  mutating func remember(_ digest: UInt64) {
    digests = (digest, digests.0, digests.1, digests.2)
  }
}

/// Keyed 64-bit mixing in the manner of wyhash: fold the 128-bit product of the halves.
///
/// Not cryptographic on its own; the key keeps outsiders from aiming collisions.
struct Mixer: Sendable {
  let k0: UInt64
  let k1: UInt64

  @inline(__always)
  static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always)
  func mix(_ a: UInt64, _ b: UInt64) -> UInt64 { Self.fold(a ^ k0, b ^ k1) }

  /// Place of a contract in the index; the key (tenant, contract) is compared in full afterwards.
  @inline(__always)
  func contractHash(tenant: UInt32, contract: UInt128) -> UInt64 {
    Self.fold(
      UInt64(truncatingIfNeeded: contract) ^ k1,
      UInt64(truncatingIfNeeded: contract >> 64) &+ UInt64(tenant) &* 0xA076_1D64_78BD_642F ^ k0)
  }

  /// Id digest in the high 48 bits, body digest (all fields but id and linked flag) in the low 16.
  @inline(__always)
  func operationDigest(_ operation: OperationView, extensionDigest: UInt64) -> UInt64 {
    let id = mix(UInt64(truncatingIfNeeded: operation.id), UInt64(truncatingIfNeeded: operation.id >> 64))
    let head =
      UInt64(operation.tenant) | UInt64(operation.actor) << 32
    let tail =
      UInt64(operation.ordinal) | UInt64(operation.code) << 16 | UInt64(operation.flags & ~1) << 24
      | UInt64(operation.expectedVersion) << 32
    let body =
      mix(UInt64(bitPattern: operation.amount), operation.argument)
      ^ mix(head, tail &+ 0xE703_7ED1_A0B4_28DB)
      ^ mix(
        UInt64(truncatingIfNeeded: operation.contract) &+ 0x8EBC_6AF0_9C88_C6E3,
        UInt64(truncatingIfNeeded: operation.contract >> 64)) ^ extensionDigest
    let folded = Self.fold(body ^ k1, 0x5899_65CC_7537_4CC3)
    let digest = id & ~0xFFFF | folded >> 48
    return digest == 0 ? 1 : digest
  }
}
