import NIOCore

/// Addresses that only this machine reaches. Without keys there is nothing else that may be served.
enum LoopbackAddress {
  /// The address to listen on.
  ///
  /// - Throws: `ServerError` when the host is unknown or not loopback.
  static func resolve(host: String, port: Int) throws(ServerError) -> SocketAddress {
    let address: SocketAddress
    do {
      address = try SocketAddress.makeAddressResolvingHost(host, port: port)
    } catch {
      throw ServerError("cannot resolve \(host): \(error)")
    }
    guard isLoopback(address) else {
      throw ServerError(
        "refusing to listen on \(host): no keys are configured, so only loopback addresses (127.0.0.1, ::1) are served")
    }
    return address
  }

  static func isLoopback(_ address: SocketAddress) -> Bool {
    guard let text = address.ipAddress else { return false }
    return text == "::1" || text.hasPrefix("127.")
  }
}
