import Fiscal

/// Texts that should be identifiers: arbitrary ones are refused, or have a canonical form, which is its own.
///
/// Input: the text; what is not UTF-8 is replaced.
enum Identifiers {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let text = String(decoding: bytes, as: UTF8.self)
    for format in IdentifierFormat.allCases {
      guard let canonical = try? format.canonical(text) else {
        try must(format.fault(in: text) != nil, "\(format): refused without a fault")
        continue
      }
      try must((try? format.canonical(canonical)) == canonical, "\(format): the canonical form is another one")
      try must(format.fault(in: canonical) == nil, "\(format): the canonical form has a fault")
      try must(canonical.utf8.count <= 321, "\(format): a canonical form without bound")
    }
    if let date = CivilDate(text) { try must(date.description == text, "a date comes back as another one") }
    if let number = try? GSTIN(text), let pan = number.pan {
      try must(number.text.dropFirst(2).prefix(10) == pan.text, "a number without its PAN")
    }
  }
}
