import Documents
import Testing

@testable import Mappings

@Suite("Requests through mappings")
struct RequestMappingTests {
  private func text(_ request: MappedRequest) -> [String] {
    request.operations.map { JSONValue.object($0.members).canonicalText }
  }

  @Test("a bank's CSV becomes results of payouts")
  func payouts() throws {
    let mapping = try Samples.mapping("bank-payouts")
    let request = try mapping.operations(Samples.golden("bank-payouts.csv"))
    #expect(request.findings.isEmpty, "\(request.findings.kept)")
    #expect(request.operations.map(\.line) == [2, 3, 4])
    let members = request.operations.map(\.members)
    #expect(members.map { $0["outcome"] } == ["settled", "failed", "returned"])
    #expect(members.map { $0["amount"] } == [12_500_000, 450_050, 9_999])
    #expect(members.map { $0["attempt"] } == [1, 1, nil])
    #expect(members.map { $0["reference"] } == ["AXISN26040112345", nil, "AXISN26040112399"])
    // The same row is the same operation, another row another one.
    let again = try mapping.operations(Samples.golden("bank-payouts.csv"))
    #expect(text(again) == text(request))
    #expect(Set(members.compactMap { $0["id"]?.string }).count == 3)
    #expect(members[0]["id"]?.string?.utf8.dropFirst(14).first == 0x38)
  }

  @Test("a form becomes a deposit")
  func form() throws {
    let request = try Samples.mapping("collection-form").operations(
      "order_id=42&status=CREDITED&amount=1500.05&utr=UTR%201")
    #expect(request.operations.count == 1)
    #expect(request.operations[0].members["amount"] == 150_005)
    #expect(request.operations[0].members["reference"] == "UTR 1")
    let none = try Samples.mapping("collection-form").operations("order_id=42&status=FAILED&amount=1&utr=1")
    #expect(none.findings.kept.map(\.code) == ["mapping.no-operations"])
  }

  @Test("vouchers become deposits, one for each line of the bank's")
  func vouchers() throws {
    let request = try Samples.mapping("vouchers-in").operations(Samples.golden("vouchers-in.xml"))
    #expect(request.findings.isEmpty, "\(request.findings.kept)")
    #expect(request.operations.map { $0.members["amount"] } == [150_000, 5])
    #expect(request.operations.map { $0.members["contract"] } == ["42", "42"])
    #expect(request.operations.map { $0.members["reference"] } == ["UTR1", "UTR2"])
    #expect(request.operations.map(\.line) == [8, 9])
  }

  private let order =
    #"{"order":{"number":"42","buyer":"10","seller":"20","total":"150.00","parts":[{"position":1,"price":100,"until":"01-Apr-2026"},{"position":2,"price":"50.00","until":"01-May-2026"}]}}"#

  @Test("an order becomes one chain, and only if its parts add up")
  func chain() throws {
    let mapping = try Samples.mapping("order")
    let request = try mapping.operations(order)
    #expect(request.findings.isEmpty, "\(request.findings.kept)")
    #expect(
      request.operations.map { $0.members["operation"] } == [
        "create_contract", "add_milestone", "add_milestone", "offer",
      ])
    #expect(request.operations.map { $0.members["linked"] } == [true, true, true, nil])
    #expect(request.operations[1].members["due"] == "2026-03-31T18:30:00.000Z")
    let wrong = try mapping.operations(order.replacing("150.00", with: "150.01"))
    #expect(wrong.operations.isEmpty)
    #expect(wrong.findings.kept.map(\.code) == ["mapping.check"])
  }

  @Test("a chain ends with its row, whatever the last rule says")
  func chainEnds() throws {
    let mapping = try Mapping(
      text: """
        mapping: 1
        direction: request
        input: { format: csv }
        names: { more: { from: more } }
        operations:
          - { operation: offer, linked: true, members: { contract: { from: c } } }
          - { operation: accept, linked: true, when: more == "y", members: { contract: { from: c } } }
        """)
    let request = try mapping.operations("c,more\n1,y\n2,n\n")
    #expect(request.operations.map { $0.members["linked"] } == [true, nil, nil])
  }

  @Test(
    "what is wrong is found at its place, and then there are no operations",
    arguments: [
      ("4500.5", "4500.555", "value.too-precise", 3, 8), ("4500.5", "", "value.missing", 3, 8),
      ("4500.5", "-1", "value.negative", 3, 8), ("4500.5", "12 lakh", "value.not-decimal", 3, 8),
      ("Failed", "Faild", "value.no-such-word", 3, 15), ("43,1,2", "43,one,2", "value.not-integer", 4, 4),
      (",AXISN26040112399", ",", "value.missing", 4, 23), ("Milestone", "Mile", "value.missing", 2, 1),
    ])
  func places(_ part: String, _ wrong: String, _ code: String, _ line: Int, _ column: Int) throws {
    let text = String(decoding: try Samples.golden("bank-payouts.csv"), as: UTF8.self).replacing(part, with: wrong)
    let request = try Samples.mapping("bank-payouts").operations(text)
    #expect(request.operations.isEmpty)
    let finding = try #require(request.findings.kept.first)
    #expect(finding.code == code)
    #expect(finding.place?.line == line)
    #expect(finding.place?.column == column)
    let shown = FindingTexts.mappings.text(of: finding, in: "en")
    #expect(!shown.contains("{"), "\(shown)")
  }

  @Test("several where one is meant, and values where a text is meant, are findings")
  func shapes() throws {
    let mapping = try Samples.mapping("order")
    #expect(
      try mapping.operations(order.replacing(#""number":"42""#, with: #""number":["1","2"]"#)).findings.kept.contains {
        $0.code == "value.several"
      })
    #expect(
      try mapping.operations(order.replacing(#""number":"42""#, with: #""number":{}"#)).findings.kept.contains {
        $0.code == "value.no-text"
      })
    let xml = try Samples.mapping("vouchers-in")
    let text = String(decoding: try Samples.golden("vouchers-in.xml"), as: UTF8.self)
    #expect(
      try xml.operations(text.replacing("<REFERENCE>42", with: "<REFERENCE><X>4</X>")).findings.kept.contains {
        $0.code == "xml.wrong-end"
      } == false)
    #expect(
      try xml.operations(text.replacing("<REFERENCE>42<", with: "<REFERENCE><X/><")).findings.kept.contains {
        $0.code == "value.no-text"
      })
  }

  @Test("operations, work and values are bounded")
  func bounds() throws {
    let row = "42,1,1,1.00,Success,U\n"
    let header = "Contract,Milestone,Attempt,Amount,Status,UTR\n"
    let mapping = try Samples.mapping("bank-payouts")
    #expect(try mapping.operations(header + String(repeating: row, count: 8_190)).operations.count == 8_190)
    let many = try mapping.operations(header + String(repeating: row, count: 20_000))
    #expect(many.operations.isEmpty)
    #expect(many.findings.kept.map(\.code) == ["mapping.too-many-operations"])
    let square = try Mapping(
      text: """
        mapping: 1
        direction: request
        input: { format: csv }
        operations: [{ operation: offer, members: { amount: { sum: /a, as: integer } } }]
        """)
    let text = "a\n" + String(repeating: "1\n", count: 8_000)
    #expect(try square.operations(text).findings.kept.contains { $0.code == "mapping.too-much" })
  }
}
