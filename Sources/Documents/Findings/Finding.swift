/// One thing that a check has to say about a document.
public struct Finding: Hashable, Sendable {
  public enum Level: String, CaseIterable, Sendable {
    /// The document cannot be used.
    case error
    /// It can, but somebody should look.
    case warning
    case information
  }

  /// Stable, in the style `schema.required`: texts, tests and programs know findings by it.
  public var code: String
  public var level: Level
  /// The value that it is about.
  public var pointer: JSONPointer
  /// Where that value is in the text, when there is a text.
  public var place: TextPlace?
  /// For the text by `code`.
  public var arguments: [String: JSONValue]
  /// An input with which it goes wrong.
  public var witness: JSONValue?
  /// A change of the document that puts it right.
  public var fix: JSONPatch?

  public init(
    _ code: String, _ level: Level = .error, at pointer: JSONPointer = .root, place: TextPlace? = nil,
    arguments: [String: JSONValue] = [:], witness: JSONValue? = nil, fix: JSONPatch? = nil
  ) {
    self.code = code
    self.level = level
    self.pointer = pointer
    self.place = place
    self.arguments = arguments
    self.witness = witness
    self.fix = fix
  }

  /// About a node: its pointer and place are those of the finding.
  public init(
    _ code: String, _ level: Level = .error, at node: DocumentNode, arguments: [String: JSONValue] = [:],
    witness: JSONValue? = nil, fix: JSONPatch? = nil
  ) {
    self.init(
      code, level, at: node.pointer, place: node.place, arguments: arguments, witness: witness, fix: fix)
  }

  /// Why a text is no document.
  public init(_ fault: DocumentFault) {
    self.init(fault.code.rawValue, place: fault.place, arguments: fault.arguments)
  }
}
