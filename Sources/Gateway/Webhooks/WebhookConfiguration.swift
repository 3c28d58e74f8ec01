/// How events are sent to the endpoints of tenants.
public struct WebhookConfiguration: Sendable {
  /// Takes endpoints on loopback as well, also over plain HTTP and on any port: for development and tests only.
  public var allowsLoopback = false
  /// Ports that an endpoint may have. Not empty.
  public var ports: Set<Int> = [443]
  /// When a delivery that failed is tried again.
  public var ladder = RetryLadder.standard
  /// Longest time of one delivery, from the look-up of the name to the end of the answer. Milliseconds.
  public var timeoutMilliseconds: Int64 = 15_000
  /// An endpoint that failed for so long without one success is disabled. Milliseconds.
  public var failingMillisecondsMax: Int64 = 5 * 86_400_000
  /// Most endpoints.
  public var endpointCountMax = 1_000
  /// Most endpoints of a tenant.
  public var tenantEndpointCountMax = 50
  /// Most deliveries on their way at once. Every endpoint may have one beyond that, so that none waits for another.
  public var inFlightCountMax = 1_024
  /// Most deliveries of an endpoint on their way at once.
  public var endpointInFlightCountMax = 32
  /// Events of an endpoint in memory, from the log and not settled yet.
  public var windowCountMax = 1_024
  /// Events of an endpoint that wait for another try. When there are so many it gets no new ones.
  public var retryCountMax = 1_000
  /// Milliseconds since 1970 UTC; nil for the system's clock.
  var now: (@Sendable () -> Int64)?

  public init() {}
}
