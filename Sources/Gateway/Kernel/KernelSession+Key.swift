import Access
import Client
import HTTPTypes

extension MilepostClient {
  /// Asks about keys and tokens; one at a time.
  ///
  /// - Throws: `AccessError` when it was refused, `ClientError`.
  func ask(_ command: AccessCommand) async throws -> AccessAnswer {
    let answer = try AccessAnswer(json: try await manage(command.json))
    if case .refused(let kind, let text) = answer { throw AccessError(kind, text) }
    return answer
  }

  /// The key that the session was opened with, as it is now; nil only where the server says that it has no keys.
  ///
  /// - Throws: `AccessError` when it was refused for any other reason: who cannot be told is not everybody. `ClientError`.
  func ownKey() async throws -> AccessKey? {
    do {
      guard case .key(let own) = try await ask(.whoAmI) else {
        throw AccessError(.invalid, "the server's answer about the key is another one")
      }
      return own
    } catch let error as AccessError where error.kind == .noKeys { return nil }
  }
}

extension KernelSession {
  /// As the client's, in turns: a server takes one command of a connection at a time.
  func ask(_ command: AccessCommand) async throws -> AccessAnswer {
    try await inTurn { try await self.client.ask(command) }
  }

  /// The caller's key as it is now; nil on a server without keys.
  ///
  /// The server is asked each time: what it said when the session began may be out of date. For requests that are rare.
  func ownKey() async throws(Problem) -> AccessKey.Content? {
    do { return try await inTurn { try await self.client.ownKey() }?.content } catch let error as ClientError {
      throw failed(error)
    } catch {
      throw Problem(.serviceUnavailable, "unavailable", "the server cannot say what the key may do")
    }
  }

  /// - Throws: `Problem` when the caller may not read the tenant: every role reads, and follows the log of, what its key is for.
  func checkReader(of tenant: UInt32) async throws(Problem) {
    if let tenants = try await ownKey()?.tenants, !tenants.contains(tenant) { throw .otherTenant }
  }
}
