/// A language of India in which texts are made, with what its texts need. Nothing is taken from the machine: the same call gives the same
/// text everywhere.
public enum Language: String, CaseIterable, Hashable, Sendable {
  // The raw value is the BCP 47 tag.
  case english = "en"
  case hindi = "hi"
  case bengali = "bn"
  case tamil = "ta"
  case telugu = "te"
  case marathi = "mr"
  case gujarati = "gu"
  case kannada = "kn"
  case malayalam = "ml"
  case punjabi = "pa"
  case odia = "or"
  case assamese = "as"
  case urdu = "ur"

  /// BCP 47.
  public var tag: String { rawValue }

  /// The language of a tag, whose script and region do not matter: `hi`, `hi-IN`, `hi-Deva-IN`. Nil for any other language.
  public init?(tag: String) {
    let primary = tag.prefix { $0 != "-" && $0 != "_" }
    self.init(rawValue: primary.lowercased())
  }

  public var script: Script {
    switch self {
    case .english: .latin
    case .hindi, .marathi: .devanagari
    case .bengali, .assamese: .bengali
    case .tamil: .tamil
    case .telugu: .telugu
    case .gujarati: .gujarati
    case .kannada: .kannada
    case .malayalam: .malayalam
    case .punjabi: .gurmukhi
    case .odia: .odia
    case .urdu: .arabic
    }
  }
}
