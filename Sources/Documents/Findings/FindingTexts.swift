/// What findings say to people, by code and language.
///
/// A text has placeholders such as `{name}` for the finding's arguments. Targets above add theirs to
/// `FindingTexts.documents`.
public struct FindingTexts: Sendable {
  /// Texts of one code, by language.
  public typealias Translations = [String: String]

  /// The language that every code has.
  public static let fallback = "en"

  private var texts: [String: Translations]

  public init(_ texts: [String: Translations] = [:]) { self.texts = texts }

  public var codes: [String] { texts.keys.sorted() }

  /// The texts of a code; empty for an unknown one.
  public subscript(code: String) -> Translations { texts[code] ?? [:] }

  /// Takes over all texts of `others`, which win where both have one.
  public mutating func add(_ others: FindingTexts) {
    texts.merge(others.texts) { own, other in own.merging(other) { _, new in new } }
  }

  public func adding(_ others: FindingTexts) -> FindingTexts {
    var sum = self
    sum.add(others)
    return sum
  }

  /// What a finding says in a language (BCP 47), else in that language without its region, else in English; its code
  /// where there is nothing at all. A placeholder without an argument stays as it is.
  public func text(of finding: Finding, in language: String) -> String {
    let translations = self[finding.code]
    let plain = language.split(separator: "-").first.map(String.init) ?? language
    let text = translations[language] ?? translations[plain] ?? translations[Self.fallback]
    guard let text else { return finding.code }
    return Self.fill(text, finding.arguments)
  }

  private static func fill(_ text: String, _ arguments: [String: JSONValue]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}") else { break }
      let argument = arguments[String(rest[rest.index(after: open)..<close])]
      // What is filled in is not looked at again.
      result += argument.map { $0.string ?? $0.canonicalText } ?? String(rest[...close])
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
