import Testing

@testable import Documents

@Suite("Names that are there twice")
struct DuplicateNameTests {
  private func fault(_ text: String) -> DocumentFault? {
    do throws(DocumentFault) {
      _ = try Document(json: Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test("both places are named")
  func places() {
    let found = fault("{\"a\":1,\n\"b\":{\"x\":1,\n \"\\u0078\":2}}")
    #expect(found?.code == .duplicateName)
    #expect(found?.place.description == "3:2" && found?.otherPlace?.description == "2:6")
    #expect(found?.arguments == ["name": "x", "first": "2:6"])
  }

  @Test("names are the same by code points, not by looks")
  func codePoints() {
    #expect(fault("{\"\u{E9}\":1,\"e\u{301}\":2}") == nil)
    #expect(fault("{\"a\":{\"a\":{\"a\":1}},\"A\":1,\"\":2}") == nil)
    #expect(fault("{\"\":{},\"\":2}")?.code == .duplicateName)
  }

  @Test("they are found among few and among many, wherever they are", arguments: [2, 3, 15, 16, 17, 64, 1000])
  func counts(count: Int) {
    var generator = Generator(seed: UInt64(count))
    for _ in 0..<20 {
      var names = (0..<count).map { "name-\($0)" }.shuffled(using: &generator)
      func text() -> String { "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}" }
      #expect(fault(text()) == nil)
      let pair = [generator.number(0...count - 1), generator.number(0...count - 1)].sorted()
      guard pair[0] != pair[1] else { continue }
      names[pair[0]] = names[pair[1]]
      let found = fault(text())
      #expect(found?.code == .duplicateName)
      #expect(found.flatMap { $0.otherPlace.map { $0.byteOffset } } ?? .max < found?.place.byteOffset ?? 0)
      #expect(found?.arguments["name"] == .string(names[pair[0]]))
    }
  }

  @Test("an object of very many names that begin alike is read")
  func many() {
    let prefix = String(repeating: "p", count: 16)
    let text = "{" + (0..<50_000).map { "\"\(prefix)\($0)\":0" }.joined(separator: ",") + "}"
    #expect(fault(text) == nil)
  }
}
