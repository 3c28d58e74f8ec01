import Kernel

/// Replays a recording over and over, each copy with contracts and bank references of its own. Confined to one event loop.
///
/// A copy's contracts and references are those of the recording, changed by a word that looks random. So they meet those of another copy as
/// seldom as random words meet; that would show as a difference, not as a run that is taken for a good one.
final class RecordedSource: OperationSource {
  private let recording: Recording
  private let firstTenant: UInt32
  private var random: Random
  /// Of the copy under way: its word, and the next operation with its first slot.
  private var word: UInt64
  private var position = 0
  private var slot = 0
  /// Whole copies that were written.
  private var copyCount = 0
  private(set) var writtenCount: UInt64 = 0

  /// - Parameter recording: one with operations, none of whose chains is longer than the smallest frame to fill.
  init(_ recording: Recording, run: RunIdentity, connection: Int, seed: UInt64, firstTenant: UInt32) {
    precondition(recording.operationCount > 0, "a recording has operations")
    self.recording = recording
    self.firstTenant = firstTenant
    random = Random(seed: run.word ^ mix(seed &+ UInt64(connection) << 32))
    word = random.next()
  }

  let isSetUp = true

  var closedCount: Int { copyCount * recording.closedCount }

  /// What is missing of the copy under way.
  var overflowCount: Int { position == 0 ? 0 : recording.operationCount - position }

  func totals(tenantSlot: Int) -> Totals {
    var sum = recording.totals[tenantSlot]
    for (_, path) in Totals.names { sum[keyPath: path] &*= Int64(copyCount) }
    return sum
  }

  func fill(_ room: FrameRoom, now: Int64) -> FrameExtent {
    let first = writtenCount
    var (count, slotCount) = (0, 0)
    let limit = unsafe room.answers.count
    let slotLimit = unsafe room.slots.count / Operation.byteCount
    let bytes = unsafe room.slots
    let recording = recording
    let (marks, words, answers) = (recording.marks.span, recording.words.span, recording.answers.span)
    while true {
      // A chain is sent whole.
      var (end, slots) = (position, 0)
      repeat {
        slots += marks[end].slotCount
        end += 1
      } while marks[end - 1].traits.contains(.linked)
      guard count + end - position <= limit, slotCount + slots <= slotLimit else { break }
      for index in position..<end {
        let mark = marks[index]
        for place in 0..<mark.slotCount * Recording.wordsPerSlot {
          let changed = change(words[slot * Recording.wordsPerSlot + place], at: place, mark)
          // There is room for the chain: checked above.
          unsafe bytes.storeBytes(
            of: changed, toByteOffset: slotCount * Operation.byteCount + 8 * place, as: UInt64.self)
        }
        unsafe room.answers[count] = answers[index]
        slot += mark.slotCount
        slotCount += mark.slotCount
        count += 1
      }
      position = end
      if position == marks.count { beginCopy() }
    }
    precondition(count > 0, "a chain that is longer than a frame")
    writtenCount += UInt64(count)
    return FrameExtent(first: first, slotCount: slotCount, operationCount: count)
  }

  /// A word of an operation or its extension as the copy has it. See `Operation` for where its fields lie.
  @inline(__always)
  private func change(_ value: UInt64, at place: Int, _ mark: Recording.Mark) -> UInt64 {
    switch place {
    // The contract's upper half.
    case 1: value ^ word
    case 5: mark.traits.contains(.reference) ? value ^ word : value
    // The tenant, below the actor.
    case 6: value & ~0xFFFF_FFFF | UInt64(firstTenant &+ mark.tenant)
    default: value
    }
  }

  private func beginCopy() {
    (position, slot) = (0, 0)
    copyCount += 1
    word = random.next()
  }

  // Nothing is known of a record but the answers that were given for it.
  func chooseRead(answeredCount: UInt64) -> ReadChoice? { nil }
  func judge(_ choice: ReadChoice, _ found: [ReadMilestone]?) -> ReadJudgement { ReadJudgement() }
}
