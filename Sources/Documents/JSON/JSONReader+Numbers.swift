extension JSONReader {
  /// Reads a number, from its sign or first digit.
  mutating func number() throws(ReadFault) {
    let start = position
    let isNegative = bytes[position] == 0x2D
    if isNegative { position += 1 }
    let first = position
    var value: Int64 = 0
    // Eighteen digits fit without a look; more go the long way.
    while position < bytes.count, position - first < 18, 0x30...0x39 ~= bytes[position] {
      value = value &* 10 &+ Int64(bytes[position] - 0x30)
      position += 1
    }
    guard position > first else {
      throw ReadFault(position < bytes.count ? .badNumber : .cut, at: position < bytes.count ? start : position)
    }
    if bytes[first] == 0x30, position - first > 1 { throw ReadFault(.badNumber, at: start) }
    if position < bytes.count, isNumberByte(bytes[position]) {
      try longNumber(from: start, digits: first)
    } else {
      try builder.append(TapeEntry(integer: isNegative ? -value : value, place: start, next: builder.nextIndex))
    }
  }

  /// A number with a fraction, an exponent, or many digits.
  private mutating func longNumber(from start: Int, digits first: Int) throws(ReadFault) {
    skipDigits()
    if bytes[first] == 0x30, position - first > 1 { throw ReadFault(.badNumber, at: start) }
    if position < bytes.count, bytes[position] == 0x2E {
      position += 1
      try digits(of: start)
    }
    if position < bytes.count, bytes[position] | 0x20 == 0x65 {
      position += 1
      if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
      try digits(of: start)
    }
    guard position == bytes.count || !isNumberByte(bytes[position]) else { throw ReadFault(.badNumber, at: start) }
    guard let number = JSONNumber(bytes.extracting(start..<position)) else {
      throw ReadFault(.numberOutOfBounds, at: start)
    }
    let next = builder.nextIndex
    if let integer = number.integer {
      try builder.append(TapeEntry(integer: integer, place: start, next: next))
    } else {
      try builder.append(TapeEntry(.number, bytes: start..<position, place: start, next: next))
    }
  }

  private mutating func digits(of start: Int) throws(ReadFault) {
    let first = position
    skipDigits()
    guard position > first else {
      throw ReadFault(position < bytes.count ? .badNumber : .cut, at: position < bytes.count ? start : position)
    }
  }

  private mutating func skipDigits() {
    while position < bytes.count, 0x30...0x39 ~= bytes[position] { position += 1 }
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || byte == 0x2E || byte | 0x20 == 0x65 || byte == 0x2B || byte == 0x2D
  }
}
