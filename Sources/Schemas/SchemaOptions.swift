/// How a schema is read.
public struct SchemaOptions: Sendable {
  /// Refuses keywords that are not known, but for those that begin with `x-`, and formats that the registry does not
  /// have. For schemas of our own: there an unknown word is a mistake in writing.
  public var isStrict: Bool
  /// Formats that are asserted. An empty registry asserts nothing: `format` is a remark then, as the standard says.
  public var formats: FormatRegistry

  public init(isStrict: Bool = false, formats: FormatRegistry = FormatRegistry()) {
    self.isStrict = isStrict
    self.formats = formats
  }
}
