/// Reads JSON text into a tape, without recursion: what is open is on a stack.
///
/// The bytes must be UTF-8; all else is found out here.
struct JSONReader: ~Escapable {
  let bytes: Span<UInt8>
  let limits: DocumentLimits
  var position = 0
  var builder: TapeBuilder

  @_lifetime(copy bytes)
  private init(_ bytes: Span<UInt8>, _ limits: DocumentLimits) {
    self.bytes = bytes
    self.limits = limits
    builder = TapeBuilder(limits, expectedCount: bytes.count / 12)
  }

  /// - Parameter text: UTF-8.
  static func tape(of text: [UInt8], _ limits: DocumentLimits) throws(DocumentFault) -> Tape {
    var reader = JSONReader(text.span, limits)
    do {
      try reader.document()
    } catch {
      throw DocumentFault(error.code, at: error.offset, and: error.other, of: text, error.arguments)
    }
    return Tape(text: text, arena: reader.builder.arena, entries: reader.builder.entries)
  }

  private mutating func document() throws(ReadFault) {
    guard skipSpace() < bytes.count else { throw ReadFault(.empty, at: position) }
    var isInside = try value()
    while isInside {
      // Behind a value or an opening bracket: the next value, or an end.
      guard try nextValue() else {
        isInside = builder.isInside
        continue
      }
      _ = try value()
    }
    guard skipSpace() == bytes.count else { throw ReadFault(.trailingText, at: position) }
  }

  /// Reads one value; of an array or object only its opening bracket.
  /// - Returns: whether something is open.
  private mutating func value() throws(ReadFault) -> Bool {
    guard position < bytes.count else { throw ReadFault(.cut, at: position) }
    let byte = bytes[position]
    switch byte {
    case 0x22: try string()
    case 0x7B, 0x5B:
      try builder.open(isObject: byte == 0x7B, place: position)
      position += 1
    case 0x2D, 0x30...0x39: try number()
    case 0x74: try word("true", TapeEntry(.bool, place: position, low: 1, next: builder.nextIndex))
    case 0x66: try word("false", TapeEntry(.bool, place: position, next: builder.nextIndex))
    case 0x6E: try word("null", TapeEntry(.null, place: position, next: builder.nextIndex))
    default: throw unexpected()
    }
    return builder.isInside
  }

  /// Goes on to where the next value of the innermost container begins, past the comma and the name.
  /// - Returns: false when the container ended instead.
  private mutating func nextValue() throws(ReadFault) -> Bool {
    let (isObject, isFirst) = builder.innermost
    guard skipSpace() < bytes.count else { throw ReadFault(.cut, at: position) }
    if bytes[position] == (isObject ? 0x7D : 0x5D) {
      position += 1
      try close()
      return false
    }
    if !isFirst {
      try take(0x2C)
      skipSpace()
    }
    builder.countOne()
    guard isObject else { return true }
    guard position < bytes.count else { throw ReadFault(.cut, at: position) }
    guard bytes[position] == 0x22 else { throw unexpected() }
    try string()
    skipSpace()
    try take(0x3A)
    skipSpace()
    return true
  }

  private mutating func close() throws(ReadFault) {
    let closed = builder.close()
    guard closed.isObject, closed.count > 1 else { return }
    if let (first, second) = builder.duplicateNames(at: closed.index, text: bytes) {
      throw builder.duplicateFault(first, second, text: bytes)
    }
  }

  @discardableResult
  private mutating func skipSpace() -> Int {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      position += 1
    }
    return position
  }

  private mutating func take(_ byte: UInt8) throws(ReadFault) {
    guard position < bytes.count else { throw ReadFault(.cut, at: position) }
    guard bytes[position] == byte else { throw unexpected() }
    position += 1
  }

  private mutating func word(_ word: StaticString, _ entry: TapeEntry) throws(ReadFault) {
    let count = word.utf8CodeUnitCount
    for offset in 0..<count {
      guard position + offset < bytes.count else { throw ReadFault(.cut, at: position + offset) }
      // A static string's bytes live for ever.
      guard unsafe bytes[position + offset] == word.utf8Start[offset] else {
        throw ReadFault(.unexpectedWord, at: position)
      }
    }
    position += count
    try builder.append(entry)
  }

  private func unexpected() -> ReadFault {
    // One code point: the text is known to be UTF-8.
    var end = position + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    let found = (position..<end).map { bytes[$0] }
    return ReadFault(.unexpected, at: position, arguments: ["found": .string(String(decoding: found, as: UTF8.self))])
  }
}

/// A fault while the text is a span; `DocumentFault` adds the places.
struct ReadFault: Error {
  let code: DocumentFault.Code
  let offset: Int
  var other: Int?
  var arguments: [String: JSONValue]

  init(_ code: DocumentFault.Code, at offset: Int, and other: Int? = nil, arguments: [String: JSONValue] = [:]) {
    self.code = code
    self.offset = offset
    self.other = other
    self.arguments = arguments
  }
}
