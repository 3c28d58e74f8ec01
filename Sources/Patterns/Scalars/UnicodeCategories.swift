/// General categories and their groups, as sets of code points.
enum UnicodeCategories {
  static func set(named name: String) -> ScalarSet? {
    guard let short = shortNames[name] else { return nil }
    var ranges: [ClosedRange<UInt32>] = []
    for (category, part) in rangesByCategory where belongs(category, to: short) { ranges += part }
    return ScalarSet(ranges)
  }

  /// A group is named by the first letter of its members; LC are the cased letters.
  private static func belongs(_ category: String, to name: String) -> Bool {
    name == "LC" ? ["Lu", "Ll", "Lt"].contains(category) : category.hasPrefix(name)
  }

  /// All names of a category or group, the short one first.
  private static let names: [[String]] = [
    ["C", "Other"], ["Cc", "Control", "cntrl"], ["Cf", "Format"], ["Cn", "Unassigned"], ["Co", "Private_Use"],
    ["Cs", "Surrogate"], ["L", "Letter"], ["LC", "Cased_Letter"], ["Ll", "Lowercase_Letter"],
    ["Lm", "Modifier_Letter"], ["Lo", "Other_Letter"], ["Lt", "Titlecase_Letter"], ["Lu", "Uppercase_Letter"],
    ["M", "Mark", "Combining_Mark"], ["Mc", "Spacing_Mark"], ["Me", "Enclosing_Mark"], ["Mn", "Nonspacing_Mark"],
    ["N", "Number"], ["Nd", "Decimal_Number", "digit"], ["Nl", "Letter_Number"], ["No", "Other_Number"],
    ["P", "Punctuation", "punct"], ["Pc", "Connector_Punctuation"], ["Pd", "Dash_Punctuation"],
    ["Pe", "Close_Punctuation"], ["Pf", "Final_Punctuation"], ["Pi", "Initial_Punctuation"],
    ["Po", "Other_Punctuation"], ["Ps", "Open_Punctuation"], ["S", "Symbol"], ["Sc", "Currency_Symbol"],
    ["Sk", "Modifier_Symbol"], ["Sm", "Math_Symbol"], ["So", "Other_Symbol"], ["Z", "Separator"],
    ["Zl", "Line_Separator"], ["Zp", "Paragraph_Separator"], ["Zs", "Space_Separator"],
  ]

  private static let shortNames: [String: String] = {
    var short: [String: String] = [:]
    for row in names {
      for name in row { short[name] = row[0] }
    }
    return short
  }()

  /// Made once, by one walk over all code points.
  private static let rangesByCategory: [String: [ClosedRange<UInt32>]] = {
    var byCategory: [String: [ClosedRange<UInt32>]] = [:]
    var start: UInt32 = 0
    var running = category(of: 0)
    for value in 1...ScalarSet.scalarMax {
      let category = category(of: value)
      guard category != running else { continue }
      byCategory[shortName(of: running), default: []].append(start...value - 1)
      (start, running) = (value, category)
    }
    byCategory[shortName(of: running), default: []].append(start...ScalarSet.scalarMax)
    return byCategory
  }()

  /// Planes 4 to 13 have no character and planes 15 and 16 are for private use: asking about each of them takes most
  /// of the time of a walk. Their last two code points are no characters.
  static func isUniform(_ value: UInt32) -> Bool {
    (0x40000..<0xE0000 ~= value || value >= 0xF0000) && value & 0xFFFF < 0xFFFE
  }

  static func category(of value: UInt32) -> Unicode.GeneralCategory {
    if isUniform(value) { return value < 0xF0000 ? .unassigned : .privateUse }
    // A surrogate is no scalar.
    return Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
  }

  private static func shortName(of category: Unicode.GeneralCategory) -> String {
    switch category {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    case .surrogate: "Cs"
    @unknown default: "Cn"
    }
  }
}
