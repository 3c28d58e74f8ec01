/// Sets of code points by the names that Unicode gives them (PropertyAliases.txt, PropertyValueAliases.txt), from the
/// properties that the standard library knows.
enum UnicodeProperties {
  /// - Parameter allowsBareScript: whether a script may be named without `Script=`, as in RE2.
  /// - Returns: nil for a name that is not known. Names are as Unicode writes them, case and all.
  static func set(named text: String, allowsBareScript: Bool) -> ScalarSet? {
    if let equals = text.firstIndex(of: "=") {
      let value = String(text[text.index(after: equals)...])
      switch text[..<equals] {
      case "General_Category", "gc": return UnicodeCategories.set(named: value)
      case "Script", "sc": return UnicodeScripts.set(named: value)
      default: return nil
      }
    }
    if let set = UnicodeCategories.set(named: text) { return set }
    switch text {
    case "Any": return .all
    case "ASCII": return ScalarSet([0...0x7F])
    case "Assigned": return UnicodeCategories.set(named: "Cn")?.complement
    default: break
    }
    if let set = binarySet(named: text) { return set }
    return allowsBareScript ? UnicodeScripts.set(named: text) : nil
  }

  private static func binarySet(named name: String) -> ScalarSet? {
    switch name {
    case "Alphabetic", "Alpha": alphabetic
    case "ASCII_Hex_Digit", "AHex": asciiHexDigit
    case "Case_Ignorable", "CI": caseIgnorable
    case "Cased": cased
    case "Dash": dash
    case "Default_Ignorable_Code_Point", "DI": defaultIgnorableCodePoint
    case "Diacritic", "Dia": diacritic
    case "Emoji": emoji
    case "Emoji_Modifier", "EMod": emojiModifier
    case "Emoji_Modifier_Base", "EBase": emojiModifierBase
    case "Emoji_Presentation", "EPres": emojiPresentation
    case "Extender", "Ext": extender
    case "Grapheme_Base", "Gr_Base": graphemeBase
    case "Grapheme_Extend", "Gr_Ext": graphemeExtend
    case "Hex_Digit", "Hex": hexDigit
    case "ID_Continue", "IDC": idContinue
    case "ID_Start", "IDS": idStart
    case "Ideographic", "Ideo": ideographic
    case "Join_Control", "Join_C": joinControl
    case "Lowercase", "Lower": lowercase
    case "Math": math
    case "Noncharacter_Code_Point", "NChar": noncharacterCodePoint
    case "Pattern_White_Space", "Pat_WS": patternWhitespace
    case "Quotation_Mark", "QMark": quotationMark
    case "Sentence_Terminal", "STerm": sentenceTerminal
    case "Soft_Dotted", "SD": softDotted
    case "Terminal_Punctuation", "Term": terminalPunctuation
    case "Uppercase", "Upper": uppercase
    case "Variation_Selector", "VS": variationSelector
    case "White_Space", "space": whitespace
    case "XID_Continue", "XIDC": xidContinue
    case "XID_Start", "XIDS": xidStart
    default: nil
    }
  }

  // Each is made when it is first asked for, and kept.
  private static let alphabetic = set { $0.isAlphabetic }
  private static let asciiHexDigit = set { $0.isASCIIHexDigit }
  private static let caseIgnorable = set { $0.isCaseIgnorable }
  private static let cased = set { $0.isCased }
  private static let dash = set { $0.isDash }
  private static let defaultIgnorableCodePoint = set { $0.isDefaultIgnorableCodePoint }
  private static let diacritic = set { $0.isDiacritic }
  private static let emoji = set { $0.isEmoji }
  private static let emojiModifier = set { $0.isEmojiModifier }
  private static let emojiModifierBase = set { $0.isEmojiModifierBase }
  private static let emojiPresentation = set { $0.isEmojiPresentation }
  private static let extender = set { $0.isExtender }
  private static let graphemeBase = set { $0.isGraphemeBase }
  private static let graphemeExtend = set { $0.isGraphemeExtend }
  private static let hexDigit = set { $0.isHexDigit }
  private static let idContinue = set { $0.isIDContinue }
  private static let idStart = set { $0.isIDStart }
  private static let ideographic = set { $0.isIdeographic }
  private static let joinControl = set { $0.isJoinControl }
  private static let lowercase = set { $0.isLowercase }
  private static let math = set { $0.isMath }
  private static let noncharacterCodePoint = set { $0.isNoncharacterCodePoint }
  private static let patternWhitespace = set { $0.isPatternWhitespace }
  private static let quotationMark = set { $0.isQuotationMark }
  private static let sentenceTerminal = set { $0.isSentenceTerminal }
  private static let softDotted = set { $0.isSoftDotted }
  private static let terminalPunctuation = set { $0.isTerminalPunctuation }
  private static let uppercase = set { $0.isUppercase }
  private static let variationSelector = set { $0.isVariationSelector }
  private static let whitespace = set { $0.isWhitespace }
  private static let xidContinue = set { $0.isXIDContinue }
  private static let xidStart = set { $0.isXIDStart }

  /// Walks over all code points: some ten milliseconds.
  private static func set(_ property: (Unicode.Scalar.Properties) -> Bool) -> ScalarSet {
    var ranges: [ClosedRange<UInt32>] = []
    var start: UInt32?
    for value in 0...ScalarSet.scalarMax {
      // What is empty or private has no property.
      let isMember =
        !UnicodeCategories.isUniform(value) && Unicode.Scalar(value).map { property($0.properties) } ?? false
      if isMember {
        start = start ?? value
      } else if let first = start {
        ranges.append(first...value - 1)
        start = nil
      }
    }
    if let start { ranges.append(start...ScalarSet.scalarMax) }
    return ScalarSet(ranges)
  }
}
