import Engine
import Kernel
import Testing

@testable import Access

@Suite struct KeyTests {
  @Test func aSecretIsKnownByItsDigestOnly() throws {
    let desk = try Desk()
    let (key, secret) = try desk.make([.payer], tenants: [7])
    #expect(secret.text.utf8.count == 68)
    #expect(desk.key(proving: secret)?.id == key.id)
    #expect(KeySecret(text: secret.text)?.text == secret.text)
    #expect(desk.key(proving: KeySecret()) == nil)
    // Nothing that is kept or answered has the secret in it.
    let answer = try desk.control.perform(.listKeys(after: 0, limit: 10), by: .local)
    #expect(!String(decoding: answer.json, as: UTF8.self).contains(secret.text.dropFirst(4)))
    #expect(!"\(try desk.trail())".contains(secret.text.dropFirst(4)))
  }

  @Test(arguments: [
    "", "mpk_", "mpk_" + String(repeating: "0", count: 63), "mpk_" + String(repeating: "G", count: 64),
    "key_" + String(repeating: "0", count: 64), "mpk_" + String(repeating: "0", count: 65),
  ]) func whatIsNoSecretIsNotTaken(text: String) { #expect(KeySecret(text: text) == nil) }

  @Test func keysExpireAndAreRevokedForGood() throws {
    let desk = try Desk()
    let (_, short) = try desk.make([.payer], tenants: [7], expires: desk.clock.now + 10_000)
    let (key, secret) = try desk.make([.payee], tenants: [7])
    #expect(desk.key(proving: short) != nil)
    desk.clock.advance(seconds: 10)
    #expect(desk.key(proving: short) == nil)
    let before = desk.control.revision
    _ = try desk.control.perform(.revoke(key: key.id), by: .local)
    #expect(desk.control.revision > before)
    #expect(desk.key(proving: secret) == nil)
    #expect(kind { try desk.control.perform(.revoke(key: key.id), by: .local) } == .invalid)
    try desk.reopen()
    #expect(desk.key(proving: secret) == nil)
    #expect(desk.control.requiresKeys)
  }

  @Test func contentIsChecked() throws {
    let desk = try Desk()
    let bad: [(String, AccessKey.Content)] = [
      ("no name", .init(name: "", tenants: nil, roles: [.payer])),
      ("long name", .init(name: String(repeating: "a", count: 65), tenants: nil, roles: [.payer])),
      ("line break", .init(name: "a\nb", tenants: nil, roles: [.payer])),
      ("no roles", .init(name: "a", tenants: nil, roles: [])),
      ("no tenants", .init(name: "a", tenants: [], roles: [.payer])),
      ("many tenants", .init(name: "a", tenants: Array(0...1_024), roles: [.payer])),
      ("expired", .init(name: "a", tenants: nil, roles: [.payer], expires: desk.clock.now)),
      ("administrator with money", .init(name: "a", tenants: nil, roles: [.admin, .payer], person: 1)),
      ("administrator without person", .init(name: "a", tenants: nil, roles: [.admin])),
      ("administrator of a tenant", .init(name: "a", tenants: [1], roles: [.admin], person: 1)),
    ]
    for (name, content) in bad {
      let command = AccessCommand.create(content: content, credential: KeySecret().credential)
      #expect(kind { try desk.control.perform(command, by: .local) } == .invalid, "\(name)")
    }
    #expect(!desk.control.requiresKeys)
    for digest in ["", String(repeating: "A", count: 64), String(repeating: "0", count: 65)] {
      let command = AccessCommand.create(
        content: .init(name: "a", tenants: nil, roles: [.payer]), credential: .init(.secret, digest: digest))
      #expect(kind { try desk.control.perform(command, by: .local) } == .invalid)
    }
  }

  @Test func rotationOverlaps() throws {
    let desk = try Desk()
    let (key, old) = try desk.make([.payer], tenants: [7])
    let new = KeySecret()
    _ = try desk.ask(.rotate(credential: new.credential, overlapSeconds: 60), by: key)
    #expect(desk.key(proving: old)?.id == key.id)
    #expect(desk.key(proving: new)?.id == key.id)
    desk.clock.advance(seconds: 60)
    #expect(desk.key(proving: old) == nil)
    #expect(desk.key(proving: new)?.id == key.id)
    // Not again with a secret that is in use.
    #expect(kind { try desk.ask(.rotate(credential: new.credential, overlapSeconds: 0), by: key) } == .invalid)
    #expect(kind { try desk.ask(.rotate(credential: KeySecret().credential, overlapSeconds: -1), by: key) } == .invalid)
    try desk.reopen()
    #expect(desk.key(proving: new)?.id == key.id)
    // A third secret ends the first for good: a key has two at most.
    var latest = new
    for _ in 0..<3 {
      let next = KeySecret()
      _ = try desk.ask(.rotate(credential: next.credential, overlapSeconds: 1_000), with: latest)
      latest = next
    }
    #expect(desk.key(proving: new) == nil)
  }

  @Test func onlyTheNewestSecretRenewsItself() throws {
    let desk = try Desk()
    let (_, leaked) = try desk.make([.payer], tenants: [7])
    let owners = KeySecret()
    _ = try desk.ask(.rotate(credential: owners.credential, overlapSeconds: 3_600), with: leaked)
    #expect(desk.key(proving: leaked) != nil)
    let thiefs = AccessCommand.rotate(credential: KeySecret().credential, overlapSeconds: 0)
    #expect(kind { try desk.ask(thiefs, with: leaked) } == .notAllowed)
    #expect(desk.key(proving: owners) != nil)
    let certificate = AccessKey.Credential(.certificate, digest: KeySecret().credential.digest)
    #expect(kind { try desk.ask(.rotate(credential: certificate, overlapSeconds: 0), with: owners) } == .invalid)
  }

  @Test func rolesAllowWhatTheyAreFor() throws {
    let desk = try Desk()
    let payer = try desk.make([.payer], person: 10, tenants: [9, 7, 9]).key
    #expect(payer.content.tenants == [7, 9])
    #expect(payer.authority.scope == .some([7, 9]))
    #expect(payer.authority.person == 10)
    #expect(payer.authority.asPerson.contains(.fund))
    #expect(!payer.authority.asPerson.contains(.submit))
    #expect(payer.authority.asOperator == [])
    let bank = try desk.make([.system], tenants: [7]).key
    #expect(bank.authority.asOperator.contains(.payoutResult))
    #expect(!bank.authority.asOperator.contains(.hold))
    #expect(bank.authority.asPerson == [])
    #expect(
      try desk.make([.operator, .payer, .payee, .approver, .arbiter]).key.authority.asOperator
        == OperationSet.all.subtracting([.prune]))
    // Every operation belongs to somebody.
    for code in OperationCode.allCases {
      #expect(Role.allCases.contains { $0.asPerson.contains(code) || $0.asOperator.contains(code) }, "\(code)")
      if ![.verifyPayee, .autoApprove, .escalate, .payoutResult, .refundResult, .expire, .prune].contains(code) {
        #expect(Role.allCases.contains { $0.asPerson.contains(code) }, "\(code) by a person")
      }
    }
    for role in [Role.reader, .admin] { #expect(role.asPerson == [] && role.asOperator == []) }
  }

  @Test func sessionTagsBelongToOneKey() throws {
    let desk = try Desk()
    let tag = desk.control.sessionTag(17, key: 1)
    #expect(tag != desk.control.sessionTag(17, key: 2))
    #expect(tag != desk.control.sessionTag(18, key: 1))
    try desk.reopen()
    #expect(tag == desk.control.sessionTag(17, key: 1))
  }
}
