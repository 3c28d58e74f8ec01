import NIOCore

/// To which addresses deliveries may go: those of the public internet, so that nobody reaches through the gateway what only it can reach.
struct AddressRules: Sendable {
  var allowsLoopback: Bool
  var ports: Set<Int>

  init(_ configuration: WebhookConfiguration) {
    allowsLoopback = configuration.allowsLoopback
    ports = configuration.ports
  }

  /// - Throws: `Fault` unless a delivery may go there.
  func check(_ address: SocketAddress, isEncrypted: Bool) throws(WebhookURL.Fault) {
    let isLoopback = Self.isLoopback(address)
    guard isEncrypted || (allowsLoopback && isLoopback) else {
      throw WebhookURL.Fault(detail: "is not encrypted, and not on loopback")
    }
    guard Self.isPublic(address) || (allowsLoopback && isLoopback) else {
      throw WebhookURL.Fault(detail: "leads to an address that is not public")
    }
  }

  /// 127.0.0.0/8 and ::1.
  static func isLoopback(_ address: SocketAddress) -> Bool {
    switch bytes(of: address) {
    case let bytes? where bytes.count == 4: bytes[0] == 127
    case let bytes?: bytes == Array(repeating: 0, count: 15) + [1]
    case nil: false
    }
  }

  /// Whether everybody can reach it. Sources: the special-purpose registries of IANA (RFC 6890 and its updates), and multicast.
  static func isPublic(_ address: SocketAddress) -> Bool {
    guard let bytes = bytes(of: address) else { return false }
    if bytes.count == 4 { return !notPublic4.contains { matches(bytes, $0.0, $0.1) } }
    // Global unicast only. So no ::, ::1, IPv4 in any guise (::ffff:0:0/96, 64:ff9b::/96), fc00::/7, fe80::/10, ff00::/8.
    return matches(bytes, [0x20], 3) && !notPublic6.contains { matches(bytes, $0.0, $0.1) }
  }

  private static let notPublic4: [([UInt8], Int)] = [
    ([0], 8),  // this network
    ([10], 8),  // private
    ([100, 64], 10),  // shared by a provider's customers
    ([127], 8),  // loopback
    ([169, 254], 16),  // link-local: also where clouds tell a machine its secrets
    ([172, 16], 12),  // private
    ([192, 0, 0], 24),  // protocols
    ([192, 0, 2], 24),  // documentation
    ([192, 88, 99], 24),  // relays of 6to4
    ([192, 168], 16),  // private
    ([198, 18], 15),  // benchmarks
    ([198, 51, 100], 24),  // documentation
    ([203, 0, 113], 24),  // documentation
    ([224], 4),  // multicast
    ([240], 4),  // reserved, and broadcast
  ]

  private static let notPublic6: [([UInt8], Int)] = [
    ([0x20, 0x01, 0x00], 23),  // protocols, among them Teredo, which holds an IPv4 address
    ([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation
    ([0x20, 0x02], 16),  // 6to4, which holds an IPv4 address
    ([0x3F, 0xFF, 0x00], 20),  // documentation
  ]

  /// Whether the first bits are those of `prefix`, continued with zeros.
  private static func matches(_ bytes: [UInt8], _ prefix: [UInt8], _ bitCount: Int) -> Bool {
    for bit in 0..<bitCount {
      let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
      let mask: UInt8 = 0x80 >> UInt8(bit % 8)
      guard bytes[bit / 8] & mask == wanted & mask else { return false }
    }
    return true
  }

  /// 4 or 16 bytes; nil for what is no internet address.
  private static func bytes(of address: SocketAddress) -> [UInt8]? {
    // In `sockaddr_in` the address lies behind family and port, in `sockaddr_in6` behind a flow label as well.
    let place: Range<Int>
    switch address {
    case .v4: place = 4..<8
    case .v6: place = 8..<24
    case .unixDomainSocket: return nil
    }
    // The structure is looked at and copied inside the call, and is longer than that.
    return unsafe address.withSockAddr { pointer, _ in
      unsafe Array(UnsafeRawBufferPointer(start: pointer, count: place.upperBound)[place])
    }
  }
}
