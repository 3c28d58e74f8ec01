/// A way from a document's root to one of its values (RFC 6901).
public struct JSONPointer: Sendable {
  /// Names of members, and positions of elements in decimal.
  public let tokens: [String]

  public static let root = JSONPointer([])

  public init(_ tokens: [String]) { self.tokens = tokens }

  /// Reads the text form: nothing, or tokens each behind a slash, with `~1` for a slash and `~0` for a tilde.
  /// - Returns: nil when it is something else.
  public init?(_ text: String) {
    guard !text.isEmpty else {
      self.init([])
      return
    }
    guard text.utf8.first == 0x2F else { return nil }
    var tokens: [String] = []
    for part in text.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
      guard let token = Self.unescaped(part) else { return nil }
      tokens.append(token)
    }
    self.init(tokens)
  }

  /// Reads the form of a URI's fragment, without the `#`: the text form, percent-encoded.
  public init?(fragment: String) {
    guard let text = Percent.decoded(fragment) else { return nil }
    self.init(text)
  }

  /// As the fragment of a URI, without the `#`.
  public var fragment: String { Percent.encoded(description) }

  public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

  public func appending(_ position: Int) -> JSONPointer { appending(String(position)) }

  public func appending(_ other: JSONPointer) -> JSONPointer { JSONPointer(tokens + other.tokens) }

  /// The pointer of the value around; nil of the root.
  public var parent: JSONPointer? { tokens.isEmpty ? nil : JSONPointer(tokens.dropLast()) }

  /// Whether `other` leads to this value or into it.
  public func isPrefix(of other: JSONPointer) -> Bool {
    tokens.count <= other.tokens.count && zip(tokens, other.tokens).allSatisfy { $0.isSameText(as: $1) }
  }

  /// The position that a token says: decimal without zeros in front.
  static func index(_ token: String) -> Int? {
    guard 1...9 ~= token.utf8.count, token.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      token.utf8.count == 1 || token.utf8.first != 0x30
    else { return nil }
    return Int(token)
  }

  private static func unescaped(_ part: Substring.UTF8View) -> String? {
    guard part.contains(0x7E) else { return String(Substring(part)) }
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in part {
      switch (isEscaped, byte) {
      case (false, 0x7E): isEscaped = true
      case (false, _): bytes.append(byte)
      case (true, 0x30), (true, 0x31):
        bytes.append(byte == 0x30 ? 0x7E : 0x2F)
        isEscaped = false
      case (true, _): return nil
      }
    }
    return isEscaped ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONPointer: Hashable {
  public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
    left.tokens.count == right.tokens.count && left.isPrefix(of: right)
  }

  public func hash(into hasher: inout Hasher) {
    for token in tokens { hasher.combine(ExactText(token)) }
  }
}

extension JSONPointer: CustomStringConvertible {
  /// The text form.
  public var description: String {
    var bytes: [UInt8] = []
    for token in tokens {
      bytes.append(0x2F)
      for byte in token.utf8 {
        switch byte {
        case 0x7E: bytes += [0x7E, 0x30]
        case 0x2F: bytes += [0x7E, 0x31]
        default: bytes.append(byte)
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONValue {
  /// The value that a pointer leads to.
  public func value(at pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      switch value {
      case .array(let elements):
        guard let index = JSONPointer.index(token), index < elements.count else { return nil }
        value = elements[index]
      case .object(let object):
        guard let inner = object[token] else { return nil }
        value = inner
      default: return nil
      }
    }
    return value
  }
}
