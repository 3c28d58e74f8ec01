/// The words of a language for numbers, by the Indian system.
struct NumberWords: Sendable {
  /// For 0 to 99.
  let small: [String]
  let hundred: String
  let thousand: String
  let lakh: String
  let crore: String

  // Of amounts, with the spaces that part them from what is around them.
  let minus: String
  /// In front of the number, as in English, or empty.
  let rupeesInFront: String
  /// Behind the number, as in Hindi, or empty.
  let rupeesBehind: CountedWord
  let and: String
  let paisa: CountedWord
  let only: String

  /// Nil for a language whose words are not known here.
  static func words(of language: Language) -> NumberWords? {
    switch language {
    case .english: english
    case .hindi: hindi
    case .bengali: bengali
    default: nil
    }
  }

  func append(_ number: UInt64, to buffer: inout TextBuffer) {
    guard number > 0 else { return buffer.append(small[0]) }
    let (crores, rest) = number.quotientAndRemainder(dividingBy: 1_00_00_000)
    if crores > 0 {
      // A number of crores, which may be more than a crore itself: three calls deep at most, as 64 bits end before a crore of crores of crores.
      append(crores, to: &buffer)
      buffer.append(" ")
      buffer.append(crore)
      if rest > 0 { buffer.append(" ") }
    }
    appendBelowCrore(Int(rest), to: &buffer)
  }

  /// - Parameter number: 0 to 99,99,999. There are no words for 0.
  private func appendBelowCrore(_ number: Int, to buffer: inout TextBuffer) {
    var rest = number
    for (size, name) in [(1_00_000, lakh), (1_000, thousand), (100, hundred)] where rest >= size {
      buffer.append(small[rest / size])
      buffer.append(" ")
      buffer.append(name)
      rest %= size
      if rest > 0 { buffer.append(" ") }
    }
    if rest > 0 { buffer.append(small[rest]) }
  }
}
