import NIOCore

/// Where clients may be listened for: any address with keys and TLS, else only where this machine alone reaches.
enum ListenAddress {
  /// The address to listen on.
  ///
  /// - Throws: `ServerError` when the host is unknown, or not loopback and there is a reason why it must be.
  static func resolve(host: String, port: Int, loopbackOnly reason: String?) throws(ServerError) -> SocketAddress {
    let address: SocketAddress
    do {
      address = try SocketAddress.makeAddressResolvingHost(host, port: port)
    } catch {
      throw ServerError("cannot resolve \(host): \(error)")
    }
    if let reason, !isLoopback(address) {
      throw ServerError(
        "refusing to listen on \(host): \(reason), so only loopback addresses (127.0.0.1, ::1) are served")
    }
    return address
  }

  static func isLoopback(_ address: SocketAddress) -> Bool {
    guard let text = address.ipAddress else { return false }
    return text == "::1" || text.hasPrefix("127.")
  }
}
