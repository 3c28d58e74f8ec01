import Testing

@testable import Documents

@Suite("Reading JSON")
struct JSONReaderTests {
  private let document = try! Document(
    json: Array(#"{"a":[1,2.50,-3e2,"x\u00e9\ud83d\ude00\n"], "b":{"c":null,"d":true},"e":12345678901234567890}"#.utf8))

  @Test("nodes are found by name and position, and say where they are")
  func nodes() throws {
    let root = document.root
    #expect(root.count == 3 && root.member("a")?.count == 4 && root.member("x") == nil)
    #expect(root.member("a")?.elements.map(\.kind) == [.integer, .number, .integer, .string])
    #expect(root.members.map { $0.name.string } == ["a", "b", "e"])
    #expect(root.member("a")?.element(3)?.string == "xé😀\n")
    let inner = try #require(JSONPointer("/b/d").flatMap(root.node))
    #expect(inner.bool == true)
    #expect(inner.pointer.description == "/b/d")
    #expect(inner.place == TextPlace(byteOffset: 62, line: 1, column: 63, columnUTF16: 63))
  }

  @Test("numbers are exact, and whole ones are integers however they are written")
  func numbers() {
    let root = document.root
    #expect(root.member("a")?.element(2)?.integer == -300)
    #expect(root.member("a")?.element(1)?.number?.description == "2.5")
    #expect(root.member("e")?.integer == nil)
    #expect(root.member("e")?.number?.description == "12345678901234567890")
  }
}
