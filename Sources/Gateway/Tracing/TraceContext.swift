import HTTPTypes

/// The trace that a request belongs to, and the step in it (W3C Trace Context, level 1).
struct TraceContext: Sendable, Equatable {
  /// 32 lower-case hexadecimal digits, not all zero.
  let id: String
  /// Of the step: 16 of them, not all zero.
  let span: String
  /// What is known of the flags: bit 0 sampled, bit 1 random id (level 2).
  let flags: UInt8
  /// What other systems keep along the trace; nil for nothing.
  let state: TraceState?

  static let sampled: UInt8 = 1
  private static let knownFlags: UInt8 = 3

  private init(id: String, span: String, flags: UInt8, state: TraceState?) {
    (self.id, self.span, self.flags, self.state) = (id, span, flags, state)
  }

  /// Reads the headers of a request. A `tracestate` that is none is dropped, and the trace goes on without it.
  ///
  /// - Parameters:
  ///   - parent: `traceparent`. Fields that come several times are joined by commas, and so are none.
  ///   - state: `tracestate`; nil for none.
  /// - Returns: nil when there is no trace that could be gone on with.
  init?(parent: String, state: String? = nil) {
    let bytes = Array(parent.utf8)
    guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D,
      let version = Self.byte(bytes[0..<2]), version != 0xFF, bytes.count == 55 || version > 0 && bytes[55] == 0x2D,
      let flags = Self.byte(bytes[53..<55]), Self.isID(bytes[3..<35]), Self.isID(bytes[36..<52])
    else { return nil }
    self.init(
      id: String(decoding: bytes[3..<35], as: UTF8.self), span: String(decoding: bytes[36..<52], as: UTF8.self),
      // Of a later version only what this one knows may be read.
      flags: flags & Self.knownFlags, state: state.flatMap { TraceState($0) })
  }

  /// The next step of the same trace.
  var child: TraceContext {
    let number = String(UInt64.random(in: 1...UInt64.max), radix: 16)
    let span = String(repeating: "0", count: 16 - number.utf8.count) + number
    return TraceContext(id: id, span: span, flags: flags, state: state)
  }

  /// The header `traceparent`, in version 00.
  var parent: String { "00-\(id)-\(span)-0\(flags)" }

  /// Two lower-case hexadecimal digits.
  private static func byte(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.allSatisfy(isDigit) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  private static func isID(_ digits: ArraySlice<UInt8>) -> Bool {
    digits.allSatisfy(isDigit) && digits.contains { $0 != 0x30 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

/// The header `tracestate`: what systems on the way keep, up to 32 members, each key once (W3C Trace Context, level 1, section 3.3).
struct TraceState: Sendable, Equatable {
  /// As it goes on: members without blanks between, at most 512 bytes.
  let text: String

  private static let memberCountMax = 32
  /// What everybody must be able to hand on; more may be cut off, long members first (section 3.3.1.5).
  private static let byteCountMax = 512
  private static let longByteCount = 128

  /// - Returns: nil for what is no such list, or one without members.
  init?(_ header: String) {
    guard header.utf8.count <= 4_096 else { return nil }
    var members: [(key: Substring, text: Substring)] = []
    for part in header.split(separator: ",") {
      let member = Self.trimmed(part)
      if member.isEmpty { continue }
      let pair = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, Self.isKey(pair[0]), Self.isValue(pair[1]), members.count < Self.memberCountMax,
        !members.contains(where: { $0.key == pair[0] })
      else { return nil }
      members.append((pair[0], member))
    }
    func size() -> Int { members.reduce(members.count - 1) { $0 + $1.text.utf8.count } }
    while size() > Self.byteCountMax, let long = members.lastIndex(where: { $0.text.utf8.count > Self.longByteCount }) {
      members.remove(at: long)
    }
    while size() > Self.byteCountMax { members.removeLast() }
    guard !members.isEmpty else { return nil }
    text = members.map(\.text).joined(separator: ",")
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }

  /// A key, or one of a tenant in a system, `tenant@system`.
  private static func isKey(_ key: Substring) -> Bool {
    let parts = key.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
    guard parts.count <= 2, let own = parts.first, own.allSatisfy(isKeyByte), let first = own.first else {
      return false
    }
    guard parts.count == 2 else { return isLetter(first) && own.count <= 256 }
    let system = parts[1]
    return own.count <= 241 && (isLetter(first) || (0x30...0x39).contains(first)) && system.count <= 14
      && system.allSatisfy(isKeyByte) && system.first.map(isLetter) ?? false
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || [0x5F, 0x2D, 0x2A, 0x2F].contains(byte)
  }

  private static func isValue(_ value: Substring) -> Bool {
    (1...256).contains(value.utf8.count) && value.utf8.last != 0x20
      && value.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3D }
  }
}

extension HTTPField.Name {
  static let traceparent = HTTPField.Name("traceparent")!
  static let tracestate = HTTPField.Name("tracestate")!
}
