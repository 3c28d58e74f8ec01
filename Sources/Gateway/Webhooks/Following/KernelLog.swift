import Client
import HTTPTypes
import NIOCore
import Wire

/// The gateway's own session with the kernel, to follow the log of all tenants with. Opened when it is needed first.
actor KernelLog {
  private let host: String
  private let port: Int
  private let transport: ClientConfiguration.Transport
  private let key: String?
  private let group: any EventLoopGroup
  private var opening: Task<Result<MilepostClient, Problem>, Never>?
  private var isClosed = false

  init(_ configuration: GatewayConfiguration, group: any EventLoopGroup) {
    host = configuration.kernelHost
    port = configuration.kernelPort
    transport = configuration.kernelTransport
    key = configuration.ownKey
    self.group = group
  }

  /// The session; opened anew when the last one was lost.
  ///
  /// - Throws: `Problem`: no key, a key that is not enough, or no kernel.
  func client() async throws(Problem) -> MilepostClient {
    guard !isClosed else { throw Problem(.closed) }
    if let opening { return try await opening.value.get() }
    let task = Task { await self.open() }
    opening = task
    let result = await task.value
    if case .failure = result, opening == task { opening = nil }
    return try result.get()
  }

  /// A session turned out to be over.
  func lost(_ client: MilepostClient) async {
    guard let task = opening, case .success(let current) = await task.value, current === client, opening == task else {
      return
    }
    opening = nil
    client.abort()
  }

  private func open() async -> Result<MilepostClient, Problem> {
    var configuration = ClientConfiguration()
    configuration.transport = transport
    // Readers stop where an endpoint has no room: what was sent beyond that comes again.
    configuration.eventCredit = 1_024
    if let key { configuration.authentication = .key(key) }
    do throws(ClientError) {
      let client = try await MilepostClient.connect(host: host, port: port, configuration: configuration, group: group)
      do throws(ClientError) {
        let caller = try await SessionCaller(asking: client)
        guard caller.key == nil || caller.tenants == nil else {
          client.abort()
          return .failure(Self.narrowKey)
        }
        return .success(client)
      } catch {
        client.abort()
        throw error
      }
    } catch {
      let problem = Problem(error)
      guard problem.status == .unauthorized else { return .failure(problem) }
      return .failure(key == nil ? Self.noKey : Self.badKey)
    }
  }

  /// A session of its own, for one who closes it: subscriptions of a session are few.
  ///
  /// - Throws: as `client`.
  func ownClient() async throws(Problem) -> MilepostClient { try await open().get() }

  /// The newest commit that is durable now.
  func newestCommit() async throws(Problem) -> UInt64 {
    let client = try await client()
    do throws(ClientError) { return try await client.ping().commit } catch {
      await lost(client)
      throw Problem(error)
    }
  }

  func close() async {
    isClosed = true
    guard let opening, case .success(let client) = await opening.value else { return }
    await client.close()
  }

  /// The code when the gateway itself may not follow the log.
  static let unavailable = "webhooks_unavailable"
  private static let noKey = Problem(
    .serviceUnavailable, unavailable,
    "the server asks for keys, and the gateway has none of its own: it is to be started with --http-key-file")
  private static let badKey = Problem(
    .serviceUnavailable, unavailable, "the server does not take the gateway's own key, that of --http-key-file")
  private static let narrowKey = Problem(
    .serviceUnavailable, unavailable, "the gateway's own key, that of --http-key-file, is not for all tenants")
}
