import Testing

@testable import Documents

@Suite("Findings")
struct FindingTests {
  @Test("every code of readers and patches has a text in English and Hindi")
  func allCodes() {
    let texts = FindingTexts.documents.adding(.patches)
    let codes = DocumentFault.Code.allCases.map(\.rawValue) + JSONPatchFault.Code.allCases.map(\.rawValue)
    #expect(texts.codes == codes.sorted())
    for code in codes {
      #expect(texts[code].keys.sorted() == ["en", "hi"], "\(code)")
      // Both languages say what the arguments are.
      let placeholders = texts[code].values.map { text in
        Set(text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != "}" } })
      }
      #expect(Set(placeholders).count == 1, "\(code)")
    }
  }

  @Test("a text is filled in once, in the language asked for or else in English")
  func rendering() throws {
    var texts = FindingTexts.documents
    texts.add(FindingTexts(["a.b": ["en": "{x} of {y}, {missing}, {", "hi-IN": "{y}: {x}"]]))
    let finding = Finding("a.b", arguments: ["x": "{y}", "y": [1, .number(JSONNumber("2.5")!)]])
    #expect(texts.text(of: finding, in: "en") == "{y} of [1,2.5], {missing}, {")
    #expect(texts.text(of: finding, in: "hi-IN") == "[1,2.5]: {y}")
    #expect(texts.text(of: finding, in: "ta") == "{y} of [1,2.5], {missing}, {")
    #expect(texts.text(of: Finding("none"), in: "en") == "none")
    let fault = #expect(throws: DocumentFault.self) { try Document(json: Array(#"{"a":1,"a":2}"#.utf8)) }
    let found = Finding(try #require(fault))
    #expect(texts.text(of: found, in: "en-GB") == "The name \"a\" is there twice, first at 1:2.")
    #expect(texts.text(of: found, in: "hi") == "नाम \"a\" दो बार है, पहली बार 1:2 पर।")
  }

  @Test("a finding about a node knows its pointer and place")
  func node() throws {
    let document = try Document(json: Array("{\"a\":[0,\n1]}".utf8))
    let node = try #require(document.root.member("a")?.element(1))
    let finding = Finding("x.y", .warning, at: node, witness: 3)
    #expect(finding.pointer.description == "/a/1" && finding.place?.description == "2:1")
    #expect(finding.level == .warning && finding.witness == 3)
  }

  @Test("a hundred are kept, the others counted")
  func bounds() {
    var findings = Findings()
    #expect(findings.isEmpty && !findings.hasErrors)
    for index in 0..<150 { findings.add(Finding("c.\(index)", index < 20 ? .warning : .error)) }
    #expect(findings.kept.count == 100 && findings.droppedCount == 50 && findings.count == 150)
    #expect(findings.isFull && findings.errorCount == 130)
    var sum = Findings()
    sum.add(Finding("first"))
    sum.add(contentsOf: findings)
    #expect(sum.kept.count == 100 && sum.count == 151 && sum.errorCount == 131)
  }
}
