/// A place in a text, for people and editors. Lines end with LF, CR or CR LF.
public struct TextPlace: Hashable, Sendable {
  /// From 0.
  public let byteOffset: Int
  /// From 1.
  public let line: Int
  /// Code points before it in its line, from 1.
  public let column: Int
  /// UTF-16 units before it in its line, from 1: what editors in browsers count.
  public let columnUTF16: Int

  public init(byteOffset: Int, line: Int, column: Int, columnUTF16: Int) {
    self.byteOffset = byteOffset
    self.line = line
    self.column = column
    self.columnUTF16 = columnUTF16
  }

  /// - Parameter text: UTF-8, good at least up to `offset`; an offset past its end is its end.
  public init(of offset: Int, in text: [UInt8]) {
    let end = min(offset, text.count)
    var (line, lineStart) = (1, 0)
    for position in 0..<end {
      let byte = text[position]
      let isEnd = byte == 0x0A || byte == 0x0D && (position + 1 == text.count || text[position + 1] != 0x0A)
      if isEnd { (line, lineStart) = (line + 1, position + 1) }
    }
    var (column, columnUTF16) = (1, 1)
    for byte in text[lineStart..<end] where byte & 0xC0 != 0x80 {
      column += 1
      // Four bytes in UTF-8 are two units in UTF-16.
      columnUTF16 += byte >= 0xF0 ? 2 : 1
    }
    self.init(byteOffset: end, line: line, column: column, columnUTF16: columnUTF16)
  }
}

extension TextPlace: CustomStringConvertible {
  public var description: String { "\(line):\(column)" }
}
