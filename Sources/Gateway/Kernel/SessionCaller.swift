import Access
import Client
import Kernel

/// Who calls, as the kernel's server says it.
struct SessionCaller: Sendable {
  /// Number of the key; nil on a server without keys.
  var key: UInt32?
  /// The person in whose name the key acts; 0 for any.
  var person: UInt32 = 0
  /// Tenants that the key may name; nil for all. For counting only: the kernel's server decides.
  var tenants: [UInt32]?

  /// Asks the server whose session a client has.
  ///
  /// - Throws: `ClientError`, also when the server does not say it.
  init(asking client: MilepostClient) async throws(ClientError) {
    let own: AccessKey?
    do { own = try await client.ownKey() } catch let error as ClientError { throw error } catch {
      throw .outcomeUnknown("the server does not say whose key it is: \(error)")
    }
    key = own?.id
    person = own?.content.person ?? 0
    tenants = own?.content.tenants
  }
}
