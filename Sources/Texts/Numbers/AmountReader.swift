extension Language {
  /// Reads an amount that a person wrote: `₹5,00,000`, `-₹12.50`, `5 lakh`, `₹1.25 crore`, with digits of Latin or of this language, and the
  /// words of this language or English.
  ///
  /// ```
  /// amount = ["-"] ["₹"] digits ["." digits] [space (lakh / crore)]
  /// ```
  ///
  /// It is strict, because money depends on it: digits have no commas or all of them, nothing is rounded, and nothing is around it.
  ///
  /// - Returns: paise.
  /// - Throws: the first fault.
  public func paise(of text: String) throws(AmountFault) -> Int64 {
    var reader = try AmountReader(text, language: self)
    return try reader.amount()
  }
}

private struct AmountReader {
  private let scalars: [Unicode.Scalar]
  private let language: Language
  private var offset = 0
  /// Of the digits so far.
  private var zero: Unicode.Scalar?
  private var magnitude: UInt128 = 0

  /// The longest amount is far shorter.
  private static let byteCountMax = 256

  init(_ text: String, language: Language) throws(AmountFault) {
    guard text.utf8.count <= Self.byteCountMax else { throw AmountFault(kind: .outOfRange, offset: 0) }
    scalars = Array(text.unicodeScalars)
    self.language = language
  }

  private var next: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    offset += 1
    return true
  }

  mutating func amount() throws(AmountFault) -> Int64 {
    let isNegative = take("-")
    _ = take("\u{20B9}")
    let start = offset
    try integer()
    var fractionDigits: [(digit: UInt8, offset: Int)] = []
    if take(".") { fractionDigits = try fraction() }
    // Digits of the unit that is written, behind its point, of which each is a paisa at least.
    let placeCount = try unit()
    for (index, fraction) in fractionDigits.enumerated() where index >= placeCount && fraction.digit > 0 {
      throw AmountFault(kind: .belowPaisa, offset: fraction.offset)
    }
    for index in 0..<placeCount {
      try append(index < fractionDigits.count ? fractionDigits[index].digit : 0, from: start)
    }
    let limit = isNegative ? UInt128(Int64.min.magnitude) : UInt128(Int64.max)
    guard magnitude <= limit else { throw AmountFault(kind: .outOfRange, offset: start) }
    return Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude)
  }

  private mutating func append(_ digit: UInt8, from start: Int) throws(AmountFault) {
    // Above this it is out of range whatever follows; below, ten times as much is still a number.
    guard magnitude <= UInt128(UInt64.max) else { throw AmountFault(kind: .outOfRange, offset: start) }
    magnitude = magnitude * 10 + UInt128(digit)
  }

  /// The digit that is next, of the script of those before it.
  private mutating func digit() throws(AmountFault) -> UInt8? {
    guard let next else { return nil }
    for zero in [language.zero(.latin), language.zero(.native)] {
      guard next.value >= zero.value, next.value - zero.value < 10 else { continue }
      guard self.zero == nil || self.zero == zero else { throw AmountFault(kind: .foreignDigits, offset: offset) }
      self.zero = zero
      offset += 1
      return UInt8(next.value - zero.value)
    }
    guard next.properties.numericType != .decimal else { throw AmountFault(kind: .foreignDigits, offset: offset) }
    return nil
  }

  private mutating func integer() throws(AmountFault) {
    let start = offset
    var groups = [0]
    var lastComma = offset
    while true {
      if let digit = try digit() {
        try append(digit, from: start)
        groups[groups.count - 1] += 1
      } else if next == "," {
        // A first group of one or two digits, then groups of two: what is not so far is seen here, at its comma.
        let isFirst = groups.count == 1
        guard isFirst ? (1...2).contains(groups[0]) : groups[groups.count - 1] == 2 else {
          throw AmountFault(kind: groups == [0] ? .missingDigits : .badGrouping, offset: offset)
        }
        lastComma = offset
        groups.append(0)
        offset += 1
      } else {
        break
      }
    }
    guard groups != [0] else { throw AmountFault(kind: .missingDigits, offset: offset) }
    guard groups.count == 1 || groups[groups.count - 1] == 3 else {
      throw AmountFault(kind: .badGrouping, offset: lastComma)
    }
  }

  private mutating func fraction() throws(AmountFault) -> [(digit: UInt8, offset: Int)] {
    var digits: [(digit: UInt8, offset: Int)] = []
    while true {
      let place = offset
      guard let digit = try digit() else { break }
      digits.append((digit, place))
    }
    guard !digits.isEmpty else { throw AmountFault(kind: .missingDigits, offset: offset) }
    return digits
  }

  /// - Returns: the exponent of ten of the unit, in paise.
  private mutating func unit() throws(AmountFault) -> Int {
    guard offset < scalars.count else { return 2 }
    let place = offset
    guard take(" ") || take("\u{A0}") else { throw AmountFault(kind: .unknownUnit, offset: place) }
    var word = String.UnicodeScalarView()
    word.append(contentsOf: scalars[offset...])
    let text = String(word)
    // Words are equal when they look equal: a letter with a nukta is one code point or two.
    if [language.lakh.one, language.lakh.other, "lakh", "lakhs"].contains(text) { return 7 }
    if [language.crore.one, language.crore.other, "crore", "crores"].contains(text) { return 9 }
    throw AmountFault(kind: .unknownUnit, offset: offset)
  }
}
