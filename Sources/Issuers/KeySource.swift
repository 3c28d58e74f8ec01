import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Where an issuer's keys are read from.
protocol KeySource: Sendable {
  /// The key set's text.
  func read() async throws -> [UInt8]
}

/// A file, read anew each time.
struct KeyFile: KeySource {
  var path: String

  func read() async throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}

/// A web address. Redirects are not followed: who may change keys is to be named.
struct KeyAddress: KeySource {
  var url: String
  var client: HTTPClient

  private static let byteCountMax = 1 << 20
  private static let timeout = TimeAmount.seconds(5)

  func read() async throws -> [UInt8] {
    // The client's own limit ends with the head of the answer; a body may take for ever.
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask {
        let response = try await client.execute(HTTPClientRequest(url: url), timeout: Self.timeout)
        guard response.status == .ok else { throw IssuerError("\(url) answered \(response.status.code)") }
        return Array(buffer: try await response.body.collect(upTo: Self.byteCountMax))
      }
      group.addTask {
        try await Task.sleep(for: .seconds(10))
        throw IssuerError("\(url) did not answer in time")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? []
    }
  }
}
