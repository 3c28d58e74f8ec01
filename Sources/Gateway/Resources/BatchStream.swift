import Client
import Formats
import HTTPTypes
import Kernel
import NIOCore

/// A stream of lines on its way to the kernel. Many pieces are under way at once; they apply, and are answered, in the order of the
/// lines.
struct BatchStream {
  private let session: KernelSession
  private let answers: AnswerQueue
  private let now: @Sendable () -> Int64
  /// Told what is about to be submitted.
  private let willSubmit: @Sendable ([SlottedOperation]) -> Void
  /// Lines read so far.
  private var line = 0
  /// The beginning of a line whose end has not come.
  private var rest = ByteBuffer()
  private var chunk = BatchChunk()
  /// A line was no JSON: what it was, and with what it is linked, cannot be told, so nothing behind it is read.
  private(set) var isBroken = false

  private static let lineByteCountMax = 64 << 10
  /// A piece goes out at this size, or when the lines that have come are all read.
  private static let chunkCountMax = 4_096

  init(
    session: KernelSession, answers: AnswerQueue, now: @escaping @Sendable () -> Int64,
    willSubmit: @escaping @Sendable ([SlottedOperation]) -> Void
  ) {
    self.session = session
    self.answers = answers
    self.now = now
    self.willSubmit = willSubmit
  }

  /// Reads the lines of a part of the body. Waits while too many answers are under way.
  mutating func take(_ buffer: ByteBuffer) async {
    rest.writeImmutableBuffer(buffer)
    while !isBroken, let end = rest.readableBytesView.firstIndex(of: 0x0A) {
      guard let text = rest.readSlice(length: end - rest.readerIndex) else { break }
      rest.moveReaderIndex(forwardBy: 1)
      await read(text)
    }
    if !isBroken, rest.readableBytes > Self.lineByteCountMax {
      line += 1
      await breakOff(
        Problem(.contentTooLarge, "too_large", "a line has at most \(Self.lineByteCountMax) bytes"))
    }
    rest.discardReadBytes()
    if !chunk.endsInChain { await send() }
  }

  /// Reads the last line. The answers may still be under way.
  mutating func finish() async {
    if !isBroken, rest.readableBytes > 0, let text = rest.readSlice(length: rest.readableBytes) { await read(text) }
    if chunk.endsInChain { await refuse(chunk.removeOpenChain(), Self.chainOpen) }
    await send()
  }

  private mutating func read(_ text: ByteBuffer) async {
    line += 1
    guard text.readableBytesView.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return }
    let value: JSONValue
    do throws(JSONFault) {
      value = try JSONValue(reading: text.readableBytesUInt8Span)
    } catch {
      return await breakOff(Problem(error))
    }
    do throws(MemberFaults) {
      chunk.append(try BatchOperation(value, caller: session.caller, now: now()), line: line)
    } catch {
      return await reject(value, error)
    }
    if !chunk.endsInChain {
      if chunk.count >= Self.chunkCountMax { await send() }
    } else if chunk.count >= session.operationCountMax {
      // What came before the chain may go; a chain that fills a frame alone is longer than any may be.
      let chain = chunk.removeOpenChain()
      guard chunk.count > 0 else {
        chunk = chain
        return await breakOff(Self.chainOpen)
      }
      await send()
      chunk = chain
    }
  }

  /// A line that is no operation. When it stands in a chain, the whole chain is refused with it.
  private mutating func reject(_ value: JSONValue, _ faults: MemberFaults) async {
    // Who would be next in its chain would stand alone.
    if BatchOperation.isLinked(value) { return await breakOff(Problem(faults)) }
    if chunk.endsInChain { await refuse(chunk.removeOpenChain(), Self.chainFailed) }
    await send()
    await answer(line, Problem(faults))
  }

  private mutating func breakOff(_ problem: Problem) async {
    isBroken = true
    if chunk.endsInChain { await refuse(chunk.removeOpenChain(), Self.chainFailed) }
    await send()
    var problem = problem
    problem.detail += "; nothing behind this line was read"
    await answer(line, problem)
  }

  private static let chainOpen = Problem(.unprocessableContent, "linked_event_chain_open", "the chain has no end")
  private static let chainFailed = Problem(
    ResultCode.linkedEventFailed.httpStatus, "linked_event_failed", "a line of its chain was refused")

  // MARK: Answers

  private mutating func refuse(_ chain: BatchChunk, _ problem: Problem) async {
    await send()
    let text = Self.text(of: chain, problem)
    await answers.add(Task { text }, operationCount: chain.count)
  }

  private func answer(_ line: Int, _ problem: Problem) async {
    var text = JSONWriter()
    text.object { text in
      text.member("line", Int64(line))
      text.key("problem")
      problem.write(instance: nil, to: &text)
    }
    text.endLine()
    let bytes = ByteBuffer(bytes: text.bytes)
    // Counted by its size: an answer with an operation in it has a few hundred bytes.
    await answers.add(Task { bytes }, operationCount: 1 + bytes.readableBytes / 256)
  }

  private mutating func send() async {
    guard chunk.count > 0 else { return }
    let (chunk, session) = (self.chunk, self.session)
    self.chunk = BatchChunk()
    // The place in order is taken here, before the task that waits begins.
    willSubmit(chunk.operations)
    let results = session.client.eventLoop.makePromise(of: [OperationResult].self)
    session.submit(chunk.operations) { result in results.completeWith(result.mapError { session.failed($0) }) }
    let answer = Task {
      do {
        return Self.text(of: chunk, try await results.futureResult.get())
      } catch {
        return Self.text(of: chunk, (error as? Problem) ?? .busy)
      }
    }
    await answers.add(answer, operationCount: chunk.count)
  }

  private static func text(of chunk: BatchChunk, _ results: [OperationResult]) -> ByteBuffer {
    var text = JSONWriter(byteCount: 256 * chunk.count)
    for (index, result) in results.enumerated() {
      chunk.write(result, at: index, to: &text)
      text.endLine()
    }
    return ByteBuffer(bytes: text.bytes)
  }

  private static func text(of chunk: BatchChunk, _ problem: Problem) -> ByteBuffer {
    var text = JSONWriter()
    for index in 0..<chunk.count {
      chunk.write(problem, at: index, to: &text)
      text.endLine()
    }
    return ByteBuffer(bytes: text.bytes)
  }
}
