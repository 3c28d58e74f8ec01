/// What routes work with.
struct GatewayServices: Sendable {
  let sessions: SessionPool
  let streams: StreamRegistry
  let limiter: RateLimiter
  let repetitions: Repetitions
  /// Milliseconds since 1970 UTC.
  let now: @Sendable () -> Int64
}
