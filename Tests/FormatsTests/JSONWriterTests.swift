import Testing

@testable import Formats

@Suite("Writer of JSON")
struct JSONWriterTests {
  private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return writer.text
  }

  /// As RFC 8259, section 7, has it, byte by byte.
  private func escaped(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  @Test("every byte is escaped that must be, wherever it stands, and no other")
  func escapes() {
    let scalars = (0..<0x80).map { Unicode.Scalar(UInt8($0)) } + ["\u{80}", "é", "₹", "\u{FFFD}", "😀"]
    for scalar in scalars {
      for length in [1, 7, 8, 9, 15, 16, 17, 40] {
        for place in 0..<length {
          var text = String(repeating: "a", count: place)
          text.unicodeScalars.append(scalar)
          text += String(repeating: "~", count: length - place - 1)
          #expect(written { $0.string(text) } == escaped(text), "\(scalar.value) at \(place) of \(length)")
        }
      }
    }
  }

  @Test("strings of pieces and numbers stand as texts would")
  func pieces() {
    for number in [0, 1, 9, 10, 99, 12_345, UInt64.max] {
      #expect(written { writer in writer.string { $0.piece(number) } } == "\"\(number)\"")
      let digits = "\(number)"
      let padded = String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
      #expect(JSONWriter.text { $0.piece(number, digitCount: 20) } == padded)
    }
    for number in [0, -1, 7, -10, Int64.min, Int64.max] { #expect(written { $0.number(number) } == "\(number)") }
    let document = written { writer in
      writer.object { writer in
        writer.member("a") { writer in
          writer.piece("x/")
          writer.piece(uuid: 0x0192_F00D_BEEF_7ABC_8DEF_0123_4567_89AB)
        }
        writer.member("b", 2)
      }
    }
    #expect(document == #"{"a":"x/0192f00d-beef-7abc-8def-0123456789ab","b":2}"#)
    #expect(OperationWriter.uuid(1) == "00000000-0000-0000-0000-000000000001")
  }
}
