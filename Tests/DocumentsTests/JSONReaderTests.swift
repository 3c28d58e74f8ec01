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
    #expect(root.member("a")?.element(3)?.isString("xé😀\n") == true)
    #expect(root.member("a")?.element(3)?.isString("xe\u{301}😀\n") == false)
    let inner = try #require(JSONPointer("/b/d").flatMap(root.node))
    #expect(inner.bool == true)
    #expect(inner.pointer.description == "/b/d")
    #expect(inner.place == TextPlace(byteOffset: 62, line: 1, column: 63, columnUTF16: 63))
    #expect(root.member("a")?.element(4) == nil && root.element(0) == nil && inner.count == 0)
    #expect(root.node(at: JSONPointer(["a", "01"])) == nil)
  }

  @Test("numbers are exact, and whole ones are integers however they are written")
  func numbers() {
    let root = document.root
    #expect(root.member("a")?.element(2)?.integer == -300)
    #expect(root.member("a")?.element(1)?.number?.description == "2.5")
    #expect(root.member("e")?.integer == nil)
    #expect(root.member("e")?.number?.description == "12345678901234567890")
  }

  @Test("columns are counted in code points and in UTF-16 units, lines by LF, CR and CR LF")
  func places() throws {
    let document = try Document(json: Array("{\r\n\"é😀\": 1,\r\t\"b\":\n[ 2]}".utf8))
    let places = document.root.members.flatMap { [$0.name.place, $0.value.place] }
    #expect(places.map(\.description) == ["2:1", "2:7", "3:2", "4:1"])
    #expect(places.map(\.columnUTF16) == [1, 8, 2, 1])
    #expect(places.map(\.byteOffset) == [3, 13, 17, 22])
  }

  @Test(
    "a text that is no JSON is refused with code and place",
    arguments: [
      ("", "document.empty", 0), (" \n", "document.empty", 2), ("{", "document.cut", 1), ("[1,", "document.cut", 3),
      ("[1,]", "json.unexpected", 3), ("[,1]", "json.unexpected", 1), ("[1 2]", "json.unexpected", 3),
      ("{\"a\"}", "json.unexpected", 4), ("{\"a\":1,}", "json.unexpected", 7), ("{a:1}", "json.unexpected", 1),
      ("{1:1}", "json.unexpected", 1), ("[1}", "json.unexpected", 2), ("1 1", "document.trailing-text", 2),
      ("{}]", "document.trailing-text", 2), ("nul", "document.cut", 3), ("nulL", "json.unexpected-word", 0),
      ("True", "json.unexpected", 0), ("'a'", "json.unexpected", 0), ("/*c*/1", "json.unexpected", 0),
      ("01", "json.bad-number", 0), ("-", "document.cut", 1), ("-a", "json.bad-number", 0), ("1.", "document.cut", 2),
      ("1.e1", "json.bad-number", 0), (".5", "json.unexpected", 0), ("+1", "json.unexpected", 0),
      ("1e", "document.cut", 2), ("1e+]", "json.bad-number", 0), ("1.2.3", "json.bad-number", 0),
      ("0123456789012345678901", "json.bad-number", 0), ("-00", "json.bad-number", 0),
      ("0x1F", "document.trailing-text", 1),
      ("1e513", "document.number-out-of-bounds", 0), ("NaN", "json.unexpected", 0), ("\"a", "document.cut", 2),
      ("\"\\x\"", "json.bad-escape", 1), ("\"\\u12G4\"", "json.bad-escape", 1), ("\"\\u12", "document.cut", 5),
      ("\"\n\"", "json.control-character", 1), ("\"\\ud800\"", "json.lone-surrogate", 1),
      ("\"\\ud800\\u0041\"", "json.lone-surrogate", 1), ("\"\\udc00\"", "json.lone-surrogate", 1),
      ("\u{FEFF}1", "document.byte-order-mark", 0), ("[\u{A0}1]", "json.unexpected", 1),
    ])
  func refused(text: String, code: String, offset: Int) {
    let fault = #expect(throws: DocumentFault.self) { try Document(json: Array(text.utf8)) }
    #expect(fault?.code.rawValue == code)
    #expect(fault?.place.byteOffset == offset)
  }

  @Test("text that is not UTF-8 is refused where it stops being so")
  func notUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xFF, 0x22], [0x22, 0xE2, 0x82],
    ] {
      let fault = #expect(throws: DocumentFault.self) { try Document(json: bytes) }
      #expect(fault?.code == .notUTF8 && fault?.place.byteOffset == 1)
    }
  }

  @Test("limits hold exactly")
  func limits() throws {
    func code(_ text: String, _ limits: DocumentLimits) -> DocumentFault.Code? {
      do throws(DocumentFault) {
        _ = try Document(json: Array(text.utf8), limits: limits)
        return nil
      } catch {
        return error.code
      }
    }
    let limits = DocumentLimits(byteCountMax: 20, depthMax: 3, valueCountMax: 5)
    #expect(code("[[[1]]]", limits) == nil && code("[[[[]]]]", limits) == .tooDeep)
    #expect(code("[1,2,3,4]", limits) == nil && code("[1,2,3,4,5]", limits) == .tooManyValues)
    #expect(code("\"" + String(repeating: "a", count: 18) + "\"", limits) == nil)
    #expect(code("\"" + String(repeating: "a", count: 19) + "\"", limits) == .tooLarge)
    #expect(code(String(repeating: "[", count: 1 << 20), .standard) == .tooDeep)
    #expect(code(String(repeating: "[", count: 60) + String(repeating: "]", count: 60), .standard) == nil)
  }

  @Test("limits that a tape has no room for are a mistake of the program")
  func preconditions() async {
    await #expect(processExitsWith: .failure) { _ = DocumentLimits(byteCountMax: 1 << 31) }
    await #expect(processExitsWith: .failure) { _ = DocumentLimits(depthMax: DocumentLimits.depthCountMost + 1) }
    await #expect(processExitsWith: .failure) { _ = DocumentLimits(valueCountMax: 1 << 27) }
    let most = DocumentLimits(byteCountMax: 1 << 31 - 1, depthMax: 256, valueCountMax: 1 << 27 - 1)
    #expect(most.yamlByteCountMax == 1 << 19 && DocumentLimits(byteCountMax: 9).yamlByteCountMax == 9)
  }
}
