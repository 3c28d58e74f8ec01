public import Documents

/// A schema of JSON Schema 2020-12, compiled once, for values of documents.
///
/// A value that fits costs no memory, but for what cannot be said without: a number with a fraction against a bound or
/// `multipleOf`, an array of more than 16 elements under `uniqueItems`, marks of `unevaluatedItems` and
/// `unevaluatedProperties`, and patterns without a table of states. A value that does not is walked through a second
/// time, for the findings.
///
/// Checking is bounded whatever the schema says: in depth (`depthMax`) and in schemas that are looked at
/// (`visitCountMax`). A value that would need more does not fit, and a finding says why.
public struct Schema: Sendable {
  let program: SchemaProgram

  /// Schemas around each other, references included, while a value is checked.
  public static let depthMax = 600
  /// Schemas that are looked at for one value.
  public static let visitCountMax = 5_000_000

  /// Compiles a schema.
  ///
  /// - Parameters:
  ///   - uri: what its relative references are resolved against, unless it has an `$id` of its own.
  ///   - bundle: the documents that it may refer to.
  /// - Throws: the first fault of it or of what it refers to.
  public init(
    _ value: JSONValue, uri: String = "schema:/root", bundle: SchemaBundle = SchemaBundle(),
    options: SchemaOptions = SchemaOptions()
  ) throws(SchemaFault) {
    var bundle = bundle
    try bundle.register(value, as: uri)
    let place = SchemaPlace(document: bundle.documents.count - 1, pointer: .root)
    program = try SchemaCompiler.program(of: place, in: bundle, options)
  }

  /// Compiles a schema of a bundle.
  ///
  /// - Throws: `unresolvedReference` when there is none, and what the other initialiser throws.
  public init(
    at uri: String, in bundle: SchemaBundle, options: SchemaOptions = SchemaOptions()
  ) throws(SchemaFault) {
    guard let place = bundle.place(of: uri, from: "") else {
      throw SchemaFault(.unresolvedReference, in: uri, at: .root, ["reference": .string(uri)])
    }
    program = try SchemaCompiler.program(of: place, in: bundle, options)
  }

  /// Whether the value fits.
  public func accepts(_ value: DocumentNode) -> Bool {
    var validator = Validator(program)
    return validator.accepts(value)
  }

  /// What does not fit: nothing for a value that does.
  public func findings(of value: DocumentNode) -> Findings {
    if accepts(value) { return Findings() }
    var validator = Validator(program)
    return validator.explain(value)
  }
}
