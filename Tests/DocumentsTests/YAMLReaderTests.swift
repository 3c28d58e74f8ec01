import Foundation
import Testing

@testable import Documents

@Suite("Reading YAML")
struct YAMLReaderTests {
  private static let folder = Conformance.folder("serverless-workflow")

  @Test("a text has the value of its JSON, and one digest with it")
  func value() throws {
    let document = try Document(
      yaml: """
        # Comment & more *text* !
        kind: template
        name: "works"        # quoted
        amount: '12345678.50'
        share: 2500
        note: |
          Two lines & *stars*
            and !marks
        folded: >-
          one
          two
        list: [1, two, {three: 3.50}, [], {}]
        nested:
        - a: 1
          b:
          - x
          - - y
            - z
        - null
        empty:
        1: number
        no: word
        "<<": quoted
        """)
    let expected = try JSONValue.read(
      #"{"kind":"template","name":"works","amount":"12345678.50","share":2500,"note":"Two lines & *stars*\n  and !marks\n","#
        + #""folded":"one two","list":[1,"two",{"three":3.5},[],{}],"nested":[{"a":1,"b":["x",["y","z"]]},null],"empty":null,"#
        + #""1":"number","no":"word","<<":"quoted"}"#)
    #expect(document.value == expected)
    #expect(DocumentDigest(of: document) == DocumentDigest(of: expected))
    #expect(document.root.members.map { $0.name.string ?? "" }.prefix(3) == ["kind", "name", "amount"])
  }

  @Test(
    "unquoted scalars have the meaning of the 1.2 core schema",
    arguments: [
      ("no", "\"no\""), ("on", "\"on\""), ("yes", "\"yes\""), ("y", "\"y\""), ("12:30", "\"12:30\""), ("010", "10"),
      ("0o17", "15"), ("0x1F", "31"), ("0xff", "255"), ("-0x1", "\"-0x1\""), ("0b1", "\"0b1\""), ("1_000", "\"1_000\""),
      ("+12", "12"), ("-7", "-7"), ("-0", "0"), ("1.50", "1.5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"),
      ("-1.5E-3", "-0.0015"), ("1e", "\"1e\""), (".", "\".\""), ("+", "\"+\""), ("-.5", "-0.5"), ("e3", "\"e3\""),
      ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("nULL", "\"nULL\""), ("true", "true"),
      ("True", "true"), ("TRUE", "true"), ("tRUE", "\"tRUE\""), ("false", "false"), ("FALSE", "false"),
      ("None", "\"None\""),
      ("2001-01-01", "\"2001-01-01\""), ("1.2.3", "\"1.2.3\""), ("0x", "\"0x\""), ("0o8", "\"0o8\""), ("\"\"", "\"\""),
      ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", "9223372036854775808"), ("=", "\"=\""),
      ("'1'", "\"1\""), ("\"true\"", "\"true\""), ("a & b * c ! d", "\"a & b * c ! d\""), ("nan", "\"nan\""),
    ])
  func scalars(text: String, canonical: String) throws {
    #expect(try Document(yaml: text).value == JSONValue.read(canonical))
    #expect(try Document(yaml: "k: \(text)").value == ["k": JSONValue.read(canonical)])
    #expect(try Document(yaml: "[\(text)]").value == [JSONValue.read(canonical)])
  }

  @Test(
    "what is no value of ours is refused with code and place",
    arguments: [
      ("a: &x 1\nb: 2", "yaml.indicator", "1:4"), ("a: 1\nb: *x", "yaml.indicator", "2:4"),
      ("[1,*x]", "yaml.indicator", "1:4"),
      ("a: !!str 1", "yaml.indicator", "1:4"), ("- !t x", "yaml.indicator", "1:3"), ("! a", "yaml.indicator", "1:1"),
      ("&a [*a]", "yaml.indicator", "1:1"), ("*a : 1", "yaml.indicator", "1:1"), ("? &x\n: 1", "yaml.indicator", "1:3"),
      ("x: {\"a\":*b}", "yaml.indicator", "1:9"), ("é😀: &a", "yaml.indicator", "1:5"),
      ("<<: {a: 1}", "yaml.merge-key", "1:1"), ("b:\n  <<: 1", "yaml.merge-key", "2:3"),
      ("a\n---\nb", "yaml.several-documents", "2:1"), ("a\n...\n---\nb", "yaml.several-documents", "3:1"),
      ("%YAML 1.2\n---\na", "yaml.directive", "1:1"), ("# c\n%TAG ! t:\n---\na", "yaml.directive", "2:1"),
      ("a: 1\nb: 2\na: 3", "document.duplicate-name", "3:1"), ("{a: 1, \"a\": 2}", "document.duplicate-name", "1:2"),
      ("x:\n  b: 1\n  c:\n    b: 2\n  'b': 3", "document.duplicate-name", "5:3"),
      ("? [a]\n: 1", "yaml.key", "1:3"), ("? {a: 1}\n: 1", "yaml.key", "1:3"), ("?\n: 1", "yaml.key", "1:2"),
      ("a: .inf", "yaml.not-finite", "1:4"), ("- -.INF", "yaml.not-finite", "1:3"), (".NaN", "yaml.not-finite", "1:1"),
      ("1e999", "document.number-out-of-bounds", "1:1"), ("0xFFFFFFFFFFFFFFFF", "document.number-out-of-bounds", "1:1"),
      ("", "document.empty", "1:1"), ("# nothing\n", "document.empty", "2:1"),
      ("\u{FEFF}a", "document.byte-order-mark", "1:1"),
      ("a: \u{7}", "yaml.character", "1:4"), ("é: a\u{2028}b", "yaml.character", "1:5"),
      ("a\u{85}b", "yaml.character", "1:2"),
      ("a\u{FEFF}", "yaml.character", "1:2"), ("a\u{FFFE}", "yaml.character", "1:2"),
      ("a: [1", "yaml.syntax", "1:6"), ("a: 'x", "yaml.syntax", "1:6"), ("a: b: c", "yaml.syntax", "1:5"),
      ("\tb: 1", "yaml.syntax", "1:1"),
      ("@a", "yaml.syntax", "1:1"), ("a: `b", "yaml.syntax", "1:4"), ("\"\\q\"", "yaml.syntax", "1:2"),
    ])
  func refused(text: String, code: String, place: String) {
    let fault = #expect(throws: DocumentFault.self) { try Document(yaml: text) }
    #expect(fault?.code.rawValue == code)
    #expect(fault?.place.description == place)
  }

  @Test("two same keys are named by both places where they stand line by line")
  func duplicates() {
    let fault = #expect(throws: DocumentFault.self) { try Document(yaml: "x:\n  b: 1\n  b: 2") }
    #expect(fault?.otherPlace?.description == "2:3" && fault?.arguments == ["name": "b", "first": "2:3"])
  }

  @Test("characters that could be indicators are text inside texts, comments and keys")
  func indicatorsInText() throws {
    let text = "\"*\": 1\n\"&\": 2\n'!': 3 # &a *a !a\na &b: *\nc: |\n  &a\n  *a\nd: '&a *a'\n"
    #expect(throws: DocumentFault.self) { try Document(yaml: text) }
    let fixed = text.replacingOccurrences(of: ": *\n", with: ": a*\n")
    #expect(
      try Document(yaml: fixed).value == [
        "*": 1, "&": 2, "!": 3, "a &b": "a*", "c": "&a\n*a\n", "d": "&a *a",
      ])
  }

  @Test("places are those of the text, in code points and UTF-16 units")
  func places() throws {
    let document = try Document(yaml: "é😀: x\r\nb:\r\n  - \"😀\"\r\n  - {c: 1}\n")
    let root = document.root
    #expect(root.member("é😀")?.place == TextPlace(byteOffset: 8, line: 1, column: 5, columnUTF16: 6))
    #expect(root.member("b")?.place.description == "3:3")
    #expect(root.member("b")?.element(0)?.place.description == "3:5")
    #expect(JSONPointer("/b/1/c").flatMap(root.node)?.place.description == "4:9")
    #expect(root.members.map(\.name.place.description) == ["1:1", "2:1"])
  }

  @Test("aliases that would make a tree of any size are refused before there is a tree")
  func bomb() {
    let lines = (1...40).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]" }
    let fault = #expect(throws: DocumentFault.self) {
      try Document(yaml: "a0: &a0 [x,x]\n" + lines.joined(separator: "\n") + "\n? *a40\n: 1\n")
    }
    #expect(fault?.code == .yamlIndicator && fault?.place.description == "1:5")
  }

  @Test("depth is bounded, in flow and in blocks")
  func depth() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try Document(yaml: nested(64)).valueCount == 64)
    let blocks = (0..<990).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    for text in [
      nested(65), nested(990), nested(5000), String(repeating: "- ", count: 990), blocks,
      String(repeating: "{a: ", count: 3000),
    ] {
      let fault = #expect(throws: DocumentFault.self) { try Document(yaml: text) }
      #expect(fault?.code == .tooDeep, "\(text.prefix(8))")
    }
  }

  @Test(
    "the workflows of the reference data are read",
    .enabled(if: folder != nil, "../shared/conformance is not beside the checkout"))
  func workflows() throws {
    let folder = try #require(Self.folder)
    var count = 0
    let files = try Conformance.files(in: folder.appending(path: "examples"), "yaml")
    for file in files + [folder.appending(path: "workflow.schema.yaml")] {
      let text = String(decoding: try Conformance.bytes(file), as: UTF8.self)
      let document = try Document(yaml: text)
      #expect(document.root.kind == .object, "\(file.lastPathComponent)")
      #expect(try Document(json: document.canonicalBytes).value == document.value)
      count += 1
    }
    #expect(count == 35)
    for file in try Conformance.files(in: folder.appending(path: "ctk"), "feature") {
      for text in Self.blocks(of: String(decoding: try Conformance.bytes(file), as: UTF8.self)) {
        _ = try Document(yaml: text)
        count += 1
      }
    }
    #expect(count > 60, "\(count)")
    let events = folder.appending(path: "examples/schedule-event-driven.yaml")
    let schedule = try Document(yaml: String(decoding: Conformance.bytes(events), as: UTF8.self)).root.member(
      "schedule")
    #expect(schedule?.member("on")?.kind == .object)
  }

  /// The YAML texts inside of a feature file, without their indentation.
  private static func blocks(of feature: String) -> [String] {
    var (blocks, current): ([String], [Substring]?) = ([], nil)
    for line in feature.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.drop { $0 == " " }
      if let lines = current, content.hasPrefix("\"\"\"") {
        let indent = lines.filter { $0.contains { $0 != " " } }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        blocks.append(lines.map { $0.dropFirst(indent) }.joined(separator: "\n"))
        current = nil
      } else if content.hasPrefix("\"\"\"yaml") {
        current = []
      } else {
        current?.append(line)
      }
    }
    return blocks
  }
}
