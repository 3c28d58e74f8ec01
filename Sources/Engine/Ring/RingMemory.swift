import CIntrinsics

/// Memory of the commit ring: made once, touched at open, so that no page is met cold on the hot path.
@safe final class RingMemory: @unchecked Sendable {
  // Bytes are guarded by whoever reserved them, see `CommitRing`.
  private let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// - Precondition: `byteCount` is a power of two of whole pages.
  init(byteCount: Int, prefaults: Bool) throws(EngineError) {
    precondition(byteCount >= 4_096 && byteCount & (byteCount - 1) == 0, "a ring is a power of two of pages")
    self.byteCount = byteCount
    guard let memory = unsafe milepost_reserve(byteCount, true) else {
      throw EngineError(.limit, "no address space for a commit ring of \(byteCount) bytes")
    }
    unsafe base = memory
    if prefaults { unsafe milepost_prefault(memory, 0, byteCount) }
  }

  deinit { unsafe milepost_release(base, byteCount) }

  /// The byte at a ring position. A group never runs over the end, so all its bytes follow.
  func address(_ position: UInt64) -> UnsafeMutableRawPointer {
    // The offset is below `byteCount`.
    unsafe base + Int(position & UInt64(byteCount - 1))
  }
}
