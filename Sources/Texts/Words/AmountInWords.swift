extension Language {
  /// Languages that have words for numbers. Of the others the forms of 0 to 99 are disputed or change with what follows;
  /// they are refused rather than guessed.
  public static let withWords: [Language] = [.english, .hindi, .bengali]

  /// Whether no native reader has looked at the words of a language in `withWords` yet.
  public var wordsNeedReview: Bool { self == .bengali }

  /// An amount in words by the Indian system, as on an invoice or a cheque:
  /// "Rupees Two Lakh Thirty Five Thousand Three Hundred Sixty Two and Fifty Paise Only".
  ///
  /// Rupees are left out when there are only paise, and paise when there are none. A hundred lakh crore is not a word of its own:
  /// what is more than a crore of crores is counted in crores again ("One Lakh Crore", "Two Crore Crore").
  ///
  /// - Parameter paise: Any amount; one below zero begins with "Minus".
  /// - Returns: nil for a language that is not in `withWords`: its forms are not known for sure here.
  public func words(ofPaise paise: Int64) -> String? {
    guard let words = NumberWords.words(of: self) else { return nil }
    let (rupees, rest) = paise.magnitude.quotientAndRemainder(dividingBy: 100)
    var buffer = TextBuffer(reserving: 256)
    func form(_ word: CountedWord, _ count: UInt64) -> String { word.form(for: count == 1 ? .one : .other) }
    if paise < 0 { buffer.append(words.minus) }
    if rupees > 0 || rest == 0 {
      buffer.append(words.rupeesInFront)
      words.append(rupees, to: &buffer)
      buffer.append(form(words.rupeesBehind, rupees))
    }
    if rest > 0 {
      if rupees > 0 { buffer.append(words.and) }
      words.append(rest, to: &buffer)
      buffer.append(form(words.paisa, rest))
    }
    buffer.append(words.only)
    return buffer.text
  }

  /// A number in words by the Indian system, without "and": "Twelve Lakh Thirty Four Thousand Five Hundred Sixty Seven".
  ///
  /// - Returns: nil for a language that is not in `withWords`.
  public func words(of number: UInt64) -> String? {
    guard let words = NumberWords.words(of: self) else { return nil }
    var buffer = TextBuffer(reserving: 256)
    words.append(number, to: &buffer)
    return buffer.text
  }
}
