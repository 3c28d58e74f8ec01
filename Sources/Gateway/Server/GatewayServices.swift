/// What routes work with.
struct GatewayServices: Sendable {
  let sessions: SessionPool
  let streams: StreamRegistry
  let limiter: RateLimiter
  let repetitions: Repetitions
  let webhooks: WebhookService
  /// Batches in memory at once.
  let batches = PlaceCount(32)
  /// Streams of lines at once.
  let lineStreams = PlaceCount(64)
  /// Milliseconds since 1970 UTC.
  let now: @Sendable () -> Int64
}
