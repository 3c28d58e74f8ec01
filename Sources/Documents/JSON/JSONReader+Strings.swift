extension JSONReader {
  /// Reads a string or name, from its opening quote.
  mutating func string() throws(ReadFault) {
    let place = position
    let start = position + 1
    position = plainEnd(from: start)
    guard position < bytes.count else { throw ReadFault(.cut, at: bytes.count) }
    if bytes[position] == 0x22 {
      try builder.append(TapeEntry(.string, bytes: start..<position, place: place, next: builder.nextIndex))
    } else {
      let begin = builder.arena.count
      try unescape(from: start)
      try builder.append(
        TapeEntry(.arenaString, bytes: begin..<builder.arena.count, place: place, next: builder.nextIndex))
    }
    position += 1
  }

  /// The next byte that is a quote, a backslash or a control character, or the end.
  private func plainEnd(from start: Int) -> Int {
    var index = start
    // Bytes are bytes: there is no padding to be seen.
    let raw = unsafe bytes.bytes
    while index + 8 <= raw.byteCount {
      // The load ends inside the bytes by the condition above.
      let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self).littleEndian
      let special = Self.specialBytes(word)
      if special != 0 { return index + special.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
      index += 1
    }
    return index
  }

  /// Sets the high bit of the first byte that ends plain text; bytes behind it may be set without being one.
  ///
  /// A byte is below n when its high bit is clear and taking n from it borrows; it is c when taking 1 from it xor c
  /// borrows. All wraps only upwards, out of the bytes behind the first.
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let control = (word &- ones &* 0x20) & ~word
    return (control | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & (ones &* 0x80)
  }

  /// Decodes into the arena, up to the closing quote.
  private mutating func unescape(from start: Int) throws(ReadFault) {
    position = start
    while true {
      let end = plainEnd(from: position)
      for index in position..<end { builder.arena.append(bytes[index]) }
      position = end
      guard position < bytes.count else { throw ReadFault(.cut, at: bytes.count) }
      switch bytes[position] {
      case 0x22: return
      case 0x5C: try escape()
      default: throw ReadFault(.controlCharacter, at: position)
      }
    }
  }

  private mutating func escape() throws(ReadFault) {
    guard position + 1 < bytes.count else { throw ReadFault(.cut, at: bytes.count) }
    let plain: UInt8
    switch bytes[position + 1] {
    case 0x22: plain = 0x22
    case 0x5C: plain = 0x5C
    case 0x2F: plain = 0x2F
    case 0x62: plain = 0x08
    case 0x66: plain = 0x0C
    case 0x6E: plain = 0x0A
    case 0x72: plain = 0x0D
    case 0x74: plain = 0x09
    case 0x75: return try escapedScalar()
    default: throw ReadFault(.badEscape, at: position)
    }
    builder.arena.append(plain)
    position += 2
  }

  private mutating func escapedScalar() throws(ReadFault) {
    var code = try hexDigits(at: position + 2)
    var byteCount = 6
    if 0xD800..<0xDC00 ~= code {
      let next = position + 6
      guard next + 1 < bytes.count, bytes[next] == 0x5C, bytes[next + 1] == 0x75 else {
        throw ReadFault(.loneSurrogate, at: position)
      }
      let low = try hexDigits(at: next + 2)
      guard 0xDC00..<0xE000 ~= low else { throw ReadFault(.loneSurrogate, at: position) }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      byteCount = 12
    }
    guard let scalar = Unicode.Scalar(code) else { throw ReadFault(.loneSurrogate, at: position) }
    for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() { builder.arena.append(byte) }
    position += byteCount
  }

  private func hexDigits(at start: Int) throws(ReadFault) -> UInt32 {
    guard start + 4 <= bytes.count else { throw ReadFault(.cut, at: bytes.count) }
    var code: UInt32 = 0
    for index in start..<start + 4 {
      guard let digit = Percent.hexDigit(bytes[index]) else { throw ReadFault(.badEscape, at: start - 2) }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
