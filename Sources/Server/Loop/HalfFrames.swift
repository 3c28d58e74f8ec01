import NIOCore

/// Submits whose bodies are being received, the one that began first in front.
///
/// What they have room for is bounded: past the bound the oldest gives way, as a client that is slow, or never means to send the rest, is
/// older than those that are not. Confined to its event loop.
struct HalfFrames {
  struct Frame {
    let connection: UInt64
    let byteCount: Int
  }

  private var frames: [UInt64: Frame] = [:]
  /// Their numbers, with some that are gone.
  private var order = CircularBuffer<UInt64>()
  private var newest: UInt64 = 0
  /// Bytes that their bodies will have.
  private(set) var byteCount = 0

  var count: Int { frames.count }

  /// Adds a frame; its number, never 0.
  mutating func append(_ frame: Frame) -> UInt64 {
    if order.count > 2 * frames.count + 64 { order.removeAll { frames[$0] == nil } }
    newest += 1
    frames[newest] = frame
    order.append(newest)
    byteCount += frame.byteCount
    return newest
  }

  /// It is whole, or will never be.
  mutating func remove(_ number: UInt64) {
    guard let frame = frames.removeValue(forKey: number) else { return }
    byteCount -= frame.byteCount
  }

  /// The connection of the frame that began first.
  var oldest: UInt64? {
    mutating get {
      while let number = order.first {
        if let frame = frames[number] { return frame.connection }
        order.removeFirst()
      }
      return nil
    }
  }
}
