/// The texts of a document by key and language, all compiled and checked. English is the source: it has every key, and what another language
/// lacks is shown in English.
public struct MessageCatalog: Sendable {
  /// One text as it is written.
  public struct Entry: Hashable, Sendable {
    /// MessageFormat 2.
    public var source: String
    /// Nobody has looked at it yet who speaks the language: a machine's translation.
    public var needsReview: Bool

    public init(_ source: String, needsReview: Bool = false) {
      self.source = source
      self.needsReview = needsReview
    }
  }

  /// Keys of one catalog.
  public static let keyCountMax = 10_000

  private var messages: [Language: [String: Message]] = [:]
  private var reviews: [Language: Set<String>] = [:]

  /// - Throws: everything that is wrong, by key and language.
  public init(_ entries: [Language: [String: Entry]]) throws(CatalogFaults) {
    let keyCount = entries.values.map(\.count).max() ?? 0
    guard keyCount <= Self.keyCountMax else {
      throw CatalogFaults([.init(key: "", language: .english, kind: .tooManyKeys)])
    }
    var faults: [CatalogFault] = []
    for (language, texts) in entries {
      messages[language] = [:]
      for (key, entry) in texts {
        do throws(MessageFault) {
          let message = try Message(entry.source)
          messages[language]?[key] = message
          // This needs no arguments to be seen, whatever else does.
          let faultsWithout = message.faults(with: [:], in: language)
          if let fault = faultsWithout.first(where: { $0.kind == .unknownFunction }) { throw fault }
        } catch {
          faults.append(.init(key: key, language: language, kind: .message(error)))
        }
      }
      reviews[language] = Set(texts.filter(\.value.needsReview).keys)
    }
    for (language, texts) in messages where language != .english {
      for (key, message) in texts {
        guard entries[.english]?[key] != nil else {
          faults.append(.init(key: key, language: language, kind: .notInSource))
          continue
        }
        // When the source is no message, that is fault enough.
        guard let source = messages[.english]?[key] else { continue }
        guard let fault = Self.difference(of: message, from: source) else { continue }
        faults.append(.init(key: key, language: language, kind: fault))
      }
    }
    guard faults.isEmpty else { throw CatalogFaults(faults) }
  }

  private static func difference(of message: Message, from source: Message) -> CatalogFault.Kind? {
    let (names, sourceNames) = (Set(message.placeholders), Set(source.placeholders))
    guard names != sourceNames else { return nil }
    return .placeholders(
      missing: sourceNames.subtracting(names).sorted(), unknown: names.subtracting(sourceNames).sorted())
  }

  /// Sorted.
  public var keys: [String] { messages[.english]?.keys.sorted() ?? [] }

  /// Those that have a text at least, in the order of `Language.allCases`.
  public var languages: [Language] { Language.allCases.filter { messages[$0]?.isEmpty == false } }

  /// Keys without a text of the language, sorted: they are shown in English.
  public func missingKeys(in language: Language) -> [String] {
    keys.filter { messages[language]?[$0] == nil }
  }

  /// Keys whose text of the language nobody has looked at yet, sorted.
  public func keysToReview(in language: Language) -> [String] { reviews[language]?.sorted() ?? [] }

  /// The message of a key, and the language that it is in: English when the one that is asked for has none. Nil when there is no such key.
  public func message(_ key: String, in language: Language) -> (message: Message, language: Language)? {
    if let message = messages[language]?[key] { return (message, language) }
    return messages[.english]?[key].map { ($0, .english) }
  }

  /// The text of a key. Nil when there is no such key.
  public func text(
    _ key: String, _ arguments: [String: MessageArgument] = [:], in language: Language,
    options: MessageOptions = MessageOptions()
  ) -> MessageText? {
    message(key, in: language).map { $0.message.text(arguments, in: $0.language, options: options) }
  }
}
