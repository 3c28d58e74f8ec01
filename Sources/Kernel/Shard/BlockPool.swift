internal import CIntrinsics
private import Synchronization

/// Memory for what grows a little at a time in every shard: blocks of 4 KiB out of huge pages that the shards share.
///
/// A processor keeps few address translations, and under a hypervisor looking one up costs more than the cache miss it
/// goes with: what is met at random must lie in huge pages, and a huge page for each part of each shard would be mostly
/// empty. Blocks are given back to the pool, never to the system. Thread-safe; asked when something grows, not when it
/// is used.
public final class BlockPool: Sendable {
  /// Memory by address: owned here, and handed from thread to thread.
  private struct State {
    var pages: [UInt] = []
    /// Bytes of the last page that were handed out.
    var used = BlockPool.pageByteCount
    /// A page that is backed already, to be used next; 0 for none.
    var spare: UInt = 0
    /// The first block that came back, with the address of the next in its first word; 0 for none.
    var free: UInt = 0
  }

  static let blockByteCount = 4_096
  static let pageByteCount = 2 << 20
  private let state = Mutex(State())
  private let usesHugePages: Bool

  public init(hugePages: Bool = true) { usesHugePages = hugePages }

  deinit {
    let state = state.withLock { $0 }
    for page in state.pages { Self.release(page) }
    if state.spare != 0 { Self.release(state.spare) }
  }

  /// A block of zeros, aligned to its size; the pool must live until it is given back.
  /// - Precondition: the address space can be had.
  func take() -> UnsafeMutableRawPointer {
    let (address, isUsed) = state.withLock { state in
      if state.free != 0 {
        let block = state.free
        state.free = unsafe Self.pointer(block).load(as: UInt.self)
        return (block, true)
      }
      if state.used == Self.pageByteCount {
        state.pages.append(state.spare != 0 ? state.spare : reserve())
        state.spare = 0
        state.used = 0
      }
      defer { state.used += Self.blockByteCount }
      return (state.pages[state.pages.count - 1] + UInt(state.used), false)
    }
    let block = unsafe Self.pointer(address)
    // A block that was never used is zero.
    if isUsed { unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: Self.blockByteCount) }
    return unsafe block
  }

  /// Takes a block back that nobody uses any more.
  func give(_ block: UnsafeMutableRawPointer) {
    let address = UInt(bitPattern: block)
    state.withLock { state in
      unsafe Self.pointer(address).storeBytes(of: state.free, as: UInt.self)
      state.free = address
    }
  }

  /// Has the next page backed before it is needed, since clearing one takes longer than a request should wait.
  ///
  /// To be called a few times a second by a thread that can wait.
  public func warm() {
    let isNeeded = state.withLock { $0.spare == 0 && !$0.pages.isEmpty && $0.used > Self.pageByteCount / 2 }
    guard isNeeded else { return }
    let page = reserve()
    unsafe milepost_prefault(Self.pointer(page), 0, Self.pageByteCount)
    let isTaken = state.withLock { state in
      if state.spare != 0 { return false }
      state.spare = page
      return true
    }
    if !isTaken { Self.release(page) }
  }

  private func reserve() -> UInt {
    guard let page = unsafe milepost_reserve(Self.pageByteCount, usesHugePages) else {
      preconditionFailure("no address space for a page of blocks")
    }
    return UInt(bitPattern: page)
  }

  private static func release(_ page: UInt) { unsafe milepost_release(pointer(page), pageByteCount) }

  private static func pointer(_ address: UInt) -> UnsafeMutableRawPointer {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      preconditionFailure("a block at address 0")
    }
    return unsafe pointer
  }
}
