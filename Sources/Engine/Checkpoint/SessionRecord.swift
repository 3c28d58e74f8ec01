#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store

/// What the catalog keeps of a session.
///
/// ```
/// key    session 8, big-endian
/// value  lastRequest 8 | lastUse 8 | entries: request 8, commit 8, offset 4, frame 4
/// ```
/// Under key 0 lies where replay must start for sessions, and the newest session id: commit 8 | id 8.
struct SessionRecord {
  var lastRequest: UInt64
  var lastUse: Instant
  var entries: [ReplyEntry]

  private static let headerByteCount = 16
  private static let entryByteCount = 24

  /// What is durable of a session, whose lock is held.
  init(_ session: Session) {
    entries = session.window.durableEntries
    // Requests that are not durable are left to the log. They may have pushed out the newest one that is.
    lastRequest = session.window.lastDurable
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_request_number_lost) { lastRequest = entries.last?.request ?? 0 }
    #endif
    lastUse = session.lastUse
  }

  init(lastRequest: UInt64, lastUse: Instant, entries: [ReplyEntry]) {
    self.lastRequest = lastRequest
    self.lastUse = lastUse
    self.entries = entries
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerByteCount, (bytes.count - Self.headerByteCount) % Self.entryByteCount == 0 else {
      return nil
    }
    var reader = CatalogBytes.Reader(bytes)
    lastRequest = reader.next()
    lastUse = Instant(bitPattern: reader.next() as UInt64)
    entries = []
    while reader.offset < bytes.count {
      entries.append(
        ReplyEntry(request: reader.next(), commit: reader.next(), offset: reader.next(), frame: reader.next()))
    }
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headerByteCount + entries.count * Self.entryByteCount)
    CatalogBytes.append(lastRequest, to: &bytes)
    CatalogBytes.append(UInt64(bitPattern: lastUse), to: &bytes)
    for entry in entries {
      CatalogBytes.append(entry.request, to: &bytes)
      CatalogBytes.append(entry.commit, to: &bytes)
      CatalogBytes.append(entry.offset, to: &bytes)
      CatalogBytes.append(entry.frame, to: &bytes)
    }
    return bytes
  }

  /// The record under key 0.
  struct Head {
    /// All sessions are in the catalog as of this commit, or later; replay starts behind it.
    var cut: UInt64
    var newestID: UInt64

    init(cut: UInt64, newestID: UInt64) {
      self.cut = cut
      self.newestID = newestID
    }

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 16 else { return nil }
      var reader = CatalogBytes.Reader(bytes)
      cut = reader.next()
      newestID = reader.next()
    }

    var bytes: [UInt8] {
      var bytes: [UInt8] = []
      CatalogBytes.append(cut, to: &bytes)
      CatalogBytes.append(newestID, to: &bytes)
      return bytes
    }

    static let key = UInt64(0).catalogKey
  }
}
