import Glibc
import NIOConcurrencyHelpers
import NIOHTTP1
import Testing

@testable import Gateway

extension GatewayConfiguration {
  /// For receivers on loopback, with a ladder that tests can wait for.
  mutating func allowReceivers(ladder: [Int64] = [50, 50, 50]) {
    webhooks.allowsLoopback = true
    webhooks.ladder = RetryLadder(pauses: ladder)
  }
}

/// A clock that tests move on.
final class TestClock: Sendable {
  private let ahead = NIOLockedValueBox<Int64>(0)
  /// Milliseconds by which it is ahead of the system's.
  func advance(by milliseconds: Int64) { ahead.withLockedValue { $0 += milliseconds } }

  var now: @Sendable () -> Int64 {
    { [ahead] in
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000 + ahead.withLockedValue { $0 }
    }
  }
}

/// An endpoint that was made over HTTP.
struct WebhookFixture {
  let api: GatewayFixture
  let path: String
  let secret: WebhookSecret

  var document: JSONValue { get async throws { try await api.get(path).json } }

  func post(_ action: String, _ document: String? = nil) async throws -> Reply {
    try await api.ask(.POST, "\(path)/\(action)", document)
  }

  /// Asks until the endpoint's document is as it should be: what it tells follows behind deliveries.
  func wait(
    _ comment: Comment, at location: SourceLocation = #_sourceLocation, until isMet: (JSONValue) throws -> Bool
  ) async throws {
    for _ in 0..<1_500 {
      if try isMet(try await document) { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    let document = try await api.get(path).text
    Issue.record("\(comment): \(document)", sourceLocation: location)
  }
}

extension GatewayFixture {
  func makeWebhook(
    to url: String, tenant: Int = 1, _ more: String = "", at location: SourceLocation = #_sourceLocation
  ) async throws -> WebhookFixture {
    let reply = try await post("/v1/tenants/\(tenant)/webhooks", #"{"url":"\#(url)"\#(more)}"#)
    #expect(reply.status == 201, "\(reply.text)", sourceLocation: location)
    let secret = try #require(
      WebhookSecret(text: try reply.json["secret"]?.text ?? "", created: 0), sourceLocation: location)
    return WebhookFixture(api: self, path: try #require(reply.header("location")), secret: secret)
  }
}
