import NIOCore

/// The address of a receiver, checked as far as that goes without a look-up of its name.
struct WebhookURL: Sendable, Equatable {
  /// Scheme and host in lower case: who looks a host up by its name in this text must find the one that was checked.
  let text: String
  let isEncrypted: Bool
  /// Without the brackets of an IPv6 address.
  let host: String
  let port: Int

  static let byteCountMax = 2_048

  /// What is wrong with a text. It is not repeated: it may hold a password.
  struct Fault: Error, Equatable {
    var detail: String
  }

  /// - Throws: `Fault` unless it is an absolute URL that the rules allow.
  init(_ text: String, _ rules: AddressRules) throws(Fault) {
    guard (1...Self.byteCountMax).contains(text.utf8.count) else {
      throw Fault(detail: "is to have 1 to \(Self.byteCountMax) bytes")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#""<>\^`{|}"#.utf8.contains($0) }) else {
      throw Fault(detail: "has characters that a URL has not")
    }
    guard let colon = text.firstRange(of: "://") else { throw Fault(detail: "is no absolute URL") }
    switch text[..<colon.lowerBound].lowercased() {
    case "https": isEncrypted = true
    case "http" where rules.allowsLoopback: isEncrypted = false
    default: throw Fault(detail: "is to begin with https://")
    }
    let rest = text[colon.upperBound...]
    let authority = rest.prefix { !"/?#".contains($0) }
    guard Self.isPath(rest.dropFirst(authority.count)) else { throw Fault(detail: "has a path that is none") }
    guard !text.contains("#") else { throw Fault(detail: "has a fragment") }
    guard !authority.contains("@") else { throw Fault(detail: "has a user or password") }
    let (host, port) = try Self.parts(of: authority)
    self.host = host
    self.port = port ?? (isEncrypted ? 443 : 80)
    self.text = text[..<colon.upperBound].lowercased() + authority.lowercased() + rest.dropFirst(authority.count)
    if let address = try? SocketAddress(ipAddress: host, port: self.port) {
      try rules.check(address, isEncrypted: isEncrypted)
    } else {
      guard Self.isName(host) else { throw Fault(detail: "has no name of a host") }
    }
    guard rules.allowsLoopback || rules.ports.contains(self.port) else {
      throw Fault(detail: "has a port that is not allowed here")
    }
  }

  private static func parts(of authority: Substring) throws(Fault) -> (host: String, port: Int?) {
    var (host, behind) = (authority, Substring())
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = authority[authority.index(after: authority.startIndex)..<end]
      behind = authority[authority.index(after: end)...]
      guard host.contains(":") else { throw Fault(detail: "has brackets around what is no IPv6 address") }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      behind = authority[colon...]
      guard !host.contains("[") else { throw Fault(detail: "has no name of a host") }
    }
    guard !behind.isEmpty else { return (host.lowercased(), nil) }
    guard behind.first == ":", let port = Identifier.decimal(behind.dropFirst(), Int.self), (1...65_535).contains(port)
    else { throw Fault(detail: "has no port from 1 to 65535") }
    return (host.lowercased(), port)
  }

  /// Nothing that RFC 3986 has not in a path or query.
  private static func isPath(_ text: Substring) -> Bool {
    guard !text.contains(where: { "[]".contains($0) }) else { return false }
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    return parts.dropFirst().allSatisfy { part in
      part.utf8.count >= 2 && part.prefix(2).allSatisfy(\.isHexDigit)
    }
  }

  /// Labels of letters, digits and hyphens. The last one is not a number: resolvers take `127.1` and `0x7f000001` for addresses.
  private static func isName(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard host.utf8.count <= 253, let last = labels.last, let first = last.utf8.first, first >= 0x61 else {
      return false
    }
    return labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
  }
}
