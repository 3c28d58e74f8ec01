import NIOConcurrencyHelpers
import Testing

@testable import Gateway

@Suite("Limits")
struct LimitTests {
  private final class Clock: Sendable {
    let nanoseconds = NIOLockedValueBox<Int64>(5_000_000_000)
    func advance(_ milliseconds: Int64) { nanoseconds.withLockedValue { $0 += milliseconds * 1_000_000 } }
  }

  private func limiter(_ limits: RateLimit..., clock: Clock) -> RateLimiter {
    RateLimiter(limits) { clock.nanoseconds.withLockedValue { $0 } }
  }

  private func isAdmitted(_ decision: RateLimiter.Decision) -> Bool {
    if case .admitted = decision { true } else { false }
  }

  @Test("a burst is admitted, then the rate")
  func rate() {
    let clock = Clock()
    let limiter = limiter(RateLimit(.key, perSecond: 10, burst: 3), clock: clock)
    let who = [RateLimiter.Subject(limit: 0, name: "a")]
    #expect((0..<5).map { _ in isAdmitted(limiter.admit(who)) } == [true, true, true, false, false])
    clock.advance(99)
    #expect(!isAdmitted(limiter.admit(who)))
    clock.advance(1)
    #expect(isAdmitted(limiter.admit(who)))
    #expect(!isAdmitted(limiter.admit(who)))
    // Somebody else has a burst of his own.
    #expect(isAdmitted(limiter.admit([RateLimiter.Subject(limit: 0, name: "b")])))
    // A long pause gives no more than a burst.
    clock.advance(1_000_000)
    #expect((0..<5).map { _ in isAdmitted(limiter.admit(who)) } == [true, true, true, false, false])
  }

  @Test("over any time a limit admits just its burst and its rate")
  func longRun() {
    let clock = Clock()
    let limiter = limiter(RateLimit(.key, perSecond: 100, burst: 20), clock: clock)
    let who = [RateLimiter.Subject(limit: 0, name: "a")]
    var admitted = 0
    for _ in 0..<10_000 {
      clock.advance(1)
      if isAdmitted(limiter.admit(who)) { admitted += 1 }
    }
    #expect(admitted == 20 + 999)
  }

  @Test("a request that one limit refuses counts under none")
  func together() {
    let clock = Clock()
    let limiter = limiter(
      RateLimit(.key, perSecond: 1, burst: 5), RateLimit(.tenant, perSecond: 1, burst: 2), clock: clock)
    let both = [RateLimiter.Subject(limit: 0, name: "a"), RateLimiter.Subject(limit: 1, name: "1")]
    #expect((0..<4).map { _ in isAdmitted(limiter.admit(both)) } == [true, true, false, false])
    let key = [both[0]]
    #expect((0..<4).map { _ in isAdmitted(limiter.admit(key)) } == [true, true, true, false])
  }

  @Test("refusals say how long to wait")
  func wait() {
    let clock = Clock()
    let limiter = limiter(RateLimit(.key, perSecond: 2, burst: 1), clock: clock)
    let who = [RateLimiter.Subject(limit: 0, name: "a")]
    _ = limiter.admit(who)
    clock.advance(100)
    guard case .refused(_, let wait) = limiter.admit(who) else {
      Issue.record("admitted")
      return
    }
    #expect(wait == 400_000_000)
    clock.advance(400)
    #expect(isAdmitted(limiter.admit(who)))
  }

  @Test("limits as options write them")
  func texts() {
    #expect(RateLimit("key=100") == RateLimit(.key, perSecond: 100, burst: 100))
    #expect(RateLimit("tenant=10:50") == RateLimit(.tenant, perSecond: 10, burst: 50))
    #expect(RateLimit("submit_batch=1") == RateLimit(.route("submit_batch"), perSecond: 1))
    for text in ["", "key", "key=", "key=0", "key=1:", "key=1:2:3", "=1", "key=-1", "key=1000001"] {
      #expect(RateLimit(text) == nil, "\(text)")
    }
  }

  @Test("of 64 clients at once exactly as many are admitted as the limit says")
  func exact() async throws {
    // A day for the next one: only the burst counts.
    try await withGateway(limits: [RateLimit(.key, perSecond: 1, burst: 300)]) { api in
      let started = ContinuousClock.now
      let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<64 {
          group.addTask {
            var statuses: [Int] = []
            for _ in 0..<10 { statuses.append(try await api.get("/v1/tenants/1/ledger").status) }
            return statuses
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      // What the rate gave back meanwhile is known to within a second.
      let seconds = Int((ContinuousClock.now - started).components.seconds)
      let admitted = statuses.count { $0 == 200 }
      #expect((300...301 + seconds).contains(admitted))
      #expect(statuses.count { $0 == 429 } == 640 - admitted)
      let refused = try await api.get("/v1/tenants/1/ledger")
      #expect(try refused.code == "rate_limited")
      #expect(refused.header("retry-after") == "1")
      #expect(refused.header("ratelimit-policy") == "\"key\";q=300;w=300")
      #expect(refused.header("ratelimit")?.hasPrefix("\"key\";r=0;t=") ?? false)
    }
  }
}
