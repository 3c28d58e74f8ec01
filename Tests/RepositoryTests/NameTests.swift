import Repository
import Testing

@Suite("Names")
struct NameTests {
  @Test("slugs", arguments: ["a", "7", "gst-2.0", "risk_limit", String(repeating: "x", count: 64)])
  func slugs(text: String) { #expect(Slug(text)?.text == text) }

  @Test(
    "what is no slug",
    arguments: ["", "-a", "a-", ".", "..", "A", "a b", "a/b", "é", "a\0", "_x", String(repeating: "x", count: 65)])
  func noSlugs(text: String) { #expect(Slug(text) == nil) }

  @Test(
    "names have at most two folders",
    arguments: [
      ("villa", true), ("construction/villa", true), ("in/construction/villa", true), ("a/b/c/d", false), ("", false),
      ("/villa", false), ("villa/", false), ("a//b", false), ("a/../b", false),
    ])
  func names(text: String, isName: Bool) { #expect((DocumentName(text) != nil) == isName) }

  @Test(
    "labels are semantic versions",
    arguments: [
      ("1.0.0", true), ("0.10.200", true), ("1.0.0-rc.1", true), ("1.0.0-0.3.7", true), ("1.0.0-x-y-z.--", true),
      ("1.0.0+20130313", true), ("1.0.0-beta+exp.sha.5114f85", true), ("1.0.0+001", true), ("1.0.0-0A.is.legal", true),
      ("1", false), ("1.2", false), ("1.2.3.4", false), ("01.2.3", false), ("1.2.3-01", false), ("1.2.3-", false),
      ("1.2.3+", false), ("1.2.3-a..b", false), ("1.2.3-é", false), ("1.2.3-\u{11}", false), ("v1.2.3", false),
      ("1.2.3 ", false), ("", false), ("1.2.-3", false), ("1.2.3+a+b", false),
      ("1.0.0-" + String(repeating: "a", count: 58), true), ("1.0.0-" + String(repeating: "a", count: 59), false),
    ])
  func labels(text: String, isLabel: Bool) { #expect((Label(text) != nil) == isLabel) }

  /// The standard's own row, section 11.4.3, and others, oldest first.
  private static let rising = [
    "0.0.1", "0.9.10", "0.10.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
    "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0",
    "18446744073709551616.0.0", "18446744073709551617.0.0",
  ].map { Label($0)! }

  @Test("labels have the standard's precedence, builds aside")
  func precedence() {
    for (one, older) in Self.rising.enumerated() {
      for (two, newer) in Self.rising.enumerated() {
        #expect(older.isOlder(than: newer) == (one < two), "\(older) \(newer)")
        let (build, other) = (Label("\(older)+7")!, Label("\(newer)+a-b.1")!)
        #expect(build.isOlder(than: other) == (one < two))
      }
    }
  }

  @Test(
    "a step is as large as what it may break",
    arguments: [
      ("1.4.2", "1.4.3", LabelStep.patch), ("1.4.2", "1.5.0", .minor), ("1.4.2", "1.5.7", .minor),
      ("1.4.2", "2.0.0", .major), ("1.4.2", "2.0.0-rc.1", .major), ("2.0.0-rc.1", "2.0.0", .major),
      ("2.0.0-rc.1", "2.0.0-rc.2", .major), ("1.5.0-rc.1", "1.5.0", .minor), ("1.4.3-rc.1", "1.4.3", .patch),
      ("1.4.3-rc.1", "1.5.0", .minor), ("0.1.0", "0.2.0", .minor), ("0.1.0", "1.0.0", .major),
      ("1.4.2", "1.4.2", nil), ("1.4.2", "1.4.2+7", nil), ("1.4.2", "1.4.2-rc.1", nil), ("1.4.2", "1.3.9", nil),
    ])
  func steps(old: String, new: String, largest: LabelStep?) {
    let (old, new) = (Label(old)!, Label(new)!)
    for step in LabelStep.allCases {
      #expect(new.isStep(step, behind: old) == (largest.map { step.rawValue <= $0.rawValue } ?? false))
    }
  }

  @Test("actors have an id of printable characters")
  func actors() {
    #expect(Actor(.person, "anita@example.in")?.description == "person:anita@example.in")
    #expect(Actor(.program, String(repeating: "x", count: 128)) != nil)
    for id in ["", "a\nb", "\u{7F}", String(repeating: "x", count: 129)] { #expect(Actor(.person, id) == nil) }
  }

  @Test("digests have 64 lower-case digits")
  func digests() {
    let digest = ByteDigest(of: Array("abc".utf8))
    let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(digest.description == hex && ByteDigest(hex: hex) == digest)
    #expect(ByteDigest(hex: hex.uppercased()) == nil && ByteDigest(bytes: [1, 2]) == nil)
  }
}
