import Crypto
import FoundationEssentials

/// What an endpoint's deliveries are signed with, as Standard Webhooks has it: 24 to 64 random bytes. Whoever verifies needs the same bytes, so they
/// are kept as they are; they are shown once, and are in no log, error or answer after that.
struct WebhookSecret: Sendable, Equatable {
  var bytes: [UInt8]
  /// When it was made.
  var created: Int64
  /// From when on it signs no more; nil for the one that is not replaced.
  var expires: Int64?

  static let byteCounts = 24...64
  static let prefix = "whsec_"

  init(bytes: [UInt8], created: Int64, expires: Int64? = nil) {
    self.bytes = bytes
    self.created = created
    self.expires = expires
  }

  /// A new one of 32 bytes.
  init(at now: Int64) {
    var generator = SystemRandomNumberGenerator()
    self.init(bytes: (0..<32).map { _ in generator.next() }, created: now)
  }

  /// - Returns: nil when the text is none.
  init?(text: String, created: Int64, expires: Int64? = nil) {
    guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.utf8.count))),
      Self.byteCounts.contains(data.count)
    else { return nil }
    self.init(bytes: Array(data), created: created, expires: expires)
  }

  /// `whsec_` and Base64.
  var text: String { Self.prefix + Data(bytes).base64EncodedString() }

  func isGood(at now: Int64) -> Bool { expires.map { now < $0 } ?? true }
}

/// Signs deliveries with all secrets that are good at a time.
struct WebhookSigner: Sendable {
  private let keys: [(key: SymmetricKey, expires: Int64?)]

  init(_ secrets: [WebhookSecret]) {
    keys = secrets.map { (SymmetricKey(data: $0.bytes), $0.expires) }
  }

  /// The header `webhook-signature`: an HMAC-SHA-256 of id, timestamp and body with each secret.
  ///
  /// - Parameter now: milliseconds since 1970; the timestamp is the same in seconds.
  func signature(id: String, now: Int64, body: [UInt8]) -> String {
    let head = Array("\(id).\(now / 1_000).".utf8)
    return keys.filter { entry in entry.expires.map { now < $0 } ?? true }.map { entry in
      var hmac = HMAC<SHA256>(key: entry.key)
      hmac.update(data: head)
      hmac.update(data: body)
      return "v1,\(Data(hmac.finalize()).base64EncodedString())"
    }.joined(separator: " ")
  }
}
