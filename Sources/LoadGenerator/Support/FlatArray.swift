import CIntrinsics

#if canImport(Glibc)
  import Glibc
#endif

/// A fixed number of plain records in one allocation that never moves.
///
/// The generator keeps millions of small records and touches one or two of them per operation. An
/// `Array` would check uniqueness at every write; this checks only the index. Not thread-safe: the
/// owner's event loop guards it.
@safe
struct FlatArray<Element>: ~Copyable {
  // Owned: allocated in `init`, freed in `deinit`, never handed out beyond a call.
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  /// Room for `count` elements, each a copy of `value`.
  init(repeating value: Element, count: Int) {
    precondition(count >= 0, "a count is not negative")
    self.count = count
    // Whole cache lines, so that a record of 64 bytes lies in one; huge pages where the array is large,
    // because nearly every access would otherwise miss the address translation cache too.
    let byteCount = max(count, 1) * MemoryLayout<Element>.stride
    let large = byteCount >= 4 << 20
    let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: large ? 2 << 20 : 64)
    #if os(Linux)
      // Advice only: where huge pages are not to be had, ordinary ones serve.
      if large { _ = unsafe madvise(raw, byteCount, Int32(MADV_HUGEPAGE)) }
    #endif
    unsafe base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    unsafe base.initialize(repeating: value, count: count)
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  subscript(index: Int) -> Element {
    // The index is checked, and the memory lives as long as `self`.
    @inline(__always) _read {
      precondition(index >= 0 && index < count, "index out of range")
      yield unsafe base[index]
    }
    @inline(__always) _modify {
      precondition(index >= 0 && index < count, "index out of range")
      yield unsafe &base[index]
    }
  }

  /// Asks for the element's cache lines, at most two, without waiting for them.
  @inline(__always)
  func prefetch(_ index: Int) {
    precondition(index >= 0 && index < count, "index out of range")
    let start = unsafe UnsafeRawPointer(base + index)
    unsafe milepost_prefetch(start)
    if MemoryLayout<Element>.size > 64 { unsafe milepost_prefetch(start + 64) }
  }
}
