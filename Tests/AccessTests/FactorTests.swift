import Foundation
import Testing

@testable import Access

@Suite("Second factors")
struct FactorTests {
  // RFC 6238, appendix B: the secret and the codes of SHA-1, 8 digits.
  @Test(
    "codes are those of RFC 6238",
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
      (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
  func vectors(seconds: Int64, expected: String) {
    let secret = Array("12345678901234567890".utf8)
    #expect(
      OneTimePassword.code(secret: secret, step: OneTimePassword.step(at: seconds * 1_000), digitCount: 8) == expected)
    #expect(
      OneTimePassword.code(secret: secret, step: OneTimePassword.step(at: seconds * 1_000)) == expected.suffix(6))
  }

  // RFC 4648, section 10.
  @Test(
    "base 32 is that of RFC 4648",
    arguments: [
      ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
      ("foobar", "MZXW6YTBOI"),
    ])
  func base32(bytes: String, text: String) {
    #expect(Base32.text(Array(bytes.utf8)) == text)
    #expect(Base32.bytes(text) == Array(bytes.utf8))
  }

  @Test("what is no base 32 is refused", arguments: ["1", "M", "MZ======", "mzxq", "MZXR", "MZX"])
  func badBase32(text: String) { #expect(Base32.bytes(text) == nil) }

  @Test("no other code is taken for the right one")
  func otherCodes() {
    let secret = Array("12345678901234567890".utf8)
    let good = (0...2).map { OneTimePassword.code(secret: secret, step: $0) }
    for number in 0..<10_000 {
      let code = String(1_000_000 + number * 97).suffix(6)
      guard !good.contains(String(code)) else { continue }
      #expect(OneTimePassword.step(proving: String(code), secret: secret, after: nil, at: 30_000) == nil, "\(code)")
    }
    for code in ["", good[0] + "0", String(good[0].dropLast()), " " + good[0]] {
      #expect(OneTimePassword.step(proving: code, secret: secret, after: nil, at: 30_000) == nil, "\(code)")
    }
    for step in 0...2 {
      #expect(
        OneTimePassword.step(proving: good[step], secret: secret, after: nil, at: 30_000) == UInt64(step))
    }
  }

  @Test("a code counts once, and one step to either side")
  func window() throws {
    let desk = try Desk()
    let (_, secret) = try desk.make([.payer])
    let factor = FactorSecret()
    let now = desk.clock.now
    _ = try desk.ask(.enrolFactor(secret: factor.text, oneTimeCode: factor.code(at: now), current: nil), with: secret)
    // The one it was enrolled with is used.
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: now)), with: secret) } == .wrongCode)
    // A clock that runs half a minute ahead.
    let answer = try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 30_000)), with: secret)
    #expect(answer == .steppedUp(until: now + 600_000))
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 30_000)), with: secret) } == .wrongCode)
    desk.clock.advance(seconds: 120)
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 60_000)), with: secret) } == .wrongCode)
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 180_000)), with: secret) } == .wrongCode)
    _ = try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 90_000)), with: secret)
    // Nor does a restart make it good again.
    try desk.reopen()
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 90_000)), with: secret) } == .wrongCode)
    _ = try desk.ask(.stepUp(oneTimeCode: factor.code(at: now + 120_000)), with: secret)
  }

  @Test("guessing ends after five codes")
  func guessing() throws {
    let desk = try Desk()
    let (_, secret) = try desk.make([.payer])
    let factor = FactorSecret()
    _ = try desk.ask(
      .enrolFactor(secret: factor.text, oneTimeCode: factor.code(at: desk.clock.now), current: nil), with: secret)
    desk.clock.advance(seconds: 60)
    for _ in 0..<5 { #expect(kind { try desk.ask(.stepUp(oneTimeCode: "x"), with: secret) } == .wrongCode) }
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: factor.code(at: desk.clock.now)), with: secret) } == .limit)
    desk.clock.advance(seconds: 300)
    _ = try desk.ask(.stepUp(oneTimeCode: factor.code(at: desk.clock.now)), with: secret)
  }

  @Test("a factor is replaced with a code of it, or by two administrators")
  func replacing() throws {
    let desk = try Desk()
    let (first, _) = try desk.make([.admin], person: 1)
    let (second, _) = try desk.make([.admin], person: 2)
    let (key, secret) = try desk.make([.payer])
    let (old, new) = (FactorSecret(), FactorSecret())
    let now = desk.clock.now
    #expect(
      kind { try desk.ask(.enrolFactor(secret: old.text, oneTimeCode: "000000x", current: nil), with: secret) }
        == .wrongCode)
    #expect(
      kind { try desk.ask(.enrolFactor(secret: "MZXQ", oneTimeCode: "1", current: nil), with: secret) } == .invalid)
    _ = try desk.ask(.enrolFactor(secret: old.text, oneTimeCode: old.code(at: now), current: nil), with: secret)
    #expect(
      kind { try desk.ask(.enrolFactor(secret: new.text, oneTimeCode: new.code(at: now), current: nil), with: secret) }
        == .secondFactor)
    desk.clock.advance(seconds: 30)
    let later = desk.clock.now
    _ = try desk.ask(
      .enrolFactor(secret: new.text, oneTimeCode: new.code(at: later), current: old.code(at: later)), with: secret)
    desk.clock.advance(seconds: 30)
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: old.code(at: desk.clock.now)), with: secret) } == .wrongCode)
    let proposal = try desk.propose(.removeFactor(key: key.id), by: first)
    #expect(kind { try desk.ask(.approve(proposal: proposal), by: first) } == .otherPerson)
    #expect(try desk.ask(.approve(proposal: proposal), by: second) == .done)
    #expect(kind { try desk.ask(.stepUp(oneTimeCode: new.code(at: desk.clock.now)), with: secret) } == .secondFactor)
    #expect(try desk.trail().map(\.kind).filter { [.factorEnrolled, .factorRemoved].contains($0) }.count == 3)
    // A secret is in no row of the trail.
    #expect(try !desk.trail().contains { $0.subject.contains(old.text) || $0.subject.contains(new.text) })
  }

  @Test("a key that has to shows its factor before it changes keys")
  func commands() throws {
    let desk = try Desk()
    let secret = KeySecret()
    let content = AccessKey.Content(
      name: "careful", tenants: nil, roles: [.admin], person: 1, stepUp: StepUp(commands: true))
    _ = try desk.control.perform(.create(content: content, credential: secret.credential), by: .local)
    let (key, _) = try desk.make([.payer])
    #expect(kind { try desk.ask(.revoke(key: key.id), with: secret) } == .secondFactor)
    #expect(kind { try desk.ask(.listKeys(after: 0, limit: 1), with: secret) } == .secondFactor)
    let shown = desk.clock.now + 1
    #expect(try desk.ask(.listKeys(after: 0, limit: 1), showing: secret.text, secondFactorUntil: shown) != .done)
    // A token that was made with a code does as well, for ten minutes.
    let factor = FactorSecret()
    _ = try desk.ask(
      .enrolFactor(secret: factor.text, oneTimeCode: factor.code(at: desk.clock.now), current: nil), with: secret)
    desk.clock.advance(seconds: 30)
    let token = TokenText(.access)
    _ = try desk.ask(
      .issueToken(
        digest: token.digest, scope: nil, seconds: 3_600, oneTimeCode: factor.code(at: desk.clock.now)), with: secret)
    desk.clock.advance(seconds: 599)
    _ = try desk.ask(.listKeys(after: 0, limit: 1), showing: token.text)
    desk.clock.advance(seconds: 1)
    #expect(kind { try desk.ask(.listKeys(after: 0, limit: 1), showing: token.text) } == .secondFactor)
  }

  @Test("operations over a sum need the factor, those of others' codes are refused as before")
  func operations() throws {
    let desk = try Desk()
    let content = AccessKey.Content(
      name: "payer", tenants: [1], roles: [.payer], person: 10, operations: ["RELEASE", "FUND", "CANCEL"],
      amountMax: 1_000, stepUp: StepUp(operations: ["RELEASE", "CANCEL"], above: 100))
    let secret = KeySecret()
    _ = try desk.control.perform(.create(content: content, credential: secret.credential), by: .local)
    let authority = try #require(desk.key(proving: secret)).authority
    #expect(authority.amountMax == 1_000)
    #expect(authority.stepUp == [.release, .cancel])
    #expect(authority.stepUpAbove == 100)
    #expect(authority.asPerson == [.release, .fund, .cancel])
    #expect(authority.asOperator == [])
  }

  @Test("content that makes no sense is refused")
  func content() throws {
    let desk = try Desk()
    for content in [
      AccessKey.Content(name: "a", tenants: nil, roles: [.payer], operations: []),
      AccessKey.Content(name: "a", tenants: nil, roles: [.payer], operations: ["PAY"]),
      AccessKey.Content(name: "a", tenants: nil, roles: [.payer], amountMax: -1),
      AccessKey.Content(name: "a", tenants: nil, roles: [.payer], stepUp: StepUp(operations: ["release"])),
      AccessKey.Content(name: "a", tenants: nil, roles: [.payer], stepUp: StepUp(above: -1)),
    ] {
      #expect(
        kind { try desk.control.perform(.create(content: content, credential: KeySecret().credential), by: .local) }
          == .invalid)
    }
  }
}
