internal import CIntrinsics
private import Synchronization

/// Memory for blocks that are saved before they change: of one image after the other, kept from one to the next.
///
/// A page that is touched for the first time is cleared first, and whoever saves a block holds up requests: so the memory is
/// backed before the image begins, by a thread that can wait. As much is kept as the largest image has needed. Thread-safe.
public final class ImageBuffers: Sendable {
  private struct State {
    var pages: [UInt] = []
    var free: [UInt] = []
  }

  static let byteCount = Shard.checkpointBlockByteCount
  private static let pageByteCount = 2 << 20
  private let state = Mutex(State())
  private let usesHugePages: Bool

  public init(hugePages: Bool = true) { usesHugePages = hugePages }

  deinit {
    for page in state.withLock({ $0.pages }) { unsafe milepost_release(Self.pointer(page), Self.pageByteCount) }
  }

  /// Blocks that there is memory for.
  var freeCount: Int { state.withLock { $0.free.count } }

  /// Has memory for that many blocks backed, those that are in use not counted.
  public func reserve(_ count: Int) {
    while freeCount < count {
      let page = makePage()
      unsafe milepost_prefault(Self.pointer(page), 0, Self.pageByteCount)
      state.withLock { Self.add(page, to: &$0) }
    }
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
    for place in 0..<UInt(pageByteCount / byteCount) { state.free.append(page + place * UInt(byteCount)) }
  }

  private static func pointer(_ address: UInt) -> UnsafeMutableRawPointer {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      preconditionFailure("a block at address 0")
    }
    return unsafe pointer
  }
}
