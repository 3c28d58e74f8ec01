import Testing

@testable import Documents

/// Texts that are cut or changed anywhere are read or refused, never a trap; what is read keeps its meaning in
/// canonical form.
@Suite("Readers and broken texts")
struct RobustnessTests {
  private static let json = Array(
    #"{"id":"m1","ü":[1,-2.5e-3,12345678901234567890,"\u00e9\ud83d\ude00\n",true,false,null,{"a":{"b":[[]]}}],"":{}}"#
      .utf8)

  private static let yaml = Array(
    """
    kind: template # comment
    "key 1": [a, 'b''c', "d\\u00e9\\n", {x: 0x1F, y: -1.5e3}]
    steps:
      - id: m1
        text: |+
          one & *two*

      - ? complex
        : >-
          folded
          text
      - - nested
        - null
    """.utf8)

  private func check(_ read: () throws(DocumentFault) -> Document, _ length: Int) {
    let document: Document
    do {
      document = try read()
    } catch {
      #expect(0...length ~= error.place.byteOffset && error.place.line >= 1 && error.place.column >= 1)
      return
    }
    let canonical = document.canonicalBytes
    let again = try? Document(json: canonical)
    #expect(again?.canonicalBytes == canonical && again?.value == document.value)
    for node in document.root.elements { #expect(document.root.node(at: node.pointer)?.index == node.index) }
  }

  private func checkJSON(_ bytes: [UInt8]) {
    check({ () throws(DocumentFault) in try Document(json: bytes) }, bytes.count)
  }

  private func checkYAML(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    check({ () throws(DocumentFault) in try Document(yaml: text) }, text.utf8.count)
  }

  @Test("every beginning of a JSON text but the whole is refused")
  func cutJSON() throws {
    for length in 0..<Self.json.count {
      #expect(throws: DocumentFault.self) { try Document(json: Array(Self.json[..<length])) }
    }
    _ = try Document(json: Self.json)
  }

  @Test("every beginning of a YAML text is read or refused")
  func cutYAML() throws {
    for length in 0...Self.yaml.count { checkYAML(Array(Self.yaml[..<length])) }
    #expect(try Document(yaml: String(decoding: Self.yaml, as: UTF8.self)).root.count == 3)
  }

  @Test("JSON texts that are changed", arguments: 0..<4 as Range<UInt64>)
  func mutatedJSON(seed: UInt64) {
    var generator = Generator(seed: seed)
    for _ in 0..<2500 {
      let text = generator.chance(30) ? generator.value().canonicalBytes : Self.json
      checkJSON(generator.mutated(text))
    }
  }

  @Test("YAML texts that are changed", arguments: 0..<4 as Range<UInt64>)
  func mutatedYAML(seed: UInt64) {
    var generator = Generator(seed: seed)
    for _ in 0..<1500 {
      let text = generator.chance(30) ? generator.value().canonicalBytes : Self.yaml
      checkYAML(generator.mutated(text))
    }
  }

  @Test("rows of characters that mean something", arguments: 0..<4 as Range<UInt64>)
  func soup(seed: UInt64) {
    var generator = Generator(seed: seed)
    let pieces = [
      "{", "}", "[", "]", ",", ":", " ", "\n", "- ", "? ", ": ", "\"", "'", "|", ">", "#", "&a", "*a", "!", "%", "@",
      "---\n", "...\n",
      "a", "1", "é", "\t", "<<", "\\", "  ", "~", "0x", ".inf", "\r", "-",
    ]
    for _ in 0..<2000 {
      let text = Array((0..<generator.number(1...14)).map { _ in generator.one(of: pieces) }.joined().utf8)
      checkJSON(text)
      checkYAML(text)
    }
  }

  @Test("canonical texts mean the same to both readers")
  func bothReaders() throws {
    var generator = Generator(seed: 9)
    for _ in 0..<500 {
      let value = generator.value()
      let text = value.canonicalText
      #expect(try Document(yaml: text).value == value, "\(text)")
    }
  }
}
