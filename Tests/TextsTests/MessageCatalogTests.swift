import Testing

@testable import Texts

@Suite("Message catalogs")
struct MessageCatalogTests {
  private typealias Entry = MessageCatalog.Entry

  @Test("a text of the language, else of English, else none")
  func fallback() throws {
    let catalog = try MessageCatalog([
      .english: ["due": Entry("Due: {$n :integer}"), "paid": Entry("Paid on {$day}")],
      .hindi: ["due": Entry("देय: {$n :integer}", needsReview: true)], .tamil: [:],
    ])
    let day: [String: MessageArgument] = ["day": .day(year: 2026, month: 4, day: 1)]
    #expect(catalog.text("due", ["n": .integer(100_000)], in: .hindi)?.text == "देय: 1,00,000")
    // What is shown in English is English throughout.
    #expect(catalog.text("paid", day, in: .hindi)?.text == "Paid on 1 April 2026")
    #expect(catalog.message("paid", in: .hindi)?.language == .english)
    #expect(catalog.text("none", in: .hindi) == nil)
    #expect(catalog.keys == ["due", "paid"])
    #expect(catalog.languages == [.english, .hindi])
    #expect(catalog.missingKeys(in: .hindi) == ["paid"])
    #expect(catalog.missingKeys(in: .odia) == ["due", "paid"])
    #expect(catalog.missingKeys(in: .english).isEmpty)
    #expect(catalog.keysToReview(in: .hindi) == ["due"])
    #expect(catalog.keysToReview(in: .english).isEmpty)
  }

  @Test("everything that is wrong is found, in a fixed order")
  func faults() throws {
    let english: [String: Entry] = [
      "broken": Entry("{"), "same": Entry("{$a} {$b}"), "plural": Entry(".input {$n :integer} .match $n * {{{$n}}}"),
    ]
    let hindi: [String: Entry] = [
      "broken": Entry("{$x}"), "same": Entry("{$a} {$c}"), "plural": Entry("{$n}"), "unknown": Entry("x"),
    ]
    let faults = #expect(throws: CatalogFaults.self) {
      try MessageCatalog([.english: english, .hindi: hindi, .tamil: ["same": Entry("}")]])
    }
    let broken = CatalogFault.Kind.message(.init(kind: .syntaxError, offset: 1, detail: "a value is missing"))
    let closed = CatalogFault.Kind.message(.init(kind: .syntaxError, offset: 0, detail: "'}' without '{'"))
    #expect(
      faults?.faults == [
        .init(key: "broken", language: .english, kind: broken),
        .init(key: "same", language: .hindi, kind: .placeholders(missing: ["b"], unknown: ["c"])),
        .init(key: "same", language: .tamil, kind: closed),
        .init(key: "unknown", language: .hindi, kind: .notInSource),
      ])
  }

  @Test("a function that there is not is found in any variant")
  func unknownFunction() {
    let source = ".input {$n :integer} .match $n 1 {{{$n}}} * {{{$n :plural}}}"
    let faults = #expect(throws: CatalogFaults.self) { try MessageCatalog([.english: ["key": Entry(source)]]) }
    let fault = MessageFault(kind: .unknownFunction, offset: 46, detail: ":plural is unknown")
    #expect(faults?.faults == [.init(key: "key", language: .english, kind: .message(fault))])
  }

  @Test("an empty catalog is one; too many keys are not")
  func sizes() throws {
    #expect(try MessageCatalog([:]).keys.isEmpty)
    let keys = (0...MessageCatalog.keyCountMax).map { ("key\($0)", Entry("x")) }
    let faults = #expect(throws: CatalogFaults.self) {
      try MessageCatalog([.english: Dictionary(uniqueKeysWithValues: keys)])
    }
    #expect(faults?.faults.map(\.kind) == [.tooManyKeys])
  }
}
