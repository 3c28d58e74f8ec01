extension Alphabet {
  /// Reads one code point of `text` and moves behind it. A byte that begins none counts as U+FFFD.
  @inline(__always)
  func nextSymbol(in text: Span<UInt8>, at position: inout Int) -> Int {
    let byte = text[position]
    if byte < 0x80 {
      position &+= 1
      return symbol(ofASCII: byte)
    }
    return longSymbol(in: text, at: &position)
  }

  /// Out of line: most texts are ASCII.
  @inline(never)
  private func longSymbol(in text: Span<UInt8>, at position: inout Int) -> Int {
    let lead = text[position]
    let (length, bits, least): (Int, UInt8, UInt32) =
      switch lead {
      case 0xC2...0xDF: (2, 0x1F, 0x80)
      case 0xE0...0xEF: (3, 0x0F, 0x800)
      case 0xF0...0xF4: (4, 0x07, 0x10000)
      default: (1, 0, 0)
      }
    var scalar = UInt32(lead & bits)
    for ahead in 1..<max(length, 1) {
      guard position + ahead < text.count, text[position + ahead] & 0xC0 == 0x80 else {
        scalar = 0
        break
      }
      scalar = scalar << 6 | UInt32(text[position + ahead] & 0x3F)
    }
    guard length > 1, scalar >= least, scalar <= ScalarSet.scalarMax, scalar & 0x1FF800 != 0xD800 else {
      position += 1
      return symbol(of: 0xFFFD)
    }
    position += length
    return symbol(of: scalar)
  }
}
