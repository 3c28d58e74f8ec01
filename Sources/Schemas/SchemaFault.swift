public import Documents

/// Why a schema cannot be used, and where.
public struct SchemaFault: Error, Hashable, Sendable {
  /// Stable: texts, tests and programs know faults by it.
  public enum Code: String, CaseIterable, Sendable {
    /// Neither an object nor true or false.
    case notASchema = "schema.fault.not-a-schema"
    /// A keyword with a value that it cannot have.
    case wrongValue = "schema.fault.wrong-value"
    /// Strict schemas only.
    case unknownKeyword = "schema.fault.unknown-keyword"
    /// Strict schemas only.
    case unknownFormat = "schema.fault.unknown-format"
    case unknownVocabulary = "schema.fault.unknown-vocabulary"
    case unresolvedReference = "schema.fault.unresolved-reference"
    case duplicateIdentifier = "schema.fault.duplicate-identifier"
    case badPattern = "schema.fault.bad-pattern"
    case tooDeep = "schema.fault.too-deep"
    case tooLarge = "schema.fault.too-large"
  }

  public let code: Code
  /// The resource that the schema belongs to.
  public let uri: String
  /// The place in its document.
  public let pointer: JSONPointer
  /// For the text by `code`.
  public let arguments: [String: JSONValue]

  init(_ code: Code, in uri: String, at pointer: JSONPointer, _ arguments: [String: JSONValue] = [:]) {
    self.code = code
    self.uri = uri
    self.pointer = pointer
    self.arguments = arguments
  }

  /// The fault as a finding about the document that holds the schema, with the place where the document's text is at
  /// hand. A word that is nearly a known one is put right by its fix.
  public func finding(in document: Document? = nil) -> Finding {
    var fix: JSONPatch?
    switch (code, arguments["near"], pointer.parent) {
    case (.unknownKeyword, .string(let near)?, let parent?):
      fix = JSONPatch([.move(from: pointer, to: parent.appending(near))])
    case (.unknownFormat, let near?, _): fix = JSONPatch([.replace(pointer, near)])
    default: break
    }
    let place = document?.root.node(at: pointer)?.place
    return Finding(code.rawValue, at: pointer, place: place, arguments: arguments, fix: fix)
  }
}
