import NIOConcurrencyHelpers
import NIOCore

/// Answers under way between who reads a stream and who writes its answers, in order. Whoever reads waits while there are too many.
final class AnswerQueue: Sendable {
  typealias Answer = Task<ByteBuffer, Never>

  /// Operations under way: enough that the kernel never waits for the reader.
  static let operationCountMax = 1 << 16

  private struct State {
    var answers: [(answer: Answer, operationCount: Int)] = []
    var operationCount = 0
    var isEnded = false
    var writer: CheckedContinuation<Answer?, Never>?
    var reader: CheckedContinuation<Void, Never>?
  }
  private let state = NIOLockedValueBox(State())

  /// Adds an answer; waits until there is room for more. One call at a time.
  func add(_ answer: Answer, operationCount: Int) async {
    await withCheckedContinuation { reader in
      let (writer, isFree) = state.withLockedValue { state -> (CheckedContinuation<Answer?, Never>?, Bool) in
        // Who waits for an answer has written all that came before.
        if let writer = state.writer.take() { return (writer, true) }
        state.answers.append((answer, operationCount))
        state.operationCount += operationCount
        let isFree = state.isEnded || state.operationCount < Self.operationCountMax
        if !isFree { state.reader = reader }
        return (nil, isFree)
      }
      writer?.resume(returning: answer)
      if isFree { reader.resume() }
    }
  }

  /// The next answer; nil when there will be none. One call at a time.
  func next() async -> Answer? {
    await withCheckedContinuation { writer in
      let (answer, reader, isReady) = state.withLockedValue {
        state -> (Answer?, CheckedContinuation<Void, Never>?, Bool) in
        guard !state.answers.isEmpty else {
          if !state.isEnded { state.writer = writer }
          return (nil, nil, state.isEnded)
        }
        let first = state.answers.removeFirst()
        state.operationCount -= first.operationCount
        let isFree = state.operationCount < Self.operationCountMax
        return (first.answer, isFree ? state.reader.take() : nil, true)
      }
      reader?.resume()
      if isReady { writer.resume(returning: answer) }
    }
  }

  /// Nothing more comes, or nobody writes any more: nobody waits from now on.
  func end() {
    let (writer, reader) = state.withLockedValue { state in
      state.isEnded = true
      return (state.writer.take(), state.reader.take())
    }
    writer?.resume(returning: nil)
    reader?.resume()
  }
}
