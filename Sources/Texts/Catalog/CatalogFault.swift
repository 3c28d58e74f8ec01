/// What is wrong with one text of a catalog.
public struct CatalogFault: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// It is no message or names a function that there is not, and why.
    case message(MessageFault)
    /// It asks for other arguments than the English text.
    case placeholders(missing: [String], unknown: [String])
    /// There is no English text of this key.
    case notInSource
    /// More than `MessageCatalog.keyCountMax`; key and language say nothing.
    case tooManyKeys
  }

  public var key: String
  public var language: Language
  public var kind: Kind
}

/// Everything that is wrong with a catalog.
public struct CatalogFaults: Error, Hashable, Sendable {
  /// One at least, sorted by key, then in the order of `Language.allCases`.
  public let faults: [CatalogFault]

  init(_ faults: [CatalogFault]) {
    let order = Dictionary(uniqueKeysWithValues: Language.allCases.enumerated().map { ($1, $0) })
    self.faults = faults.sorted { ($0.key, order[$0.language] ?? 0) < ($1.key, order[$1.language] ?? 0) }
  }
}
