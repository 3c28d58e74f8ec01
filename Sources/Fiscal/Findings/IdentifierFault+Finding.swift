public import Documents

extension IdentifierFault {
  /// The code by which texts know it.
  public var code: String {
    switch self {
    case .length: "identifier.length"
    case .character: "identifier.character"
    case .part: "identifier.part"
    case .checkDigit: "identifier.check-digit"
    case .notListed: "identifier.not-listed"
    case .notCanonical: "identifier.not-canonical"
    }
  }

  public static let codes = [
    "identifier.character", "identifier.check-digit", "identifier.length", "identifier.not-canonical",
    "identifier.not-listed", "identifier.part",
  ]

  /// The fault of a text in a document. What is only written otherwise can be put right.
  public func finding(at node: DocumentNode) -> Finding {
    var arguments: [String: JSONValue] = [:]
    var fix: JSONPatch?
    switch self {
    case .length(let range): arguments = ["least": count(range.lowerBound), "most": count(range.upperBound)]
    case .character(let place): arguments = ["place": count(place)]
    case .part(let part): arguments = ["part": .string(part.rawValue)]
    case .checkDigit(let expected): arguments = ["expected": .string(String(expected))]
    case .notListed: break
    case .notCanonical(let text):
      arguments = ["text": .string(text)]
      fix = JSONPatch([.replace(node.pointer, .string(text))])
    }
    return Finding(code, at: node, arguments: arguments, fix: fix)
  }

  private func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}

extension FindingTexts {
  /// Texts of what is wrong with identifiers.
  public static let identifiers = FindingTexts([
    "identifier.length": [
      "en": "The text must have {least} to {most} characters.",
      "hi": "पाठ में {least} से {most} वर्ण होने चाहिए।",
    ],
    "identifier.character": [
      "en": "Character {place} cannot stand there.",
      "hi": "वर्ण {place} वहाँ नहीं हो सकता।",
    ],
    "identifier.part": [
      "en": "The part \"{part}\" of it does not exist.",
      "hi": "इसका भाग \"{part}\" मान्य नहीं है।",
    ],
    "identifier.check-digit": [
      "en": "The check digit should be {expected}; look for a typing error.",
      "hi": "जाँच अंक {expected} होना चाहिए; टंकण की भूल देखें।",
    ],
    "identifier.not-listed": [
      "en": "It has the right shape, but is not in the list.",
      "hi": "इसका रूप सही है, पर यह सूची में नहीं है।",
    ],
    "identifier.not-canonical": [
      "en": "Write it {text}.",
      "hi": "इसे {text} लिखें।",
    ],
  ])
}
