import ArgumentParser

/// `HOST:PORT`, with brackets around an IPv6 address: `127.0.0.1:7420`, `[::1]:0`.
struct Endpoint: ExpressibleByArgument, CustomStringConvertible, Sendable, Hashable {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":") else { return nil }
    guard let port = UInt16(argument[argument.index(after: colon)...]) else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    self.init(host: String(host), port: Int(port))
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
