import Testing

@testable import Mappings

@Suite("CSV, forms and JSON in")
struct TextInputTests {
  private func read(_ text: String, _ format: InputFormat) throws -> InputTree {
    try InputTree(Array(text.utf8), format)
  }

  private func texts(_ path: String, _ tree: InputTree) throws -> [String] {
    var work = 1_000
    return tree.nodes(at: try #require(InputPath(path)), from: 0, &work).map { tree.nodes[$0].text }
  }

  @Test("cells by their column")
  func csv() throws {
    let tree = try read("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\r\n\r\n2,\n", .csv(separator: 0x2C, skip: 0))
    #expect(try texts("a", tree) == ["1", "2"])
    #expect(try texts("b", tree) == ["x,\"y\"\r\nz", ""])
    let other = try read("made by a bank\nfor you\na;b\n1;2", .csv(separator: 0x3B, skip: 2))
    #expect(try texts("b", other) == ["2"])
    #expect(other.path(of: 1) == "/[1]")
    #expect(other.place(of: 3).line == 4)
    #expect(other.place(of: 3).column == 3)
    #expect(try read("a,b\n", .csv(separator: 0x2C, skip: 0)).nodes.count == 1)
  }

  @Test(
    "what is no such CSV is refused",
    arguments: [
      ("", "csv.no-header", 0), ("a,a\n1,2", "csv.header-twice", 2), ("a,b\n1", "csv.cell-count", 4),
      ("a,b\n1,2,3", "csv.cell-count", 4), ("a\nx\"y", "csv.character", 3), ("a\n\"x", "csv.open-quote", 2),
      ("a\n\"x\"y", "csv.behind-quote", 5), ("a\rb", "csv.character", 1), ("a\n\0", "csv.character", 2),
    ])
  func noCSV(_ text: String, _ code: String, _ offset: Int) {
    let fault = #expect(throws: InputFault.self) { try read(text, .csv(separator: 0x2C, skip: 0)) }
    #expect(fault?.code == code)
    #expect(fault?.offset == offset)
  }

  @Test("fields of a form")
  func form() throws {
    let tree = try read("a=1+2&b=%E2%82%B9%26&&c&a=3", .form)
    #expect(try texts("a", tree) == ["1 2", "3"])
    #expect(try texts("b", tree) == ["₹&"])
    #expect(try texts("c", tree) == [""])
  }

  @Test(
    "what is no form is refused",
    arguments: [
      ("a=%", "form.escape", 2), ("a=%2", "form.escape", 2), ("a=%zz", "form.escape", 2), ("a=%FF", "form.text", 2),
      ("a=%00", "form.text", 2), ("a=b c", "form.character", 3), ("ä=1", "form.character", 0),
    ])
  func noForm(_ text: String, _ code: String, _ offset: Int) {
    let fault = #expect(throws: InputFault.self) { try read(text, .form) }
    #expect(fault?.code == code)
    #expect(fault?.offset == offset)
  }

  @Test("members, elements and digits of JSON")
  func json() throws {
    let tree = try read(#"{"a":[{"b":1.50},{"b":true}],"c/d":"x","e":12345678901234567890}"#, .json)
    #expect(try texts("a/b", tree) == ["1.5", "true"])
    #expect(try texts("a/1/b", tree) == ["true"])
    #expect(try texts("a/2/b", tree) == [])
    #expect(try texts("/c~1d", tree) == ["x"])
    #expect(try texts("e", tree) == ["12345678901234567890"])
    #expect(fault(Array(#"{"a":1,"a":2}"#.utf8), .json) == "document.duplicate-name")
  }

  @Test("work ends where the bound is, whatever the path")
  func work() throws {
    let tree = try read("a\n" + String(repeating: "1\n", count: 10_000), .csv(separator: 0x2C, skip: 0))
    var work = 100
    _ = tree.nodes(at: try #require(InputPath("a")), from: 0, &work)
    #expect(work < 0)
  }

  @Test("what is no path is refused", arguments: ["", "a//b", "a/", "//", "a/^", "a~2", "./a", "/."])
  func noPath(_ text: String) { #expect(InputPath(text) == nil) }
}
