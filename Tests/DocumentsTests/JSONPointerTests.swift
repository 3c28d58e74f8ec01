import Testing

@testable import Documents

@Suite("JSON Pointer")
struct JSONPointerTests {
  /// RFC 6901, section 5: the document, and what each text leads to.
  private static let document =
    #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

  @Test(
    "the standard's examples lead where they should, in both forms",
    arguments: [
      ("/foo", "/foo", #"["bar","baz"]"#), ("/foo/0", "/foo/0", #""bar""#), ("/", "/", "0"), ("/a~1b", "/a~1b", "1"),
      ("/c%d", "/c%25d", "2"), ("/e^f", "/e%5Ef", "3"), ("/g|h", "/g%7Ch", "4"), ("/i\\j", "/i%5Cj", "5"),
      ("/k\"l", "/k%22l", "6"), ("/ ", "/%20", "7"), ("/m~0n", "/m~0n", "8"), ("", "", document),
    ])
  func examples(text: String, fragment: String, expected: String) throws {
    let document = try Document(json: Array(Self.document.utf8))
    let pointer = try #require(JSONPointer(text))
    let expected = try JSONValue.read(expected)
    #expect(document.value.value(at: pointer) == expected)
    #expect(document.root.node(at: pointer)?.value == expected)
    #expect(pointer.description == text && pointer.fragment == fragment)
    #expect(JSONPointer(fragment: fragment) == pointer)
    #expect(document.root.node(at: pointer)?.pointer == pointer)
  }

  @Test("what is no pointer is nil", arguments: ["a", "a/b", "/~", "/~2", "/a~", "#/a"])
  func refused(text: String) { #expect(JSONPointer(text) == nil) }

  @Test("what is no fragment is nil", arguments: ["/%", "/%4", "/%zz", "/%ff", "a"])
  func refusedFragments(text: String) { #expect(JSONPointer(fragment: text) == nil) }

  @Test("positions are decimal without zeros in front, and inside")
  func positions() {
    let value: JSONValue = [10, 20]
    for token in ["00", "01", "-1", "+1", "1e0", "2", "-", "", "99999999999999999999"] {
      #expect(value.value(at: JSONPointer([token])) == nil, "\(token)")
    }
    #expect(value.value(at: JSONPointer(["1"])) == 20)
  }

  @Test("every node of generated documents is found by its own pointer")
  func pointers() throws {
    var generator = Generator(seed: 3)
    for _ in 0..<300 {
      let document = try Document(json: generator.value(depth: 4).canonicalBytes)
      var open = [document.root]
      while let node = open.popLast() {
        let pointer = node.pointer
        #expect(document.root.node(at: pointer)?.index == node.index)
        #expect(document.value.value(at: pointer) == node.value)
        #expect(JSONPointer(pointer.description) == pointer && JSONPointer(fragment: pointer.fragment) == pointer)
        open += node.elements
        open += node.members.map(\.value)
      }
    }
  }
}
