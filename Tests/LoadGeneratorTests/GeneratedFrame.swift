import Kernel

@testable import LoadGenerator

/// Memory for one frame at a time, and what was written there last.
final class GeneratedFrame {
  private let room: UnsafeMutableRawBufferPointer
  private let answerRoom: UnsafeMutableBufferPointer<OperationResult>
  private var extent = FrameExtent(first: 0, slotCount: 0, operationCount: 0)

  init(operationLimit: Int) {
    room = .allocate(byteCount: 2 * operationLimit * Operation.byteCount, alignment: 64)
    answerRoom = .allocate(capacity: operationLimit)
  }

  deinit {
    room.deallocate()
    answerRoom.deallocate()
  }

  func write(_ body: (FrameRoom) -> FrameExtent) {
    extent = body(FrameRoom(slots: room, answers: answerRoom))
  }

  var slots: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: room[..<(extent.slotCount * Operation.byteCount)])
  }
  var answers: UnsafeBufferPointer<OperationResult> {
    UnsafeBufferPointer(rebasing: answerRoom[..<extent.operationCount])
  }
}
