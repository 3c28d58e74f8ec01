internal import CIntrinsics
private import Synchronization

/// Memory for blocks that are saved before they change: of one image after the other, kept from one to the next.
///
/// A page that is touched for the first time is cleared first, and whoever saves a block holds up requests: so the memory is
/// backed before the image begins, by a thread that can wait, up to a bound. What an image needs beyond it is given back at its end. Thread-safe.
public final class ImageBuffers: Sendable {
  private struct State {
    var pages: [UInt] = []
    var free: [UInt] = []
  }

  static let byteCount = Shard.checkpointBlockByteCount
  private static let pageByteCount = 2 << 20
  private static let blocksPerPage = pageByteCount / byteCount
  /// Pages that are kept: 64 MiB, all of each of 64 shards that share 17 million live milestones.
  static let pageCountMax = 32
  private let state = Mutex(State())
  private let usesHugePages: Bool

  public init(hugePages: Bool = true) { usesHugePages = hugePages }

  deinit {
    for page in state.withLock({ $0.pages }) { unsafe milepost_release(Self.pointer(page), Self.pageByteCount) }
  }

  /// Blocks that there is memory for.
  var freeCount: Int { state.withLock { $0.free.count } }

  /// Whether there is less memory than for an image of that many blocks, within the bound.
  public func areTooFew(for blockCount: Int) -> Bool {
    let pageCount = state.withLock { $0.pages.count }
    return pageCount < Self.pageCountMax && pageCount * Self.blocksPerPage < blockCount
  }

  /// Has 2 MiB more backed.
  public func addPage() {
    let page = makePage()
    unsafe milepost_prefault(Self.pointer(page), 0, Self.pageByteCount)
    state.withLock { Self.add(page, to: &$0) }
  }

  /// Gives back what is more than is kept. To be called behind an image, without the shard's lock.
  public func trim() {
    let pages = state.withLock { state in
      let isUnused = state.free.count == state.pages.count * Self.blocksPerPage
      guard isUnused, state.pages.count > Self.pageCountMax else { return [UInt]() }
      let pages = Array(state.pages[Self.pageCountMax...])
      state.pages.removeLast(pages.count)
      state.free.removeAll()
      for page in state.pages { Self.addBlocks(of: page, to: &state) }
      return pages
    }
    for page in pages { unsafe milepost_release(Self.pointer(page), Self.pageByteCount) }
  }

  /// Memory for a block, with anything in it; valid as long as these buffers live.
  /// - Precondition: the address space can be had.
  func take() -> UnsafeMutableRawPointer {
    let address = state.withLock { state in
      if state.free.isEmpty { Self.add(makePage(), to: &state) }
      return state.free.removeLast()
    }
    return unsafe Self.pointer(address)
  }

  /// Takes memory back that nobody uses any more.
  func give(_ buffer: UnsafeMutableRawPointer) {
    let address = UInt(bitPattern: buffer)
    state.withLock { $0.free.append(address) }
  }

  private func makePage() -> UInt {
    guard let page = unsafe milepost_reserve(Self.pageByteCount, usesHugePages) else {
      preconditionFailure("no address space for blocks that are saved")
    }
    return UInt(bitPattern: page)
  }

  private static func add(_ page: UInt, to state: inout State) {
    state.pages.append(page)
    addBlocks(of: page, to: &state)
  }

  private static func addBlocks(of page: UInt, to state: inout State) {
    for place in 0..<UInt(blocksPerPage) { state.free.append(page + place * UInt(byteCount)) }
  }

  private static func pointer(_ address: UInt) -> UnsafeMutableRawPointer {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      preconditionFailure("a block at address 0")
    }
    return unsafe pointer
  }
}
