/// A reference to a document or a part of it (RFC 3986), cut into its five parts. Parts are kept as they are written.
struct URIReference: Equatable, Sendable {
  var scheme: String?
  var authority: String?
  var path: String
  var query: String?
  var fragment: String?

  /// Cuts as the expression of appendix B of the RFC does; whatever is no scheme is a path.
  init(_ text: String) {
    var rest = text.utf8[...]
    fragment = Self.cutTail(&rest, at: 0x23)
    query = Self.cutTail(&rest, at: 0x3F)
    if let colon = rest.firstIndex(of: 0x3A), Self.isScheme(rest[..<colon]) {
      scheme = String(Substring(rest[..<colon]))
      rest = rest[rest.index(after: colon)...]
    }
    if rest.starts(with: [0x2F, 0x2F]) {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: 0x2F) ?? rest.endIndex
      authority = String(Substring(rest[..<end]))
      rest = rest[end...]
    }
    path = String(Substring(rest))
  }

  private static func cutTail(_ text: inout Substring.UTF8View, at sign: UInt8) -> String? {
    guard let place = text.firstIndex(of: sign) else { return nil }
    let tail = String(Substring(text[text.index(after: place)...]))
    text = text[..<place]
    return tail
  }

  static func isScheme(_ text: Substring.UTF8View) -> Bool {
    guard let first = text.first, 0x61...0x7A ~= first | 0x20 else { return false }
    return text.allSatisfy { 0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || [0x2B, 0x2D, 0x2E].contains($0) }
  }

  /// The reference as seen from `base` (section 5.2.2).
  func resolved(against base: URIReference) -> URIReference {
    var target = self
    if scheme != nil || authority != nil {
      target.path = Self.withoutDots(path)
      target.scheme = scheme ?? base.scheme
      return target
    }
    (target.scheme, target.authority) = (base.scheme, base.authority)
    if path.isEmpty {
      target.path = base.path
      target.query = query ?? base.query
    } else if path.utf8.first == 0x2F {
      target.path = Self.withoutDots(path)
    } else if base.authority != nil, base.path.isEmpty {
      target.path = Self.withoutDots("/" + path)
    } else {
      let folder = base.path.utf8.lastIndex(of: 0x2F).map { base.path[...$0] } ?? ""
      target.path = Self.withoutDots(folder + path)
    }
    return target
  }

  /// Section 5.2.4, over segments.
  private static func withoutDots(_ path: String) -> String {
    guard path.utf8.contains(0x2E) else { return path }
    let isAbsolute = path.utf8.first == 0x2F
    let segments = path.utf8.dropFirst(isAbsolute ? 1 : 0).split(separator: 0x2F, omittingEmptySubsequences: false)
    var kept: [Substring] = []
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      switch Substring(segment) {
      case ".": if isLast { kept.append("") }
      case "..":
        if !kept.isEmpty { kept.removeLast() }
        if isLast { kept.append("") }
      default: kept.append(Substring(segment))
      }
    }
    return (isAbsolute ? "/" : "") + kept.joined(separator: "/")
  }

  var withoutFragment: String {
    var copy = self
    copy.fragment = nil
    return copy.description
  }
}

extension URIReference: CustomStringConvertible {
  /// Section 5.3.
  var description: String {
    (scheme.map { $0 + ":" } ?? "") + (authority.map { "//" + $0 } ?? "") + path + (query.map { "?" + $0 } ?? "")
      + (fragment.map { "#" + $0 } ?? "")
  }
}
