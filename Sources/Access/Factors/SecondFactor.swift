import Store

/// What a key's holder has besides the key, as a row of the catalog: the secret of an authenticator. It has to be kept as it is, since codes are
/// computed from it: a backup holds it.
struct SecondFactor: Codable, Hashable, Sendable {
  var key: UInt32
  /// Base 32; 16...64 bytes.
  var secret: String
  var enrolled: Int64
  /// The newest step whose code was used: each counts once.
  var lastStep: UInt64

  /// How long a shown factor counts. Milliseconds.
  static let lifeMilliseconds: Int64 = 600_000
  /// Wrong codes, one behind the other, and how long none is looked at afterwards. Milliseconds.
  static let failureCountMax = 5
  static let lockMilliseconds: Int64 = 300_000
}

/// The secret of an authenticator, as its holder gets it once: in a file, or as a picture to photograph.
public struct FactorSecret: Sendable {
  /// Base 32. Never log it.
  public let text: String

  /// 160 random bits, as RFC 4226 wants them.
  public init() {
    var generator = SystemRandomNumberGenerator()
    text = Base32.text((0..<20).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// The address that authenticators read.
  public func address(account: String) -> String {
    let name = account.utf8.map { byte -> String in
      let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hex(byte).uppercased()
    }.joined()
    return "otpauth://totp/Milepost:\(name)?secret=\(text)&issuer=Milepost"
  }

  /// The code of an instant, for who shows the secret and wants to be sure that it works.
  public func code(at now: Int64) -> String {
    OneTimePassword.code(secret: Base32.bytes(text) ?? [], step: OneTimePassword.step(at: now))
  }
}

/// When a key needs its second factor.
public struct StepUp: Codable, Hashable, Sendable {
  /// Documented names of operations, as `RELEASE`.
  public var operations: [String]
  /// Of those, which have a sum over this need it; minor units. Those without a sum always do.
  public var above: Int64
  /// Whether commands about keys and quotas need it.
  public var commands: Bool

  public init(operations: [String] = [], above: Int64 = 0, commands: Bool = false) {
    self.operations = operations
    self.above = above
    self.commands = commands
  }
}
