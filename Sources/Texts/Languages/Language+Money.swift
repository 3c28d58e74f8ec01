/// A word that changes with its number.
struct CountedWord: Hashable, Sendable {
  var one: String
  var other: String

  init(_ one: String, _ other: String? = nil) {
    self.one = one
    self.other = other ?? one
  }

  func form(for category: PluralCategory) -> String { category == .one ? one : other }
}

extension Language {
  /// 1,00,000.
  var lakh: CountedWord {
    switch self {
    case .english: CountedWord("lakh")
    case .hindi, .marathi: CountedWord("लाख")
    case .bengali, .assamese: CountedWord("লাখ")
    case .tamil: CountedWord("லட்சம்")
    case .telugu: CountedWord("లక్ష", "లక్షలు")
    case .gujarati: CountedWord("લાખ")
    case .kannada: CountedWord("ಲಕ್ಷ")
    case .malayalam: CountedWord("ലക്ഷം")
    case .punjabi: CountedWord("ਲੱਖ")
    case .odia: CountedWord("ଲକ୍ଷ")
    case .urdu: CountedWord("لاکھ")
    }
  }

  /// 1,00,00,000.
  var crore: CountedWord {
    switch self {
    case .english: CountedWord("crore")
    case .hindi: CountedWord("करोड़")
    case .marathi: CountedWord("कोटी")
    case .bengali, .assamese: CountedWord("কোটি")
    case .tamil: CountedWord("கோடி")
    case .telugu: CountedWord("కోటి", "కోట్లు")
    case .gujarati: CountedWord("કરોડ")
    case .kannada: CountedWord("ಕೋಟಿ")
    case .malayalam: CountedWord("കോടി")
    case .punjabi: CountedWord("ਕਰੋੜ")
    case .odia: CountedWord("କୋଟି")
    case .urdu: CountedWord("کروڑ")
    }
  }

  /// The rupee, written behind a number. (In front of one it is the sign U+20B9, directly and in every language.)
  var rupee: CountedWord {
    switch self {
    case .english: CountedWord("rupee", "rupees")
    case .hindi, .marathi: CountedWord("रुपया", "रुपये")
    case .bengali: CountedWord("টাকা")
    case .assamese: CountedWord("টকা")
    case .tamil: CountedWord("ரூபாய்", "ரூபாய்கள்")
    case .telugu: CountedWord("రూపాయి", "రూపాయలు")
    case .gujarati: CountedWord("રૂપિયા")
    case .kannada: CountedWord("ರೂಪಾಯಿ", "ರೂಪಾಯಿಗಳು")
    case .malayalam: CountedWord("രൂപ")
    case .punjabi: CountedWord("ਰੁਪਇਆ", "ਰੁਪਏ")
    case .odia: CountedWord("ଟଙ୍କା")
    case .urdu: CountedWord("روپیہ", "روپے")
    }
  }
}
