import Kernel
import Store

/// Where scans go on in the archive: a cursor of 32 bits has no room for a key of 160.
///
/// Cursors of the archive have the high bit set, which no slot of a shard has. Number 0 is the start of a tenant's
/// contracts; others stand for a key here, until as many newer ones as there are places were given. They do not outlive
/// the engine.
final class ScanCursors: @unchecked Sendable {
  static let mark: UInt32 = 1 << 31
  static let placeCount = 1 << 14

  /// Guards what follows.
  private let lock = Lock()
  private var keys: [(number: UInt32, key: ArchiveKey)] = []
  private var newest: UInt32 = 0

  static func isOfArchive(_ cursor: UInt32) -> Bool { cursor & mark != 0 }

  /// A cursor that stands for a key.
  func cursor(for key: ArchiveKey) -> UInt32 {
    lock.withLock {
      newest = newest == Self.mark - 1 ? 1 : newest + 1
      let place = Int(newest) & (Self.placeCount - 1)
      while keys.count <= place { keys.append((0, ArchiveKey(tenant: 0, id: 0))) }
      keys[place] = (newest, key)
      return newest | Self.mark
    }
  }

  /// The key to go on from; nil when the cursor is too old or of another tenant.
  func key(_ cursor: UInt32, tenant: UInt32) -> ArchiveKey? {
    let number = cursor & ~Self.mark
    if number == 0 { return ArchiveKey(tenant: tenant, id: 0) }
    return lock.withLock {
      let place = Int(number) & (Self.placeCount - 1)
      guard place < keys.count, keys[place].number == number, keys[place].key.tenant == tenant else { return nil }
      return keys[place].key
    }
  }
}
