import Documents
import Testing

@testable import Mappings

@Suite("Answers through mappings")
struct ResponseMappingTests {
  @Test("events become vouchers, exactly")
  func vouchers() throws {
    let output = try Samples.mapping("vouchers").output(Samples.golden("events.json"))
    #expect(output.findings.isEmpty, "\(output.findings.kept)")
    #expect(output.string == String(decoding: try Samples.golden("vouchers.xml"), as: UTF8.self))
  }

  @Test("contracts become a table")
  func table() throws {
    let page =
      #"{"items":[{"contract":"42","state":"ACTIVE","payer":"10","payee":"20","value":123456789,"buckets":{"held":5,"paid_out":0}}],"commit":"7"}"#
    let output = try Samples.mapping("contracts").output(page)
    #expect(
      output.string == "Contract,State,Payer,Payee,Value,Held,Paid out\r\n42,ACTIVE,10,20,1234567.89,0.05,0.00\r\n")
  }

  private func mapping(_ format: String, _ value: String) throws -> Mapping {
    try Mapping(text: "mapping: 1\ndirection: response\noutput: { format: \(format) }\nvalue: \(value)")
  }

  @Test("JSON keeps what is a number, and makes one line for each member")
  func json() throws {
    let mapping = try mapping(
      "json", "{ object: { a: { from: x }, b: { from: y }, c: { from: z, optional: true }, d: { count: x } } }")
    #expect(try mapping.output(#"{"x":1.50,"y":true}"#).string == "{\n  \"a\": 1.5,\n  \"b\": true,\n  \"d\": 1\n}\n")
  }

  @Test("a form has its fields escaped")
  func form() throws {
    let mapping = try mapping("form", "{ object: { \"a b\": { from: x }, c: { list: y, each: { from: . } } } }")
    #expect(try mapping.output(#"{"x":"1&2=₹ +","y":["p",2]}"#).string == "a+b=1%262%3D%E2%82%B9+%2B&c=p&c=2")
  }

  @Test(
    "a text that a spreadsheet would compute with is kept from it",
    arguments: [
      ("=1+1", "\"'=1+1\""), ("@SUM(A1)", "\"'@SUM(A1)\""), ("+cmd", "\"'+cmd\""), ("-1+2", "\"'-1+2\""),
      ("-12.50", "-12.50"),
      ("+919999999999", "+919999999999"), (" =1", "\"' =1\""), ("＝1", "\"'＝1\""), ("a=1", "a=1"), ("-", "\"'-\""),
      ("x\"y", "\"x\"\"y\""), ("x,y", "\"x,y\""),
      ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
    ])
  func formulas(_ text: String, _ cell: String) throws {
    let mapping = try mapping("csv", "{ list: items, each: { object: { a: { from: a } } } }")
    let document = JSONValue.object(
      {
        var o = JSONObject(); o["items"] = [["a": .string(text)]]; return o
      }())
    #expect(try mapping.output(document.canonicalBytes).string == "a\r\n\(cell)\r\n")
    let plain = try self.mapping("csv, guards_formulas: false", "{ list: items, each: { object: { a: { from: a } } } }")
    #expect(try plain.output(document.canonicalBytes).string?.contains("'") == false)
  }

  @Test("what a format has no place for is a finding")
  func nested() throws {
    let csv = try mapping("csv", "{ list: items, each: { object: { a: { array: [1, 2] } } } }")
    #expect(try csv.output(#"{"items":[1]}"#).findings.kept.map(\.code) == ["output.nested"])
    let rupees = try mapping("json", "{ from: a, as: rupees }")
    #expect(try rupees.output(#"{"a":1.5}"#).findings.kept.map(\.code) == ["value.not-integer"])
    #expect(try rupees.output(#"{"a":1"#).findings.kept.map(\.code) == ["document.cut"])
    let nothing = try mapping("json", "{ from: a, optional: true }")
    #expect(try nothing.output("{}").findings.kept.map(\.code) == ["output.nothing"])
  }

  @Test("what is made of a small document is bounded")
  func bounds() throws {
    let mapping = try mapping(
      "json", "{ list: items, each: { list: /items, each: { list: /items, each: { from: . } } } }")
    let document = #"{"items":["# + (0..<1_000).map { "\($0)" }.joined(separator: ",") + "]}"
    let output = try mapping.output(document)
    #expect(output.text == nil)
    #expect(output.findings.kept.contains { $0.code == "mapping.too-much" })
  }
}
