import Documents
import Testing

@testable import Mappings

@Suite("Generated texts through mappings")
struct GeneratedTests {
  private static let alphabet: [Character] = Array("ab01<>&\"'=+-@,;\t\n\r ]/?!#%\u{0}\u{1}\u{7F}\u{85}\u{FFFE}₹नी😀")

  private func text(_ random: inout Seeded) -> String {
    String((0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in Self.alphabet.randomElement(using: &random) })
  }

  /// Every text that is written is read back by the strict readers as it was, but for what XML cannot say.
  @Test("what is written is well-formed, and says what it was made of")
  func roundTrips() throws {
    var random = Seeded(state: 11)
    for _ in 0..<3_000 {
      let words = (0..<3).map { _ in text(&random) }
      let value: JSONValue = [["a": .string(words[0]), "b": .string(words[1])], ["a": .string(words[2]), "b": "x"]]
      let csv = try CSVOutput(separator: 0x2C, guardsFormulas: false).bytes(of: value, ["a", "b"])
      if !words.joined().contains("\0") {
        let tree = try InputTree(csv, .csv(separator: 0x2C, skip: 0))
        #expect(texts("a", tree) == [words[0], words[2]])
        #expect(texts("b", tree) == [words[1], "x"])
      }
      let guarded = try CSVOutput(separator: 0x2C, guardsFormulas: true).bytes(of: value, ["a", "b"])
      if !words.joined().contains("\0") {
        for cell in texts("a", try InputTree(guarded, .csv(separator: 0x2C, skip: 0))) {
          #expect(!CSVOutput.isFormula(cell))
        }
      }
      let form = try FormOutput.bytes(of: ["a": .string(words[0]), "b": .string(words[1])])
      if !words[..<2].joined().contains("\0") {
        let tree = try InputTree(form, .form)
        #expect(texts("a", tree) == [words[0]])
        #expect(texts("b", tree) == [words[1]])
      }
      let xml = try XMLOutput.bytes(of: [
        "r": ["@a": .string(words[0]), "b": .array([.string(words[1]), .string(words[2])])]
      ])
      let tree = try InputTree(xml, .xml)
      #expect(texts("/r/@a", tree) == [sayable(words[0])])
      #expect(texts("/r/b", tree) == [sayable(words[1]), sayable(words[2])])
    }
  }

  private func texts(_ path: String, _ tree: InputTree) -> [String] {
    var work = 10_000
    return tree.nodes(at: InputPath(path)!, from: 0, &work).map { tree.nodes[$0].text }
  }

  private func sayable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(XMLCharacters.isCharacter(scalar) ? scalar : "\u{FFFD}") }
    return String(result)
  }

  /// Bytes of good texts are changed, taken out, doubled and swapped.
  private func mutated(_ text: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...4, using: &random) where !text.isEmpty {
      let place = text.indices.randomElement(using: &random)!
      switch Int.random(in: 0..<5, using: &random) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &random)
      case 1: text.remove(at: place)
      case 2: text.insert(text.randomElement(using: &random)!, at: place)
      case 3: text.swapAt(place, text.indices.randomElement(using: &random)!)
      default: text[place] = Array("<>&\"',;=%/0129.-\n".utf8).randomElement(using: &random)!
      }
    }
    return text
  }

  @Test(
    "no text traps, and each gives operations or errors, never both",
    arguments: ["bank-payouts", "collection-form", "order", "vouchers-in"])
  func total(_ name: String) throws {
    let mapping = try Samples.mapping(name)
    let good: [UInt8]
    switch name {
    case "bank-payouts": good = try Samples.golden("bank-payouts.csv")
    case "vouchers-in": good = try Samples.golden("vouchers-in.xml")
    case "order":
      good = Array(
        #"{"order":{"number":"42","buyer":"10","seller":"20","total":"150.00","parts":[{"position":1,"price":150,"until":"01-Apr-2026"}]}}"#
          .utf8)
    default: good = Array("order_id=42&status=CREDITED&amount=1500.05&utr=UTR%201".utf8)
    }
    #expect(!(try mapping.operations(good).operations.isEmpty))
    var random = Seeded(state: 3)
    var goodCount = 0
    for _ in 0..<5_000 {
      let request = try mapping.operations(mutated(good, &random))
      #expect(request.operations.isEmpty == request.findings.hasErrors)
      if !request.operations.isEmpty { goodCount += 1 }
      for finding in request.findings.kept {
        #expect(!FindingTexts.mappings.adding(.documents)[finding.code].isEmpty, "\(finding.code)")
      }
    }
    // Else nothing of what is good was tried.
    #expect(goodCount > 50)
  }

  /// A second, slower reading of the CSV: lines, cells, and sums digit by digit.
  @Test("sums of mutated texts are those that stand there")
  func sums() throws {
    let mapping = try Samples.mapping("bank-payouts")
    var random = Seeded(state: 5)
    var compared = 0
    for _ in 0..<4_000 {
      let amounts = (0..<3).map { _ in amount(&random) }
      let rows = amounts.enumerated().map { "\($0 + 1),1,1,\($1.contains(",") ? "\"\($1)\"" : $1),Success,U\($0)" }
      let text = "Contract,Milestone,Attempt,Amount,Status,UTR\n" + rows.joined(separator: "\n")
      let request = try mapping.operations(text)
      let expected = amounts.map { paise($0) }
      if expected.contains(nil) {
        #expect(request.operations.isEmpty, "\(amounts)")
      } else if request.operations.isEmpty {
        Issue.record("\(amounts): \(request.findings.kept.map(\.code))")
      } else {
        #expect(request.operations.map { $0.members["amount"]?.integer } == expected, "\(amounts)")
        compared += 1
      }
    }
    #expect(compared > 300)
  }

  private func amount(_ random: inout Seeded) -> String {
    var text = String(UInt64.random(in: 0...9_999_999, using: &random))
    if Bool.random(using: &random) { text += "." + String(UInt64.random(in: 0...120, using: &random)) }
    if Int.random(in: 0..<6, using: &random) == 0, let place = text.indices.randomElement(using: &random) {
      text.insert(["-", ",", ".", "e", " ", "0"].randomElement(using: &random)!, at: place)
    }
    return text
  }

  /// What a careful person would take the text for; nil for none.
  private func paise(_ text: String) -> Int64? {
    let text = text.trimmingPrefix(while: { $0 == " " })
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, var whole = parts.first.map(String.init), !whole.isEmpty else { return nil }
    if whole.hasPrefix("-") {
      guard let zero = Int64(whole.dropFirst()), zero == 0, parts.count == 1 || Int64(parts[1]) == 0 else { return nil }
      whole.removeFirst()
    }
    if whole.contains(",") {
      let groups = whole.split(separator: ",", omittingEmptySubsequences: false).map(\.count)
      guard groups.allSatisfy({ $0 > 0 }), groups.last == 3, groups[0] <= 3 else { return nil }
      let inner = groups.dropFirst().dropLast()
      guard inner.allSatisfy({ $0 == 2 }) && groups[0] <= 2 || inner.allSatisfy({ $0 == 3 }) else { return nil }
      whole = whole.replacing(",", with: "")
    }
    guard whole.allSatisfy(\.isNumber), let rupees = Int64(whole) else { return nil }
    guard parts.count == 2 else { return rupees * 100 }
    let fraction = String(parts[1])
    guard !fraction.isEmpty, fraction.allSatisfy(\.isNumber), fraction.dropFirst(2).allSatisfy({ $0 == "0" }) else {
      return nil
    }
    return rupees * 100 + Int64((fraction + "0").prefix(2))!
  }
}
