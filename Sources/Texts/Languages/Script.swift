/// A script, by its ISO 15924 code.
public enum Script: String, CaseIterable, Hashable, Sendable {
  case latin = "Latn"
  case devanagari = "Deva"
  case bengali = "Beng"
  case tamil = "Taml"
  case telugu = "Telu"
  case gujarati = "Gujr"
  case kannada = "Knda"
  case malayalam = "Mlym"
  case gurmukhi = "Guru"
  case odia = "Orya"
  case arabic = "Arab"

  public var direction: TextDirection { self == .arabic ? .rightToLeft : .leftToRight }

  /// The digit zero; nine more follow it in Unicode. That of Arabic is the one of Urdu and Persian.
  var zero: Unicode.Scalar {
    switch self {
    case .latin: "0"
    case .devanagari: "\u{966}"
    case .bengali: "\u{9E6}"
    case .tamil: "\u{BE6}"
    case .telugu: "\u{C66}"
    case .gujarati: "\u{AE6}"
    case .kannada: "\u{CE6}"
    case .malayalam: "\u{D66}"
    case .gurmukhi: "\u{A66}"
    case .odia: "\u{B66}"
    case .arabic: "\u{6F0}"
    }
  }
}

/// The way that a text runs.
public enum TextDirection: Hashable, Sendable { case leftToRight, rightToLeft }

/// Which digits numbers are written with.
public enum DigitStyle: Hashable, Sendable {
  /// 0 to 9, which is the custom for money in all languages of India.
  case latin
  /// Those of the language's script.
  case native
}

extension Language {
  /// The digit zero of a style.
  func zero(_ style: DigitStyle) -> Unicode.Scalar { style == .latin ? "0" : script.zero }
}
