import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests to one receiver, and answers what it said. All on one event loop.
///
/// A name is looked up, its address checked, and connections go to that very address: a name that leads elsewhere a moment later leads nowhere
/// unchecked. Redirects are not followed. No proxy is asked.
final class WebhookSender: Sendable {
  private let url: WebhookURL
  private let rules: AddressRules
  private let resolver: NameResolver
  private let loop: any EventLoop
  private let timeout: TimeAmount
  private let connectionCountMax: Int
  private let state = NIOLockedValueBox(State())

  /// After so long a name is looked up again.
  private static let addressLife = TimeAmount.seconds(30)

  private struct State {
    var target: DeliveryTarget?
    /// At addresses that the name no longer leads to, with deliveries that have not ended.
    var retired: [DeliveryTarget] = []
    var lookUp: EventLoopFuture<DeliveryTarget>?
    var isStopped = false
  }

  /// One request.
  struct Message: Sendable {
    /// `webhook-id`.
    var id: String
    /// Milliseconds since 1970, for `webhook-timestamp`.
    var time: Int64
    var signature: String
    var body: [UInt8]
    /// The step of its trace that this try is.
    var trace: TraceContext?
  }

  init(
    _ url: WebhookURL, configuration: WebhookConfiguration, resolver: NameResolver, loop: any EventLoop
  ) {
    self.url = url
    self.resolver = resolver
    self.loop = loop
    rules = AddressRules(configuration)
    timeout = .milliseconds(configuration.timeoutMilliseconds)
    connectionCountMax = configuration.endpointInFlightCountMax
  }

  /// Sends one request. On the loop; `completion` is called once, there.
  func send(_ message: Message, _ completion: @escaping @Sendable (DeliveryAnswer) -> Void) {
    let began = NIODeadline.now()
    let deadline = began + timeout
    target(before: deadline).flatMap { target in
      target.execute(message, before: deadline)
    }.whenComplete { result in
      var answer: DeliveryAnswer
      switch result {
      case .success(let said): answer = said
      case .failure(let error): answer = DeliveryAnswer(error: Self.word(for: error))
      }
      answer.milliseconds = (.now() - began).nanoseconds / 1_000_000
      completion(answer)
    }
  }

  /// What went wrong, as a stable word.
  private static func word(for error: any Error) -> String {
    if let failure = error as? DeliveryFailure { return failure.rawValue }
    if let error = error as? HTTPClientError {
      switch error {
      case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
        .tlsHandshakeTimeout:
        return DeliveryFailure.timeout.rawValue
      // The connections were closed under it.
      case .cancelled, .alreadyShutdown: return DeliveryFailure.stopped.rawValue
      default: break
      }
    }
    return DeliveryFailure.connection.rawValue
  }

  // MARK: The address

  private func target(before deadline: NIODeadline) -> EventLoopFuture<DeliveryTarget> {
    let known = state.withLockedValue { state -> EventLoopFuture<DeliveryTarget>? in
      if state.isStopped { return loop.makeFailedFuture(DeliveryFailure.stopped) }
      if let target = state.target, .now() - target.found < Self.addressLife {
        return loop.makeSucceededFuture(target)
      }
      return state.lookUp
    }
    if let known { return known }
    // Nobody else looks it up meanwhile: that is on the loop, too.
    let promise = loop.makePromise(of: DeliveryTarget.self)
    state.withLockedValue { $0.lookUp = promise.futureResult }
    // The system's function may take longer than a delivery: then only its own thread waits for it.
    let limit = loop.scheduleTask(deadline: deadline) { self.found(.failure(DeliveryFailure.timeout), promise) }
    resolver.addresses(of: url.host, port: url.port, on: loop).whenComplete { result in
      limit.cancel()
      self.found(result, promise)
    }
    return promise.futureResult
  }

  /// On the loop; the first call counts.
  private func found(_ result: Result<[SocketAddress], any Error>, _ promise: EventLoopPromise<DeliveryTarget>) {
    let (isOpen, old) = state.withLockedValue { state -> (Bool, DeliveryTarget?) in
      guard state.lookUp === promise.futureResult else { return (false, nil) }
      state.lookUp = nil
      return (true, state.target)
    }
    guard isOpen else { return }
    do {
      let addresses = try result.get()
      // A name with several addresses has them in another order each time.
      if let old, addresses.contains(old.address) {
        old.found = .now()
        return promise.succeed(old)
      }
      guard let address = addresses.first else { throw DeliveryFailure.unresolved }
      do { try rules.check(address, isEncrypted: url.isEncrypted) } catch { throw DeliveryFailure.forbiddenAddress }
      let target = try DeliveryTarget(
        url, at: address, on: loop, timeout: timeout, connectionCountMax: connectionCountMax)
      let isStopped = state.withLockedValue { state in
        if !state.isStopped {
          state.retired.removeAll { $0.isClosed }
          if let old { state.retired.append(old) }
          state.target = target
        }
        return state.isStopped
      }
      old?.retire()
      if isStopped { target.retire() }
      promise.succeed(target)
    } catch { promise.fail(error) }
  }

  /// Closes all connections. Nothing may be sent any more.
  func stop() async {
    let targets = state.withLockedValue { state in
      state.isStopped = true
      defer { (state.target, state.retired) = (nil, []) }
      return state.retired + (state.target.map { [$0] } ?? [])
    }
    for target in targets { await target.stop() }
  }
}

/// Why there is no answer.
enum DeliveryFailure: String, Error, CaseIterable {
  case timeout
  /// No connection, or it broke.
  case connection
  /// The name leads to no address.
  case unresolved
  /// The name leads to an address that is not allowed.
  case forbiddenAddress = "forbidden_address"
  /// Cut off from here: it counts as if it had not been tried.
  case stopped
}
