/// From the lines and columns of the YAML parser to bytes, going forward only: marks come in the order of the text.
struct MarkPlaces {
  private let text: [UInt8]
  private var line = 1
  private var column = 1
  private var offset = 0

  init(_ text: [UInt8]) { self.text = text }

  /// - Parameters: counted from 1; columns in code points.
  /// - Returns: the byte there, or where we are when that is farther.
  mutating func offset(line: Int, column: Int) -> Int {
    while offset < text.count, self.line < line || self.line == line && self.column < column {
      let byte = text[offset]
      let isBreak = byte == 0x0A || byte == 0x0D
      if isBreak, self.line == line { break }
      offset += 1
      if isBreak {
        if byte == 0x0D, offset < text.count, text[offset] == 0x0A { offset += 1 }
        (self.line, self.column) = (self.line + 1, 1)
      } else {
        while offset < text.count, text[offset] & 0xC0 == 0x80 { offset += 1 }
        self.column += 1
      }
    }
    return offset
  }
}
