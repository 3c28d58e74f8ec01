import FoundationEssentials
import JWTKit

/// An issuer's public keys (RFC 7517), ready to check signatures.
struct PublicKeys: Sendable {
  /// By id and algorithm. A key without an id is found by a statement without one, if it is the only key.
  private var keys: [String: [String: any JWTAlgorithm]] = [:]
  private var isSingle = false

  /// How many keys could be used.
  var count: Int { keys.count }

  static let countMax = 100
  /// Bytes of an RSA modulus: 2,048 bits (RFC 7518, 3.3).
  private static let modulusByteCountMin = 256

  init() {}

  /// Reads a key set. Keys of other kinds, for encryption, or too short are passed over, as RFC 7517 (5) wants it.
  ///
  /// - Throws: `IssuerError` when it is no key set.
  init(json: [UInt8]) async throws(IssuerError) {
    let set: KeySet
    do { set = try JSONDecoder().decode(KeySet.self, from: Data(json)) } catch {
      throw IssuerError("the issuer's keys are no JSON Web Key Set")
    }
    guard set.keys.count <= Self.countMax else { throw IssuerError("an issuer has \(Self.countMax) keys at most") }
    let known = set.keys.compactMap(\.key)
    for key in known {
      let id = key.keyIdentifier?.string ?? ""
      for name in Self.algorithms(of: key) {
        guard let algorithm = await Self.algorithm(name, of: key) else { continue }
        keys[id, default: [:]][name.rawValue] = algorithm
        // The same by the name that RFC 9864 gives it.
        if name == .eddsa { keys[id, default: [:]]["Ed25519"] = algorithm }
      }
    }
    isSingle = keys.count == 1
  }

  /// The key for a statement.
  ///
  /// - Returns: nil when there is none of that name that is for this algorithm.
  func algorithm(_ name: String, key id: String?) -> (any JWTAlgorithm)? {
    guard let id else { return isSingle ? keys.first?.value[name] : nil }
    return keys[id]?[name]
  }

  func has(_ id: String?) -> Bool { id.map { keys[$0] != nil } ?? isSingle }

  /// Those that a key is for: its own, or all of its kind. None is symmetric: a public key is no secret.
  private static func algorithms(of key: JWK) -> [JWK.Algorithm] {
    let all: [JWK.Algorithm]
    switch (key.keyType, key.curve?.rawValue) {
    case (.rsa, _):
      guard let modulus = key.modulus, modulus.utf8.count * 3 / 4 >= modulusByteCountMin else { return [] }
      all = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
    case (.ecdsa, "P-256"): all = [.es256]
    case (.ecdsa, "P-384"): all = [.es384]
    case (.ecdsa, "P-521"): all = [.es512]
    case (.octetKeyPair, "Ed25519"): all = [.eddsa]
    default: all = []
    }
    return key.algorithm.map { own in all.filter { $0 == own } } ?? all
  }

  private static func algorithm(_ name: JWK.Algorithm, of key: JWK) async -> (any JWTAlgorithm)? {
    var key = key
    key.keyIdentifier = "key"
    key.algorithm = name
    do {
      return try await JWTKeyCollection().add(jwk: key).getKey(for: "key", alg: name.rawValue)
    } catch {
      // A point that is not on its curve, an exponent that is none: no key.
      return nil
    }
  }
}

/// A set with keys of which some may be of kinds that are not known here.
private struct KeySet: Decodable {
  var keys: [Element]

  struct Element: Decodable {
    var key: JWK?

    private enum Member: String, CodingKey {
      case use
      case operations = "key_ops"
    }

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: Member.self)
      let use = try members.decodeIfPresent(String.self, forKey: .use)
      let operations = try members.decodeIfPresent([String].self, forKey: .operations)
      guard use ?? "sig" == "sig", operations?.contains("verify") ?? true else { return }
      do {
        key = try JWK(from: decoder)
      } catch {
        // Of another kind, or for another algorithm.
        key = nil
      }
    }
  }
}
