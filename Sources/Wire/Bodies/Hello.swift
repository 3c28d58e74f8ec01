/// How a client proves who it is. Numbers are part of the protocol.
public enum AuthenticationMethod: UInt8, CaseIterable, Sendable {
  /// Not at all: for servers without keys, which listen on loopback and grant the operator class.
  case none = 0
  /// The credential is the key's secret itself, a token, or an outside issuer's signed statement; only for loopback and encrypted connections.
  case key = 1
  /// The credential is a proof of the key over both nonces. Its number is kept; no server takes it yet.
  case proof = 2
  /// The credential is the certificate of the client's TLS connection; that of the hello is empty.
  case certificate = 3
}

/// Which tenants a session may name.
public enum TenantScope: Sendable, Hashable {
  /// All that the credential allows.
  case all
  case one(UInt32)

  var rawKind: UInt8 { self == .all ? 0 : 1 }
  var rawTenant: UInt32 {
    switch self {
    case .all: 0
    case .one(let tenant): tenant
    }
  }

  /// - Throws: `reservedBits`: an unknown kind at `offset`, or a tenant at `tenantOffset` that the kind does not have.
  init(decoding body: RawSpan, at offset: Int, tenantAt tenantOffset: Int) throws(FrameError) {
    let kind = body.load(at: offset, as: UInt8.self)
    let tenant = body.load(at: tenantOffset, as: UInt32.self)
    switch kind {
    case 0:
      guard tenant == 0 else { throw .reserved(tenantOffset, UInt64(tenant)) }
      self = .all
    case 1: self = .one(tenant)
    default: throw .reserved(offset, UInt64(kind))
    }
  }
}

/// The body of `hello`: 64 bytes, then the credential.
///
/// ```
///  0 authentication 1 | 1 scope 1 | 2 credentialByteCount 2 | 4 tenant 4 | 8 reserved 8
/// 16 nonce 16 | 32 reserved 32 | 64 credential
/// ```
///
/// The session to resume stands in the header, 0 for a new one.
public struct HelloBody: Sendable, Hashable {
  public var authentication: AuthenticationMethod = .none
  public var scope: TenantScope = .all
  /// Fresh random bytes of the client, for `proof`; else 0.
  public var nonce: UInt128 = 0
  /// Secret, token, signed statement or proof, at most 4,096 bytes; empty with `none` and `certificate`.
  public var credential: [UInt8] = []

  /// Bytes without the credential.
  public static let byteCount = 64

  public init() {}

  public var encodedByteCount: Int { Self.byteCount + credential.count }

  /// - Throws: `reservedBits`, `badLength` (the credential's length is not what is left of the body).
  public init(decoding body: RawSpan) throws(FrameError) {
    let method = body.load(at: 0, as: UInt8.self)
    guard let authentication = AuthenticationMethod(rawValue: method) else { throw .reserved(0, UInt64(method)) }
    self.authentication = authentication
    scope = try TenantScope(decoding: body, at: 1, tenantAt: 4)
    let credentialByteCount = Int(body.load(at: 2, as: UInt16.self))
    guard credentialByteCount == body.byteCount - Self.byteCount,
      credentialByteCount == 0 || authentication == .key || authentication == .proof
    else {
      throw FrameError(.badLength, place: FrameHeader.byteCount + 2, value: UInt64(credentialByteCount))
    }
    try body.requireZero(8..<16)
    nonce = body.load(at: 16)
    try body.requireZero(32..<64)
    credential = (Self.byteCount..<body.byteCount).map { body.load(at: $0) }
  }

  /// Writes `encodedByteCount` bytes.
  ///
  /// - Precondition: the credential has at most 4,096 bytes; `body` has room.
  public func store(into body: inout MutableRawSpan) {
    precondition(credential.count <= Limits.credentialByteCountMax, "a credential has at most 4,096 bytes")
    body.zero(0..<Self.byteCount)
    body.store(authentication.rawValue, at: 0)
    body.store(scope.rawKind, at: 1)
    body.store(UInt16(credential.count), at: 2)
    body.store(scope.rawTenant, at: 4)
    body.store(nonce, at: 16)
    for (index, byte) in credential.enumerated() { body.store(byte, at: Self.byteCount + index) }
  }
}

extension FrameError {
  /// A byte of a body that must be zero, or an unknown value of an enumeration, at `offset` of the body.
  static func reserved(_ offset: Int, _ value: UInt64) -> FrameError {
    FrameError(.reservedBits, place: FrameHeader.byteCount + offset, value: value)
  }
}

extension RawSpan {
  /// - Throws: `reservedBits` at the first byte of `range` that is not zero.
  func requireZero(_ range: Range<Int>) throws(FrameError) {
    if let offset = firstNonZero(in: range) { throw .reserved(offset, UInt64(load(at: offset, as: UInt8.self))) }
  }
}
