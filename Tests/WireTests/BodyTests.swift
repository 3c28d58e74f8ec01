import Kernel
import Testing

@testable import Wire

@Suite struct BodyTests {
  private func bytes(_ count: Int, _ store: (inout MutableRawSpan) -> Void) -> [UInt8] {
    Array(encodeFrame(FrameHeader(.ping), bodyByteCount: count, store)[64...])
  }

  private func fault(_ body: [UInt8], _ decode: (RawSpan) throws(FrameError) -> Void) -> FrameError? {
    do throws(FrameError) {
      try decode(body.span.bytes)
      return nil
    } catch {
      return error
    }
  }

  /// Setting any byte of `reserved` is refused at that byte.
  private func expectReserved(
    _ body: [UInt8], _ reserved: [Range<Int>], sourceLocation: SourceLocation = #_sourceLocation,
    _ decode: (RawSpan) throws(FrameError) -> Void
  ) {
    #expect(fault(body, decode) == nil, sourceLocation: sourceLocation)
    for offset in reserved.joined() {
      var changed = body
      changed[offset] = 0x80
      let expected = FrameError(.reservedBits, place: 64 + offset, value: 0x80)
      #expect(fault(changed, decode) == expected, sourceLocation: sourceLocation)
    }
  }

  private func scope(_ random: inout SeededGenerator) -> TenantScope {
    Bool.random(using: &random) ? .all : .one(random.value())
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func helloAndWelcome(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var hello = HelloBody()
    hello.authentication = AuthenticationMethod.allCases.randomElement(using: &random)!
    hello.scope = scope(&random)
    hello.nonce = random.value()
    if [.key, .proof].contains(hello.authentication) {
      hello.credential = random.bytes(Int.random(in: 0...4_096, using: &random))
    }
    let helloBytes = bytes(hello.encodedByteCount) { hello.store(into: &$0) }
    #expect(try HelloBody(decoding: helloBytes.span.bytes) == hello)

    var welcome = WelcomeBody()
    welcome.sessionClass = SessionClass.allCases.randomElement(using: &random)!
    welcome.scope = scope(&random)
    welcome.resumed = .random(using: &random)
    welcome.lastRequest = random.value()
    welcome.now = random.value()
    welcome.commit = random.value()
    welcome.oldestCommit = random.value()
    welcome.nonce = random.value()
    welcome.limits.frameByteCountMax = random.value()
    welcome.limits.operationCountMax = random.value()
    welcome.limits.requestWindow = random.value()
    welcome.limits.connectionCountMax = random.value()
    welcome.limits.bytesInFlightMax = random.value()
    welcome.limits.idleMilliseconds = random.value()
    welcome.limits.handshakeMilliseconds = random.value()
    welcome.limits.readItemCountMax = random.value()
    welcome.limits.eventCreditMax = random.value()
    welcome.limits.subscriptionCountMax = random.value()
    welcome.limits.sessionCountMax = random.value()
    welcome.limits.replyByteCountMax = random.value()
    let welcomeBytes = bytes(WelcomeBody.byteCount) { welcome.store(into: &$0) }
    #expect(try WelcomeBody(decoding: welcomeBytes.span.bytes) == welcome)
  }

  @Test func helloRefusesWhatIsReserved() {
    let plain = bytes(64) { HelloBody().store(into: &$0) }
    expectReserved(plain, [0..<1, 1..<2, 8..<16, 32..<64]) { body throws(FrameError) in
      _ = try HelloBody(decoding: body)
    }
    var tenantWithoutScope = plain
    tenantWithoutScope[4] = 7
    #expect(
      fault(tenantWithoutScope) { body throws(FrameError) in _ = try HelloBody(decoding: body) }
        == FrameError(.reservedBits, place: 68, value: 7))
    // A credential without a method, and one of another length than the body has room for.
    var unannounced = plain + [1, 2, 3]
    #expect(fault(unannounced) { body throws(FrameError) in _ = try HelloBody(decoding: body) }?.reason == .badLength)
    unannounced[2] = 3
    #expect(fault(unannounced) { body throws(FrameError) in _ = try HelloBody(decoding: body) }?.reason == .badLength)
    unannounced[0] = 1
    #expect(fault(unannounced) { body throws(FrameError) in _ = try HelloBody(decoding: body) } == nil)
  }

  @Test func welcomeRefusesWhatIsReserved() {
    let plain = bytes(128) { WelcomeBody().store(into: &$0) }
    expectReserved(plain, [0..<1, 1..<2, 2..<3, 3..<4, 112..<128]) { body throws(FrameError) in
      _ = try WelcomeBody(decoding: body)
    }
  }

  @Test(arguments: 0..<500 as Range<UInt64>) func anyValidReadSurvivesTheRoundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let read = Self.randomRead(&random)
    let encoded = bytes(64) { read.store(into: &$0) }
    #expect(try ReadBody(decoding: encoded.span.bytes) == read)
  }

  private static func randomRead(_ random: inout SeededGenerator) -> ReadBody {
    var read = ReadBody(ReadQuery.allCases.randomElement(using: &random)!, tenant: random.value())
    if read.query.usesState { read.state = random.value() }
    if read.query == .milestone { read.ordinal = .random(in: 1...65_535, using: &random) }
    if read.query.usesContract { read.contract = .random(in: 1...UInt128.max, using: &random) }
    if read.query.isScan {
      read.limit = .random(in: 1...4_096, using: &random)
      read.cursor = random.value()
    }
    if read.query.usesDue {
      read.dueFrom = .random(in: Int64.min..<Int64.max, using: &random)
      read.dueBefore = .random(in: (read.dueFrom + 1)...Int64.max, using: &random)
    }
    return read
  }

  /// Each query with a field it needs missing, or one it does not have set.
  @Test(arguments: ReadQuery.allCases) func aReadHasExactlyItsFields(query: ReadQuery) {
    var good = ReadBody(query, tenant: 7)
    if query == .milestone { good.ordinal = 1 }
    if query.usesContract { good.contract = 1 }
    if query.isScan { good.limit = 4_096 }
    if query.usesDue { good.dueBefore = 1 }

    func expect(_ place: Int?, _ change: (inout ReadBody) -> Void) {
      var read = good
      change(&read)
      let body = bytes(64) { read.store(into: &$0) }
      let found = fault(body) { body throws(FrameError) in _ = try ReadBody(decoding: body) }
      #expect(found?.place == place.map { UInt32(64 + $0) })
      #expect(found == nil || found?.reason == .badQuery)
    }
    expect(nil) { _ in }
    expect(query.usesState ? nil : 1) { $0.state = 3 }
    expect(query == .milestone ? 2 : nil) { $0.ordinal = 0 }
    expect(query == .milestone ? nil : 2) { $0.ordinal = 9 }
    expect(query.isScan ? 8 : nil) { $0.limit = 0 }
    expect(8) { $0.limit = 4_097 }
    expect(query.usesContract ? 16 : nil) { $0.contract = 0 }
    expect(query.usesContract ? nil : 16) { $0.contract = 1 << 100 }
    expect(query.isScan ? nil : 32) { $0.cursor = 5 }
    expect(query.usesDue ? nil : 40) { $0.dueFrom = -1 }
    expect(query.usesDue ? nil : 48) { $0.dueBefore = 2 }
    expect(query.usesDue ? 48 : nil) { $0.dueBefore = 0 }
    var body = bytes(64) { good.store(into: &$0) }
    expectReserved(body, [12..<16, 56..<64]) { body throws(FrameError) in _ = try ReadBody(decoding: body) }
    body[0] = 99
    #expect(
      fault(body) { body throws(FrameError) in _ = try ReadBody(decoding: body) }
        == FrameError(.badQuery, place: 64, value: 99))
  }

  @Test func readRepliesCarryTheirRecords() throws {
    var random = SeededGenerator(seed: 8)
    for query in ReadQuery.allCases {
      for count in 0...3 {
        var head = ReadReplyHead(query, status: .ok, tenant: random.value())
        head.cursor = random.value()
        head.commit = random.value()
        let records = random.bytes(count * query.itemByteCount)
        let body = bytes(32 + records.count) { span in
          head.store(into: &span)
          for (index, byte) in records.enumerated() { span.store(byte, at: 32 + index) }
        }
        #expect(try ReadReplyHead(decoding: body.span.bytes, count: UInt32(count)) == head)
        let wrongCount = fault(body) { body throws(FrameError) in
          _ = try ReadReplyHead(decoding: body, count: UInt32(count + 1))
        }
        #expect(wrongCount?.reason == .countMismatch)
        // The records themselves, moved out and in again.
        let copy = bytes(body.count) { span in
          head.store(into: &span)
          for index in 0..<count {
            switch query.itemByteCount {
            case 192: Wire.ContractRecord(decoding: body.span.bytes, at: index).store(into: &span, at: index)
            case 48: TimerRecord(decoding: body.span.bytes, at: index).store(into: &span, at: index)
            default:
              if query == .totals {
                TotalsRecord(decoding: body.span.bytes, at: index).store(into: &span, at: index)
              } else {
                Wire.MilestoneRecord(decoding: body.span.bytes, at: index).store(into: &span, at: index)
              }
            }
          }
        }
        #expect(copy == body)
      }
    }
    let plain = bytes(32) { ReadReplyHead(.totals, tenant: 1).store(into: &$0) }
    expectReserved(plain, [0..<1, 1..<2, 24..<32]) { body throws(FrameError) in
      _ = try ReadReplyHead(decoding: body, count: 0)
    }
    var size = plain
    size[2] = 1
    let badSize = fault(size) { body throws(FrameError) in _ = try ReadReplyHead(decoding: body, count: 0) }
    #expect(badSize == FrameError(.badLength, place: 66, value: 1))
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func subscribeAndItsEnd(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var subscribe = SubscribeBody(
      from: EventPosition(commit: random.value(), index: random.value()),
      credit: .random(in: 0...65_536, using: &random))
    subscribe.scope = scope(&random)
    subscribe.acceptedOnly = .random(using: &random)
    subscribe.reportsProgress = .random(using: &random)
    let encoded = bytes(32) { subscribe.store(into: &$0) }
    #expect(try SubscribeBody(decoding: encoded.span.bytes) == subscribe)

    let end = EventsEnd(ErrorReason.allCases.randomElement(using: &random)!, value: random.value())
    let endBytes = bytes(16) { end.store(into: &$0) }
    #expect(try EventsEnd(decoding: endBytes.span.bytes) == end)

    let progress = EventsProgress(next: EventPosition(commit: random.value(), index: random.value()))
    let progressBytes = bytes(16) { progress.store(into: &$0) }
    #expect(try EventsProgress(decoding: progressBytes.span.bytes) == progress)
  }

  @Test func subscribeRefusesWhatIsReserved() {
    let plain = bytes(32) { SubscribeBody(from: EventPosition(commit: 1), credit: 5).store(into: &$0) }
    expectReserved(plain, [16..<17, 17..<18, 18..<19, 19..<20, 24..<32]) { body throws(FrameError) in
      _ = try SubscribeBody(decoding: body)
    }
    let greedy = bytes(32) { SubscribeBody(from: EventPosition(commit: 1), credit: 65_537).store(into: &$0) }
    #expect(
      fault(greedy) { body throws(FrameError) in _ = try SubscribeBody(decoding: body) }
        == FrameError(.creditOverflow, place: 76, value: 65_537))
    let end = bytes(16) { EventsEnd(.cancelled).store(into: &$0) }
    expectReserved(end, [2..<8]) { body throws(FrameError) in _ = try EventsEnd(decoding: body) }
    let progress = bytes(16) { EventsProgress(next: EventPosition(commit: 1)).store(into: &$0) }
    expectReserved(progress, [12..<16]) { body throws(FrameError) in _ = try EventsProgress(decoding: body) }
    #expect(fault([0xFF, 0xFF] + end[2...]) { body throws(FrameError) in _ = try EventsEnd(decoding: body) } != nil)
  }

  @Test func eventsAreWalkedOneByOne() throws {
    var random = SeededGenerator(seed: 4)
    var body: [UInt8] = []
    var positions: [EventPosition] = []
    for index in 0..<20 as Range<UInt32> {
      let extended = Bool.random(using: &random)
      let operation = Operation(.release, tenant: 1, contract: 2, ordinal: 3, id: 4, extended: extended)
      let event = EventRecord(
        position: EventPosition(commit: 9, index: index), stamp: 10, sequence: UInt64(index), shard: 3,
        result: OperationResult(code: .ok, state: 7, version: 2, amount: 5), operation: operation)
      body += bytes(event.encodedByteCount) { event.store(into: &$0, at: 0) }
      positions.append(event.position)
    }
    var found: [EventPosition] = []
    var offset = 0
    while offset < body.count {
      let event = try EventRecord(decoding: body.span.bytes, at: offset)
      found.append(event.position)
      offset += event.encodedByteCount
    }
    #expect(found == positions)
    #expect(positions == positions.sorted())
    #expect(offset == body.count)
    #expect(fault(Array(body[..<127])) { body throws(FrameError) in _ = try EventRecord(decoding: body, at: 0) } != nil)
    // An announced extension that is cut off.
    let operation = Operation(.release, tenant: 1, contract: 2, ordinal: 3, id: 4, extended: true)
    let event = EventRecord(
      position: EventPosition(commit: 9), stamp: 0, sequence: 0, shard: 0, result: OperationResult(code: .ok),
      operation: operation)
    let cut = bytes(128) { event.store(into: &$0, at: 0) }
    #expect(
      fault(cut) { body throws(FrameError) in _ = try EventRecord(decoding: body, at: 0) }?.reason == .badLength)
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func notices(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pong = PongBody(now: random.value(), commit: random.value())
    #expect(PongBody(decoding: bytes(16) { pong.store(into: &$0) }.span.bytes) == pong)
    let busy = BusyBody(retryMilliseconds: random.value(), lastRequest: random.value())
    #expect(try BusyBody(decoding: bytes(16) { busy.store(into: &$0) }.span.bytes) == busy)
    let text = String((0..<Int.random(in: 0...300, using: &random)).map { _ in "aé€".randomElement(using: &random)! })
    let error = ErrorBody(
      ErrorReason.allCases.randomElement(using: &random)!, place: random.value(), value: random.value(), text: text)
    #expect(try ErrorBody(decoding: bytes(error.encodedByteCount) { error.store(into: &$0) }.span.bytes) == error)
  }

  @Test func noticesRefuseWhatIsReserved() {
    let busy = bytes(16) { BusyBody(retryMilliseconds: 1, lastRequest: 2).store(into: &$0) }
    expectReserved(busy, [4..<8]) { body throws(FrameError) in _ = try BusyBody(decoding: body) }
    let error = bytes(20) { ErrorBody(.badKind, text: "text").store(into: &$0) }
    #expect(fault(error) { body throws(FrameError) in _ = try ErrorBody(decoding: body) } == nil)
    #expect(
      fault(Array(error[..<19])) { body throws(FrameError) in _ = try ErrorBody(decoding: body) }?.reason == .badLength)
    #expect(
      fault([0, 0] + error[2...]) { body throws(FrameError) in _ = try ErrorBody(decoding: body) }
        == FrameError(.reservedBits, place: 64, value: 0))
  }

  @Test func errorTextIsCutAtACharacter() {
    let error = ErrorBody(.serverFailure, text: String(repeating: "€", count: 1_000))
    #expect(error.text.utf8.count == 1_023)
    #expect(ErrorBody(FrameError(.badKind, place: 5, value: 9)).text == "badKind at byte 5, value 9")
    #expect("\(ErrorBody(.badKind))" == "badKind")
    #expect("\(ErrorBody(.badKind, text: "why"))" == "badKind: why")
  }

  @Test func operationsAreCountedOverTheirExtensions() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<500 {
      var slots: [UInt8] = []
      let extended = (0..<Int.random(in: 1...20, using: &random)).map { _ in Bool.random(using: &random) }
      for isExtended in extended {
        var slot = random.bytes(64)
        slot[59] = slot[59] & ~2 | (isExtended ? 2 : 0)
        slots += slot
        if isExtended { slots += random.bytes(64) }
      }
      #expect(SubmitBody.operationCount(slots.span.bytes) == extended.count)
      let header = FrameHeader(.submit, count: UInt32(extended.count))
      #expect(fault(slots) { body throws(FrameError) in try SubmitBody.check(body, header: header) } == nil)
      let other = FrameHeader(.submit, count: UInt32(extended.count + 1))
      #expect(
        fault(slots) { body throws(FrameError) in try SubmitBody.check(body, header: other) }?.reason == .countMismatch)
      if extended.last == true {
        let cut = Array(slots.dropLast(64))
        #expect(SubmitBody.operationCount(cut.span.bytes) == nil)
        #expect(
          fault(cut) { body throws(FrameError) in try SubmitBody.check(body, header: header) }
            == FrameError(.missingExtension, place: 64 + cut.count))
      }
    }
  }

  @Test func resultsAreReadByIndex() {
    let results = (0..<50).map {
      OperationResult(code: .exists, state: UInt8($0), version: UInt32($0 * 7), amount: -Int64($0))
    }
    let body = results.withUnsafeBytes { Array($0) }
    #expect(ResultBody.results(body.span.bytes) == results)
    #expect(ResultBody.result(body.span.bytes, at: 49) == results[49])
  }

  /// Noise with good checksums: every decoder takes it or names a fault inside the frame, and never traps.
  @Test(arguments: FrameKind.allCases) func anyBytesAreDecodedOrRefused(kind: FrameKind) throws {
    var random = SeededGenerator(seed: UInt64(kind.rawValue))
    let plain = try decodeHeader(plainFrame(kind)).get()
    for round in 0..<3_000 {
      var header = plain
      if kind == .events, round % 2 == 0 { (header.flags, header.count, header.bodyByteCount) = ([.ended], 0, 16) }
      var body = [UInt8](repeating: 0, count: Int(header.bodyByteCount))
      // Mostly zeroes get further than pure noise.
      for index in body.indices where Int.random(in: 0..<(1 + round % 20), using: &random) == 0 {
        body[index] = round % 3 == 0 ? .random(in: 0...9, using: &random) : random.value()
      }
      let found = fault(body) { body throws(FrameError) in _ = try VectorCoder.decode(header, body) }
      if let found { #expect(found.place <= header.frameByteCount) }
    }
  }
}
