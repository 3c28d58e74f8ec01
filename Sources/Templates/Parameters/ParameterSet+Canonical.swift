package import Documents
internal import Fiscal

extension ParameterSet {
  /// The canonical text of `json`, without making values.
  package var canonicalBytes: [UInt8] {
    // A byte of a text is written as six at most.
    let byteCountMax = texts.reduce(layout.byteCountMax) { $0 + 6 * $1.utf8.count }
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCountMax) { buffer, count in
      // The writer ends before the memory does.
      var writer = unsafe FormWriter(buffer)
      write(to: &writer)
      count = writer.count
    }
  }

  private func write(to writer: inout FormWriter) {
    for (index, place) in layout.order.enumerated() {
      writer.append(layout.pieces, layout.heads[index])
      switch layout.kinds[place] {
      case .integer: writer.append(decimal: row[place])
      case .boolean: writer.append(layout.pieces, row[place] == 1 ? layout.yes : layout.no)
      case .word: writer.append(layout.pieces, layout.quotedWords[Int(row[place])])
      case .date: writer.append(quoted: date(at: place))
      case .text:
        let text = JSONValue.string(texts[Int(row[place])]).canonicalBytes
        writer.append(text, 0..<text.count)
      }
    }
    if layout.order.isEmpty { writer.append(0x7B) }
    writer.append(0x7D)
  }

  /// What the form is known by: the digest of `json`.
  package var digest: DocumentDigest { DocumentDigest(canonical: canonicalBytes) }
}

/// Writes bytes into memory of a known size, without asking for more. Each write is checked against the end.
@safe
private struct FormWriter: ~Copyable {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private let byteCountMax: Int
  private(set) var count = 0

  /// - Parameter buffer: outlives the writer.
  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    unsafe self.buffer = buffer
    byteCountMax = buffer.count
  }

  mutating func append(_ byte: UInt8) {
    precondition(count < byteCountMax, "a form is longer than its layout says")
    // Checked above.
    unsafe buffer[count] = byte
    count += 1
  }

  mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    precondition(range.count <= byteCountMax - count, "a form is longer than its layout says")
    for index in range {
      // As many as there is room for: checked above.
      unsafe buffer[count] = bytes[index]
      count += 1
    }
  }

  mutating func append(decimal number: Int64) {
    if number < 0 { append(0x2D) }
    var (rest, digitCount) = (number.magnitude, 1)
    while rest > 9 {
      rest /= 10
      digitCount += 1
    }
    precondition(digitCount <= byteCountMax - count, "a form is longer than its layout says")
    rest = number.magnitude
    // From the last digit on.
    for place in stride(from: count + digitCount - 1, through: count, by: -1) {
      // There is room for all digits: checked above.
      unsafe buffer[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digitCount
  }

  /// `"2026-04-01"`.
  mutating func append(quoted date: CivilDate) {
    let (year, month, day) = date.parts
    append(0x22)
    append(twoDigits: year / 100)
    append(twoDigits: year % 100)
    append(0x2D)
    append(twoDigits: month)
    append(0x2D)
    append(twoDigits: day)
    append(0x22)
  }

  private mutating func append(twoDigits number: Int) {
    append(0x30 + UInt8(truncatingIfNeeded: number / 10))
    append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }
}
