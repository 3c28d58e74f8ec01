import Access
import Client
import Crypto
import NIOConcurrencyHelpers
import NIOCore
import Wire

/// Sessions with the kernel, one for each credential that is in use. The kernel's server decides what a credential is worth: the
/// gateway keeps no keys, and its policy cannot differ from that of the binary protocol.
final class SessionPool: Sendable {
  private let host: String
  private let port: Int
  private let transport: ClientConfiguration.Transport
  private let group: any EventLoopGroup
  private let state = NIOLockedValueBox(State())

  /// Sessions at once; each is a connection of the server.
  static let sessionCountMax = 256
  /// Streams of events at once, each with a connection of its own.
  static let streamCountMax = 128
  /// Of these those of one key: nobody takes the places of all others.
  static let streamCountMaxOfKey = 32
  /// Openings at once: a flood of wrong keys waits here, and not in front of the server.
  static let openingCountMax = 32

  private struct Entry: Sendable {
    var opening: Task<Result<KernelSession, Problem>, Never>
    var session: KernelSession?
    /// Order of use.
    var used: UInt64
  }

  private struct State {
    /// By SHA-256 of the secret; the empty key is nobody's.
    var entries: [[UInt8]: Entry] = [:]
    var clock: UInt64 = 0
    var openingCount = 0
    var streamCount = 0
    var streamCountByKey: [UInt32: Int] = [:]
    var isClosed = false
  }

  init(host: String, port: Int, transport: ClientConfiguration.Transport, group: any EventLoopGroup) {
    self.host = host
    self.port = port
    self.transport = transport
    self.group = group
  }

  /// The session of who has `secret`; of nobody in particular when it is nil.
  ///
  /// - Throws: `Problem`: unauthorised, unavailable, or too many at once.
  func session(secret: String?) async throws(Problem) -> KernelSession {
    // What is there to be exchanged opens nothing.
    switch secret.map({ Proof(presented: $0.utf8) }) {
    case .token(.code, _), .refresh: throw .unauthorised
    default: break
    }
    let name = secret.map { Array(SHA256.hash(data: Array($0.utf8))) } ?? []
    enum Found {
      case ready(KernelSession)
      case opening(Task<Result<KernelSession, Problem>, Never>)
      case full
    }
    let (found, evicted) = state.withLockedValue { state -> (Found, KernelSession?) in
      state.clock += 1
      if var entry = state.entries[name] {
        if let session = entry.session, session.isDead {
          state.entries[name] = nil
        } else {
          entry.used = state.clock
          state.entries[name] = entry
          return (entry.session.map { .ready($0) } ?? .opening(entry.opening), nil)
        }
      }
      guard !state.isClosed, state.openingCount < Self.openingCountMax else { return (.full, nil) }
      var evicted: KernelSession?
      if state.entries.count >= Self.sessionCountMax {
        // The one that was not used for the longest time, among those with nothing to do.
        let idle = state.entries.filter { $0.value.session?.isIdle ?? false }
        guard let oldest = idle.min(by: { $0.value.used < $1.value.used }) else { return (.full, nil) }
        evicted = state.entries.removeValue(forKey: oldest.key)?.session
      }
      state.openingCount += 1
      let opening = Task { await self.open(name, secret) }
      state.entries[name] = Entry(opening: opening, used: state.clock)
      return (.opening(opening), evicted)
    }
    if let evicted { Task { await evicted.client.close() } }
    switch found {
    case .ready(let session): return session
    case .opening(let opening): return try await opening.value.get()
    case .full: throw .busy
    }
  }

  private func open(_ name: [UInt8], _ secret: String?) async -> Result<KernelSession, Problem> {
    let result: Result<KernelSession, Problem>
    do throws(ClientError) {
      let client = try await connect(secret)
      do throws(ClientError) {
        result = .success(KernelSession(client: client, caller: try await SessionCaller(asking: client)))
      } catch {
        client.abort()
        throw error
      }
    } catch {
      result = .failure(Problem(error))
    }
    state.withLockedValue { state in
      state.openingCount -= 1
      if case .success(let session) = result {
        state.entries[name]?.session = session
      } else {
        state.entries[name] = nil
      }
    }
    return result
  }

  private func connect(_ secret: String?) async throws(ClientError) -> MilepostClient {
    var configuration = ClientConfiguration()
    configuration.transport = transport
    if let secret { configuration.authentication = .key(secret) }
    return try await MilepostClient.connect(host: host, port: port, configuration: configuration, group: group)
  }

  /// Asks something over a session of its own, which ends with the answer: for what proves itself once.
  ///
  /// - Throws: `ClientError`; `busy` as `closed` when too many are being opened.
  func once<Answer: Sendable>(
    secret: String, _ body: (MilepostClient) async throws(ClientError) -> Answer
  ) async throws(ClientError) -> Answer {
    let isFree = state.withLockedValue { state in
      guard !state.isClosed, state.openingCount < Self.openingCountMax else { return false }
      state.openingCount += 1
      return true
    }
    guard isFree else { throw .closed }
    defer { state.withLockedValue { $0.openingCount -= 1 } }
    let client = try await connect(secret)
    let result: Result<Answer, ClientError>
    do throws(ClientError) { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.close()
    return try result.get()
  }

  /// A connection of its own to follow the log with. It closes, and its place is free, when the last reference to it is gone.
  func follower(secret: String?) async throws(Problem) -> Follower {
    // Who has no good key takes no place of those who do: sessions are opened a few at a time.
    let key = try await session(secret: secret).caller.key
    let isFree = state.withLockedValue { state in
      guard !state.isClosed, state.streamCount < Self.streamCountMax else { return false }
      if let key {
        guard state.streamCountByKey[key, default: 0] < Self.streamCountMaxOfKey else { return false }
        state.streamCountByKey[key, default: 0] += 1
      }
      state.streamCount += 1
      return true
    }
    guard isFree else { throw .busy }
    do throws(ClientError) {
      return Follower(client: try await connect(secret), key: key, pool: self)
    } catch {
      leave(key)
      throw Problem(error)
    }
  }

  fileprivate func leave(_ key: UInt32?) {
    state.withLockedValue { state in
      state.streamCount -= 1
      guard let key, let count = state.streamCountByKey[key] else { return }
      state.streamCountByKey[key] = count > 1 ? count - 1 : nil
    }
  }

  /// Closes all sessions, when what they were asked is answered.
  func close() async {
    let entries = state.withLockedValue { state in
      state.isClosed = true
      defer { state.entries = [:] }
      return state.entries.values.map { $0 }
    }
    for entry in entries {
      if case .success(let session) = await entry.opening.value { await session.client.close() }
    }
  }
}

/// A connection that follows the log, and its place among the streams. A request may end without a word, so the place does not depend on
/// somebody giving it back.
final class Follower: Sendable {
  let client: MilepostClient
  private let key: UInt32?
  private let pool: SessionPool

  fileprivate init(client: MilepostClient, key: UInt32?, pool: SessionPool) {
    self.client = client
    self.key = key
    self.pool = pool
  }

  deinit {
    pool.leave(key)
    let client = self.client
    Task { await client.close() }
  }
}
