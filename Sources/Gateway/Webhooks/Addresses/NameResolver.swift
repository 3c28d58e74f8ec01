import Glibc
import NIOCore
import NIOPosix

/// Looks names of hosts up. The system's function blocks, so threads of its own wait for it.
final class NameResolver: Sendable {
  // More than a few names at a time only wait when as many servers of names are silent.
  private let pool = NIOThreadPool(numberOfThreads: 8)

  init() { pool.start() }

  /// The addresses of a host, as the system sorts them.
  ///
  /// - Returns: a future of `loop`, which fails with `DeliveryFailure.unresolved` when there are none.
  func addresses(of host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
    if let address = try? SocketAddress(ipAddress: host, port: port) { return loop.makeSucceededFuture([address]) }
    return pool.runIfActive(eventLoop: loop) { try Self.lookUp(host, port) }
  }

  private static func lookUp(_ host: String, _ port: Int) throws(DeliveryFailure) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, String(port), &hints, &first) == 0 else { throw .unresolved }
    // The list is the system's until it is given back, behind everything that looks at it.
    defer { unsafe freeaddrinfo(first) }
    var addresses: [SocketAddress] = []
    var entry = unsafe first
    while let current = unsafe entry {
      if let address = unsafe address(of: current.pointee) { addresses.append(address) }
      unsafe entry = current.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw .unresolved }
    return addresses
  }

  /// - Returns: nil for what is no internet address.
  private static func address(of entry: addrinfo) -> SocketAddress? {
    guard let bytes = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
    // The family says how much of it there is.
    switch unsafe entry.ai_family {
    case AF_INET: return unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
    case AF_INET6: return unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
    default: return nil
    }
  }

  func stop() async {
    // To shut down twice is the only failure.
    try? await pool.shutdownGracefully()
  }
}
