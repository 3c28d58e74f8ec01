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
