import Access
import Formats
import FoundationEssentials
import JWTKit

/// A JSON Web Signature in compact form (RFC 7515), taken apart and not yet believed.
struct SignedStatement {
  var algorithm: String
  var keyID: String?
  var payload: [UInt8]
  var signature: [UInt8]
  /// What the signature is over.
  var signed: [UInt8]

  /// - Returns: nil when it is none: base64url with anything else in it, a header with a member twice, or with extensions that must be understood.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]),
      let signature = Base64URL.bytes(parts[2]), let members = Self.strings(of: header, named: ["alg", "kid"]),
      let algorithm = members.values["alg"], !members.names.contains("crit"), !members.names.contains("b64")
    else { return nil }
    self.algorithm = algorithm
    keyID = members.values["kid"]
    self.payload = payload
    self.signature = signature
    signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
  }

  /// Whether one of the keys signed it.
  func isSigned(by keys: PublicKeys) -> Bool {
    guard let key = keys.algorithm(algorithm, key: keyID) else { return false }
    do { return try key.verify(signature, signs: signed) } catch {
      // A signature of another length: none.
      return false
    }
  }

  /// Members of an object that are strings, and the names of all.
  ///
  /// - Returns: nil when it is no object, a name comes twice, or one that is asked for is no string.
  private static func strings(
    of json: [UInt8], named wanted: Set<String>
  ) -> (values: [String: String], names: Set<String>)? {
    var names: Set<String> = []
    var values: [String: String] = [:]
    do throws(FieldError) {
      var scanner = JSONScanner(json.span)
      try scanner.object { (name, scanner) throws(FieldError) in
        guard names.insert(name).inserted else { throw FieldError(name, "comes twice") }
        if wanted.contains(name) { values[name] = try scanner.string() } else { try scanner.skip() }
      }
      try scanner.expectEnd()
    } catch { return nil }
    return (values, names)
  }
}

/// What a statement says, as far as it matters here (RFC 7519). Instants are seconds.
struct Claims {
  private(set) var issuer: String?
  private(set) var subject: String?
  private(set) var audience: [String] = []
  private(set) var expires: Int64?
  private(set) var notBefore: Int64?

  /// - Returns: nil when it is no object, a name comes twice, or a claim has the wrong type.
  init?(_ json: [UInt8]) {
    var claims = (
      issuer: String?.none, subject: String?.none, audience: [String](), expires: Int64?.none, notBefore: Int64?.none
    )
    var names: Set<String> = []
    do throws(FieldError) {
      var scanner = JSONScanner(json.span)
      try scanner.object { (name, scanner) throws(FieldError) in
        guard names.insert(name).inserted else { throw FieldError(name, "comes twice") }
        switch name {
        case "iss": claims.issuer = try scanner.string()
        case "sub": claims.subject = try scanner.string()
        case "aud":
          if scanner.peek() == 0x22 {
            claims.audience = [try scanner.string()]
          } else {
            try scanner.array { (_, scanner) throws(FieldError) in claims.audience.append(try scanner.string()) }
          }
        case "exp": claims.expires = try Self.seconds(&scanner, name)
        case "nbf": claims.notBefore = try Self.seconds(&scanner, name)
        default: try scanner.skip()
        }
      }
      try scanner.expectEnd()
    } catch { return nil }
    (issuer, subject, audience, expires, notBefore) = claims
  }

  /// Whole seconds; a fraction may stand there.
  private static func seconds(_ scanner: inout JSONScanner, _ name: String) throws(FieldError) -> Int64 {
    let text = try scanner.numberText()
    guard let seconds = Int64(text.prefix { $0 != "." }), !text.contains("e"), !text.contains("E"),
      (0...1 << 40).contains(seconds)
    else {
      throw FieldError(name, "is no instant")
    }
    return seconds
  }
}
