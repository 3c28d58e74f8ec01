import Access
import Foundation
import JWTKit
import Logging
import Synchronization
import Testing

@testable import Issuers

@Suite("Statements of outside issuers")
struct OutsideIssuersTests {
  private final class Keys: KeySource {
    let state = Mutex<(text: String, reads: Int, isAway: Bool)>(("{\"keys\":[]}", 0, false))

    func read() async throws -> [UInt8] {
      try state.withLock { state in
        state.reads += 1
        if state.isAway { throw CancellationError() }
        return Array(state.text.utf8)
      }
    }
    var reads: Int { state.withLock { $0.reads } }
    func set(_ text: String) { state.withLock { $0.text = text } }
  }

  /// An issuer with a key, a clock, and who checks its statements.
  private final class Bench: Sendable {
    static let url = "https://login.example"
    let source = Keys()
    let p256 = ES256PrivateKey()
    let issuers: OutsideIssuers
    private let clock: Clock

    init() async throws {
      let source = source
      let clock = Clock()
      issuers = OutsideIssuers(
        [try Issuer(url: Self.url, audience: "milepost", keys: "/keys")],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        clock: { clock.seconds.withLock { $0 } * 1_000 }, source: { _ in source })
      self.clock = clock
      source.set(try Self.set([("a", p256)]))
    }

    final class Clock: Sendable { let seconds = Mutex<Int64>(1_800_000_000) }

    func advance(_ seconds: Int64) { clock.seconds.withLock { $0 += seconds } }

    static func set(_ keys: [(String, ES256PrivateKey)]) throws -> String {
      let texts = try keys.map { id, key in
        let point = try #require(key.parameters)
        return #"{"kty":"EC","crv":"P-256","use":"sig","kid":"\#(id)","x":"\#(url(point.x))","y":"\#(url(point.y))"}"#
      }
      return "{\"keys\":[{\"kty\":\"new\",\"kid\":\"z\"},\(texts.joined(separator: ","))]}"
    }

    private static func url(_ base64: String) -> String {
      base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    func sign(
      _ claims: [String: Any], header: [String: JWTHeaderField] = [:], by key: ES256PrivateKey? = nil, kid: String = "a"
    ) async throws -> String {
      var header = header
      if header["kid"] == nil { header["kid"] = .string(kid) }
      if header["alg"] == nil { header["alg"] = .string("ES256") }
      let head = try JSONEncoder().encode(header)
      let body = try JSONSerialization.data(withJSONObject: claims)
      let signed = "\(Base64URL.text(Array(head))).\(Base64URL.text(Array(body)))"
      let signer = try await JWTKeyCollection().add(ecdsa: key ?? p256, kid: "x").getKey(for: "x")
      return "\(signed).\(Base64URL.text(try signer.sign(Array(signed.utf8))))"
    }
  }

  private static var good: [String: Any] {
    ["iss": Bench.url, "aud": "milepost", "sub": "asha", "exp": 1_800_000_600]
  }

  private static func with(_ changes: [String: Any?]) -> [String: Any] {
    var claims = good
    for (name, value) in changes { claims[name] = value }
    return claims
  }

  @Test("a good one is its subject's credential, until it expires")
  func good() async throws {
    let bench = try await Bench()
    let proof = try #require(await bench.issuers.verify(try await bench.sign(Self.good)))
    let credential = AccessKey.Credential.subject("asha", of: Bench.url)
    #expect(proof == .assertion(credential.identity, expires: 1_800_000_600_000))
    let several = try await bench.sign(
      Self.with(["aud": ["other", "milepost"], "nbf": 1_800_000_030, "exp": 1_800_000_600.9]))
    #expect(await bench.issuers.verify(several) == proof)
    let long = try await bench.sign(Self.with(["exp": 1_900_000_000]))
    #expect(await bench.issuers.verify(long) == .assertion(credential.identity, expires: 1_800_086_400_000))
    #expect(bench.source.reads == 1)
  }

  @Test("what is wrong with a statement does not matter: it proves nothing")
  func bad() async throws {
    let bench = try await Bench()
    for changes in [
      ["iss": "https://other.example"], ["iss": nil], ["aud": "other"], ["aud": nil], ["aud": 7], ["sub": nil],
      ["sub": ""],
      ["sub": String(repeating: "a", count: 256)], ["exp": nil], ["exp": 1_800_000_000], ["exp": "1800000600"],
      ["nbf": 1_800_000_031], ["exp": 1e300],
    ] as [[String: Any?]] {
      let text = try await bench.sign(Self.with(changes))
      #expect(await bench.issuers.verify(text) == nil, "\(changes)")
    }
    let text = try await bench.sign(Self.good)
    let parts = text.split(separator: ".").map(String.init)
    let none = Base64URL.text(Array(#"{"alg":"none","kid":"a"}"#.utf8))
    let twice = Base64URL.text(Array(#"{"alg":"ES256","alg":"ES256","kid":"a"}"#.utf8))
    for broken in [
      "", "a.b.c", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(none).\(parts[1]).",
      "\(none).\(parts[1]).\(parts[2])",
      "\(twice).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2])=", "\(text).x",
      "\(parts[0]).\(parts[1]).\(parts[2].dropLast())",
    ] {
      #expect(await bench.issuers.verify(broken) == nil, "\(broken)")
    }
    // Signed, but not by the issuer, not in the way its key is for, or with what has to be understood.
    #expect(await bench.issuers.verify(try await bench.sign(Self.good, by: ES256PrivateKey())) == nil)
    for header in [
      ["alg": .string("HS256")], ["alg": .string("ES384")], ["crit": .array([.string("exp")])], ["b64": .bool(false)],
      ["kid": .int(1)],
    ] as [[String: JWTHeaderField]] {
      #expect(await bench.issuers.verify(try await bench.sign(Self.good, header: header)) == nil, "\(header)")
    }
  }

  @Test("keys are read again when a name is new, but not for every name that somebody makes up")
  func rotation() async throws {
    let bench = try await Bench()
    #expect(await bench.issuers.verify(try await bench.sign(Self.good)) != nil)
    let next = ES256PrivateKey()
    bench.source.set(try Bench.set([("a", bench.p256), ("b", next)]))
    let text = try await bench.sign(Self.good, by: next, kid: "b")
    for _ in 0..<20 { #expect(await bench.issuers.verify(text) == nil) }
    #expect(bench.source.reads == 1)
    bench.advance(30)
    #expect(await bench.issuers.verify(text) != nil)
    #expect(bench.source.reads == 2)
    // What the issuer took back is not good for long.
    bench.source.set(try Bench.set([("b", next)]))
    let old = try await bench.sign(Self.with(["exp": 1_800_009_999]))
    #expect(await bench.issuers.verify(old) != nil)
    bench.advance(600)
    #expect(await bench.issuers.verify(old) == nil)
  }

  @Test("an issuer that is away keeps its keys for a day")
  func away() async throws {
    let bench = try await Bench()
    let text = try await bench.sign(Self.with(["exp": 1_900_000_000]))
    #expect(await bench.issuers.verify(text) != nil)
    bench.source.state.withLock { $0.isAway = true }
    bench.advance(86_399)
    #expect(await bench.issuers.verify(text) != nil)
    bench.advance(1)
    #expect(await bench.issuers.verify(text) == nil)
    bench.source.state.withLock { $0.isAway = false }
    bench.advance(30)
    #expect(await bench.issuers.verify(text) != nil)
  }

  @Test("many who come at once read the keys once")
  func together() async throws {
    let bench = try await Bench()
    let text = try await bench.sign(Self.good)
    await withTaskGroup { group in
      for _ in 0..<50 { group.addTask { #expect(await bench.issuers.verify(text) != nil) } }
    }
    #expect(bench.source.reads == 1)
  }

  @Test(
    "an issuer and its keys are named by https",
    arguments: [
      ("http://login.example", "a", "f"), ("https://login.example", "", "f"), ("https://login.example", "a", ""),
      ("https://login.example", "a", "http://login.example/keys"), ("http://127.0.0.1.evil.example", "a", "f"),
      ("login.example", "a", "f"),
    ])
  func names(url: String, audience: String, keys: String) {
    #expect(throws: IssuerError.self) { try Issuer(url: url, audience: audience, keys: keys) }
  }

  @Test("short RSA keys, keys for encryption and key sets that are none are not used")
  func keySets() async throws {
    let short = String(repeating: "A", count: 170)
    for text in [
      #"{"keys":[{"kty":"RSA","kid":"a","n":"\#(short)","e":"AQAB"}]}"#,
      #"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#,
      #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AAAA","y":"AAAA"}]}"#, #"{"keys":[]}"#,
    ] {
      #expect(try await PublicKeys(json: Array(text.utf8)).count == 0, "\(text)")
    }
    for text in ["", "[]", "{}", #"{"keys":7}"#] {
      await #expect(throws: IssuerError.self) { try await PublicKeys(json: Array(text.utf8)) }
    }
  }
}
