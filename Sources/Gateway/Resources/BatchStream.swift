import Formats
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore

/// A stream of lines on its way to the kernel. Several pieces are under way at once, answers come in the order of the lines.
struct BatchStream {
  private let session: KernelSession
  private let now: @Sendable () -> Int64
  /// Lines read so far.
  private var line = 0
  /// The beginning of a line whose end has not come.
  private var rest = ByteBuffer()
  private var chunk = BatchChunk()
  private var underWay: [Task<ByteBuffer, Never>] = []
  /// A line was no JSON: what it was, and with what it is linked, cannot be told, so nothing behind it is read.
  private(set) var isBroken = false

  /// Pieces under way: enough that the kernel never waits for us.
  private static let underWayMax = 4
  private static let lineByteCountMax = 64 << 10
  /// A piece goes out at this size, or when the lines that have come are all read.
  private static let chunkCountMax = 4_096

  init(session: KernelSession, now: @escaping @Sendable () -> Int64) {
    self.session = session
    self.now = now
  }

  /// Reads the lines of a part of the body and answers what is ready.
  mutating func take(_ buffer: ByteBuffer, answering writer: inout any ResponseBodyWriter) async throws {
    rest.writeImmutableBuffer(buffer)
    while !isBroken, let end = rest.readableBytesView.firstIndex(of: 0x0A) {
      let length = end - rest.readerIndex
      guard let text = rest.readSlice(length: length) else { break }
      rest.moveReaderIndex(forwardBy: 1)
      try await read(text, &writer)
    }
    if rest.readableBytes > Self.lineByteCountMax {
      try await breakOff(
        Problem(.contentTooLarge, "too_large", "a line has at most \(Self.lineByteCountMax) bytes"), &writer)
    }
    rest.discardReadBytes()
    if chunk.count > 0, !chunk.endsInChain { try await send(&writer) }
  }

  /// Reads the last line, and waits for all answers.
  mutating func finish(answering writer: inout any ResponseBodyWriter) async throws {
    if !isBroken, rest.readableBytes > 0, let text = rest.readSlice(length: rest.readableBytes) {
      try await read(text, &writer)
    }
    if chunk.endsInChain {
      try await refuse(chunk.removeOpenChain(), Self.chainOpen, &writer)
    }
    try await send(&writer)
    while !underWay.isEmpty { try await writer.write(await underWay.removeFirst().value) }
  }

  private mutating func read(_ text: ByteBuffer, _ writer: inout any ResponseBodyWriter) async throws {
    line += 1
    guard text.readableBytesView.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return }
    let value: JSONValue
    do throws(JSONFault) {
      value = try JSONValue(reading: text.readableBytesUInt8Span)
    } catch {
      return try await breakOff(Problem(error), &writer)
    }
    do throws(MemberFaults) {
      chunk.append(try BatchOperation(value, caller: session.caller, now: now()), line: line)
    } catch {
      try await reject(value, error, &writer)
    }
    guard chunk.count >= Self.chunkCountMax, !chunk.endsInChain || chunk.count >= session.operationCountMax else {
      return
    }
    if chunk.endsInChain {
      // Longer than any frame: no chain can be so long.
      return try await breakOff(Self.chainOpen, &writer)
    }
    try await send(&writer)
  }

  /// A line that is no operation. When it stands in a chain, the whole chain is refused with it.
  private mutating func reject(
    _ value: JSONValue, _ faults: MemberFaults, _ writer: inout any ResponseBodyWriter
  ) async throws {
    guard !BatchOperation.isLinked(value) else {
      // Who would be next in the chain would stand alone.
      return try await breakOff(Problem(faults), &writer)
    }
    if chunk.endsInChain { try await refuse(chunk.removeOpenChain(), Self.chainFailed, &writer) }
    try await send(&writer)
    try await answer(line, Problem(faults), &writer)
  }

  private mutating func breakOff(_ problem: Problem, _ writer: inout any ResponseBodyWriter) async throws {
    isBroken = true
    if chunk.endsInChain { try await refuse(chunk.removeOpenChain(), Self.chainFailed, &writer) }
    try await send(&writer)
    var problem = problem
    problem.detail += "; nothing behind this line was read"
    try await answer(line, problem, &writer)
  }

  private static let chainOpen = Problem(.unprocessableContent, "linked_event_chain_open", "the chain has no end")
  private static let chainFailed = Problem(
    ResultCode.linkedEventFailed.httpStatus, "linked_event_failed", "a line of its chain was refused")

  private mutating func refuse(
    _ chain: BatchChunk, _ problem: Problem, _ writer: inout any ResponseBodyWriter
  ) async throws {
    try await send(&writer)
    var text = JSONWriter()
    for index in 0..<chain.count {
      chain.write(problem, at: index, to: &text)
      text.endLine()
    }
    try await enqueue(text, &writer)
  }

  private mutating func answer(
    _ line: Int, _ problem: Problem, _ writer: inout any ResponseBodyWriter
  ) async throws {
    var text = JSONWriter()
    text.object { text in
      text.member("line", Int64(line))
      text.key("problem")
      problem.write(instance: nil, to: &text)
    }
    text.endLine()
    try await enqueue(text, &writer)
  }

  private mutating func enqueue(_ text: JSONWriter, _ writer: inout any ResponseBodyWriter) async throws {
    let bytes = ByteBuffer(bytes: text.bytes)
    try await enqueue(Task { bytes }, &writer)
  }

  private mutating func enqueue(_ task: Task<ByteBuffer, Never>, _ writer: inout any ResponseBodyWriter) async throws {
    underWay.append(task)
    while underWay.count > Self.underWayMax { try await writer.write(await underWay.removeFirst().value) }
  }

  private mutating func send(_ writer: inout any ResponseBodyWriter) async throws {
    guard chunk.count > 0 else { return }
    let (chunk, session) = (self.chunk, self.session)
    self.chunk = BatchChunk()
    try await enqueue(Task { await Self.answers(to: chunk, session) }, &writer)
  }

  private static func answers(to chunk: BatchChunk, _ session: KernelSession) async -> ByteBuffer {
    var text = JSONWriter()
    do throws(Problem) {
      for (index, result) in try await session.submit(chunk.operations).enumerated() {
        chunk.write(result, at: index, to: &text)
        text.endLine()
      }
    } catch {
      for index in 0..<chunk.count {
        chunk.write(error, at: index, to: &text)
        text.endLine()
      }
    }
    return ByteBuffer(bytes: text.bytes)
  }
}
