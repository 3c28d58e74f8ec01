/// Words of a text, as they are looked for: letters, marks and digits, in lower case, code point by code point. Joiners
/// are left out, so that words of Indian scripts are the same with and without them.
enum Words {
  static let byteCountMax = 64

  /// In their order, also several times. What a word has behind 64 bytes does not count.
  static func list(in text: String) -> [String] {
    var (words, word): ([String], String) = ([], "")
    for scalar in text.unicodeScalars where scalar != "\u{200C}" && scalar != "\u{200D}" {
      guard isPart(scalar) else {
        if !word.isEmpty { words.append(word) }
        word = ""
        continue
      }
      let lower = scalar.properties.lowercaseMapping
      if word.utf8.count + lower.utf8.count <= byteCountMax { word += lower }
    }
    return word.isEmpty ? words : words + [word]
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
