/// What an escape stands for.
enum PatternEscape {
  case scalar(UInt32)
  case set(ScalarSet)
}

extension PatternParser {
  /// Everything that a backslash begins outside of a class.
  ///
  /// - Returns: nil for the ends of a quotation.
  mutating func escape() throws(PatternFault) -> PatternNode? {
    guard let sign = peek(1) else { throw fault(.incompleteEscape) }
    switch Unicode.Scalar(sign) {
    case "b": return assertion(.wordBoundary)
    case "B": return assertion(.noWordBoundary)
    case "A" where dialect == .re2: return assertion(.textStart)
    case "z" where dialect == .re2: return assertion(.textEnd)
    case "C" where dialect == .re2: throw fault(.byteMatch)
    case "Q" where dialect == .re2:
      position += 2
      isQuoting = true
      return nil
    case "E" where dialect == .re2:
      position += 2
      return nil
    case "k" where dialect == .ecma: throw fault(.backReference)
    case let digit? where ("1"..."9").contains(digit):
      // Octal escapes of RE2 need two digits at least.
      guard dialect == .re2, octalLength() > 1 else { throw fault(.backReference) }
    default: break
    }
    switch try escapedValue() {
    case .scalar(let scalar): return literal(scalar)
    case .set(let set): return .set(folded(set))
    }
  }

  private mutating func assertion(_ assertion: PatternAssertion) -> PatternNode {
    position += 2
    return .assertion(assertion)
  }

  /// An escape that has the same meaning within a class and outside.
  mutating func escapedValue() throws(PatternFault) -> PatternEscape {
    let start = position
    guard let sign = peek(1) else { throw fault(.incompleteEscape) }
    position += 2
    switch Unicode.Scalar(sign) {
    case "d": return .set(.digit)
    case "D": return .set(ScalarSet.digit.complement)
    case "w": return .set(.word)
    case "W": return .set(ScalarSet.word.complement)
    case "s": return .set(ScalarSet.space(dialect))
    case "S": return .set(ScalarSet.space(dialect).complement)
    case "t": return .scalar(0x09)
    case "n": return .scalar(0x0A)
    case "v": return .scalar(0x0B)
    case "f": return .scalar(0x0C)
    case "r": return .scalar(0x0D)
    case "a" where dialect == .re2: return .scalar(0x07)
    case "p", "P": return .set(try property(isNegated: sign == "P", at: start))
    case "x": return .scalar(try hexadecimal(at: start))
    case "u" where dialect == .ecma: return .scalar(try unicode(at: start))
    case "c" where dialect == .ecma: return .scalar(try control(at: start))
    case let digit? where dialect == .re2 && ("0"..."7").contains(digit): return .scalar(try octal(at: start))
    case "0" where dialect == .ecma:
      guard peek().flatMap({ Self.digitValue($0, radix: 10) }) == nil else { throw fault(.unknownEscape, at: start) }
      return .scalar(0)
    default:
      guard standsForItself(sign) else { throw fault(.unknownEscape, at: start) }
      return .scalar(sign)
    }
  }

  private func standsForItself(_ sign: UInt32) -> Bool {
    switch dialect {
    case .ecma: "^$\\.*+?()[]{}|/".unicodeScalars.contains { sign == $0 }
    // Any ASCII sign that is no letter or digit.
    case .re2: (0x21...0x7E).contains(sign) && !ScalarSet.word.contains(sign) || sign == "_"
    }
  }

  /// `\xHH`, and `\x{H...}` of RE2.
  private mutating func hexadecimal(at start: Int) throws(PatternFault) -> UInt32 {
    if dialect == .re2, take("{") { return try braced(at: start) }
    return try digits(2, at: start)
  }

  /// `\uHHHH`, a surrogate pair of two such, or `\u{H...}`. A lone surrogate is a code point that no text has.
  private mutating func unicode(at start: Int) throws(PatternFault) -> UInt32 {
    if take("{") { return try braced(at: start) }
    let high = try digits(4, at: start)
    guard (0xD800...0xDBFF).contains(high) else { return high }
    let behind = position
    guard take(word: "\\u"), peek() != UInt32(UInt8(ascii: "{")) else {
      position = behind
      return high
    }
    let low = try digits(4, at: behind)
    guard (0xDC00...0xDFFF).contains(low) else {
      position = behind
      return high
    }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func digits(_ count: Int, at start: Int) throws(PatternFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek().flatMap({ Self.digitValue($0, radix: 16) }) else {
        throw fault(.incompleteEscape, at: start)
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  /// Digits up to "}", whose "{" is taken.
  private mutating func braced(at start: Int) throws(PatternFault) -> UInt32 {
    var value: UInt32 = 0
    let first = position
    while let digit = peek().flatMap({ Self.digitValue($0, radix: 16) }) {
      value = value << 4 | digit
      guard value <= ScalarSet.scalarMax else { throw fault(.codePointOutOfRange, at: start) }
      position += 1
    }
    guard position > first, take("}") else { throw fault(.incompleteEscape, at: start) }
    return value
  }

  private mutating func control(at start: Int) throws(PatternFault) -> UInt32 {
    guard let letter = peek(), (0x41...0x5A).contains(letter) || (0x61...0x7A).contains(letter) else {
      throw fault(.incompleteEscape, at: start)
    }
    position += 1
    return letter & 0x1F
  }

  /// Octal digits from behind the backslash, three at most.
  private func octalLength() -> Int {
    var length = 0
    while length < 3, let digit = peek(1 + length), Self.digitValue(digit, radix: 8) != nil { length += 1 }
    return length
  }

  /// One digit alone would be a back-reference elsewhere, but for the zero.
  private mutating func octal(at start: Int) throws(PatternFault) -> UInt32 {
    position = start
    let length = octalLength()
    guard length > 1 || peek(1) == UInt32(UInt8(ascii: "0")) else { throw fault(.unknownEscape) }
    var value: UInt32 = 0
    for index in 0..<length { value = value << 3 | (scalars[start + 1 + index] - 0x30) }
    position = start + 1 + length
    return value
  }

  /// `\p{Name}`, `\p{Name=Value}`; of RE2 also `\pN` and `\p{^Name}`.
  private mutating func property(isNegated: Bool, at start: Int) throws(PatternFault) -> ScalarSet {
    var isNegated = isNegated
    var text = ""
    if take("{") {
      if dialect == .re2, take("^") { isNegated.toggle() }
      while let sign = peek(), sign != "}" {
        guard let scalar = Unicode.Scalar(sign), scalar.isASCII, text.utf8.count < 64 else {
          throw fault(.unknownProperty, at: start)
        }
        text.unicodeScalars.append(scalar)
        position += 1
      }
      guard take("}") else { throw fault(.incompleteEscape, at: start) }
    } else if dialect == .re2, let sign = peek().flatMap(Unicode.Scalar.init) {
      text.unicodeScalars.append(sign)
      position += 1
    } else {
      throw fault(.incompleteEscape, at: start)
    }
    guard let set = UnicodeProperties.set(named: text, allowsBareScript: dialect == .re2) else {
      throw fault(.unknownProperty, at: start)
    }
    return isNegated ? set.complement : set
  }
}
