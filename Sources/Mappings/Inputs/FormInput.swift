import Documents

/// Fields of a form (URL Standard, section 5.1), strictly: an escape that is none, bytes that are no UTF-8 and a zero are faults.
enum FormInput {
  static func tree(of text: [UInt8]) throws(InputFault) -> InputTree {
    var builder = InputTreeBuilder(.object)
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x26) ?? text.count
      if end > start {
        let equals = text[start..<end].firstIndex(of: 0x3D) ?? end
        let name = try field(text, start..<equals)
        let value = try field(text, min(equals + 1, end)..<end)
        _ = try builder.add(.text, named: name, text: value, in: 0, at: start)
      }
      start = end + 1
    }
    return InputTree(text: text, nodes: builder.nodes)
  }

  private static func field(_ text: [UInt8], _ range: Range<Int>) throws(InputFault) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      switch text[index] {
      case 0x2B: bytes.append(0x20)
      case 0x25:
        guard index + 2 < range.upperBound, let high = Hexadecimal.digit(text[index + 1]),
          let low = Hexadecimal.digit(text[index + 2])
        else {
          throw InputFault("form.escape", at: index)
        }
        bytes.append(high << 4 | low)
        index += 2
      case 0x21...0x7E: bytes.append(text[index])
      default: throw InputFault("form.character", at: index)
      }
      index += 1
    }
    guard !bytes.contains(0), let field = String(validating: bytes, as: UTF8.self) else {
      throw InputFault("form.text", at: range.lowerBound)
    }
    return field
  }
}
