/// The classes that have a name of one letter or between colons.
extension ScalarSet {
  static let digit = ScalarSet([0x30...0x39])
  /// Letters, digits and the underscore of ASCII, in both dialects.
  static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let lineFeed = ScalarSet(0x0A)

  /// ECMA-262, "LineTerminator".
  private static let lineTerminators = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
  /// ECMA-262, "WhiteSpace" and "LineTerminator": the tabs, space separators and U+FEFF.
  private static let ecmaSpace = ScalarSet([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  private static let re2Space = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

  static func space(_ dialect: PatternDialect) -> ScalarSet { dialect == .ecma ? ecmaSpace : re2Space }

  static func dot(_ dialect: PatternDialect, isAll: Bool) -> ScalarSet {
    if isAll { return all }
    return dialect == .ecma ? lineTerminators.complement : lineFeed.complement
  }

  /// POSIX names with ASCII meaning (RE2's syntax page).
  static let posixClasses: [(name: String, set: ScalarSet)] = [
    ("alnum", ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])),
    ("alpha", ScalarSet([0x41...0x5A, 0x61...0x7A])),
    ("ascii", ScalarSet([0x00...0x7F])),
    ("blank", ScalarSet([0x09...0x09, 0x20...0x20])),
    ("cntrl", ScalarSet([0x00...0x1F, 0x7F...0x7F])),
    ("digit", digit),
    ("graph", ScalarSet([0x21...0x7E])),
    ("lower", ScalarSet([0x61...0x7A])),
    ("print", ScalarSet([0x20...0x7E])),
    ("punct", ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])),
    ("space", ScalarSet([0x09...0x0D, 0x20...0x20])),
    ("upper", ScalarSet([0x41...0x5A])),
    ("word", word),
    ("xdigit", ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])),
  ]
}
