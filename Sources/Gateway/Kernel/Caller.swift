import Access
import Client
import Kernel

/// Who calls, as the kernel's server says it.
struct Caller: Sendable {
  /// Number of the key; nil on a server without keys.
  var key: UInt32?
  /// The person in whose name the key acts; 0 for any.
  var person: UInt32 = 0
  /// Tenants that the key may name; nil for all. For counting only: the kernel's server decides.
  var tenants: [UInt32]?

  /// Asks the server whose session a client has.
  ///
  /// - Throws: `ClientError`.
  init(asking client: MilepostClient) async throws(ClientError) {
    let answer = try await client.manage(AccessCommand.whoAmI.json)
    do throws(AccessError) {
      guard case .key(let own) = try AccessAnswer(json: answer) else { return }
      key = own.id
      person = own.content.person
      tenants = own.content.tenants
    } catch {
      throw .outcomeUnknown("the server's answer about the key cannot be read: \(error)")
    }
  }
}
