import Access
import Client
import HTTPTypes

extension KernelSession {
  /// The caller's key as it is now; nil on a server without keys.
  ///
  /// The server is asked each time: what it said when the session began may be out of date. For requests that are rare.
  func ownKey() async throws(Problem) -> AccessKey.Content? {
    let answer: [UInt8]
    do throws(ClientError) { answer = try await client.manage(AccessCommand.whoAmI.json) } catch { throw failed(error) }
    do throws(AccessError) {
      guard case .key(let own) = try AccessAnswer(json: answer) else { return nil }
      return own.content
    } catch {
      throw Problem(.serviceUnavailable, "unavailable", "the server's answer about the key cannot be read")
    }
  }

  /// - Throws: `Problem` when the caller may not read the tenant: every role reads, and follows the log of, what its key is for.
  func checkReader(of tenant: UInt32) async throws(Problem) {
    if let tenants = try await ownKey()?.tenants, !tenants.contains(tenant) { throw .otherTenant }
  }
}
