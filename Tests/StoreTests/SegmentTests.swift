import Foundation
import Testing

@testable import Store

@Suite struct SegmentTests {
  let directory = TemporaryDirectory()

  /// A log of `count` commits in sealed segments of ten.
  func log(_ count: Int, byteCount: Int = 3000) throws -> any CommitLog {
    let log = try Store.open(
      directory.path + "/store", .createOrOpen(shardCount: 4), options: small(retention: .init(keepByteCount: 0))
    ).log
    var chain = AuditChain(log: log, segmentCommitCount: 10)
    for number in 1...count {
      try log.append(body(number, byteCount: byteCount), epoch: 2, time: Int64(number))
      while try chain.step() {}
    }
    try chain.sealNow()
    _ = try log.flush()
    return log
  }

  func export(_ log: any CommitLog) throws -> [SegmentFile] {
    var seals: [Seal] = []
    try log.readSeals(from: 1) {
      seals.append($0)
      return .next
    }
    return try seals.map { seal in
      let path = directory.path + "/" + SegmentFile.fileName(for: seal)
      try SegmentFile.export(seal, from: log, to: path)
      return try SegmentFile(path: path)
    }
  }

  @Test func aSegmentHoldsTheCommitsAndTheIndex() throws {
    let log = try log(10, byteCount: 300_000)
    let seal = try #require(log.lastSeal)
    let path = directory.path + "/a.segment"
    var seen: [CommitNumber] = []
    try SegmentFile.export(
      seal, from: log, to: path, visit: { header, _ in seen.append(header.number) },
      index: { seen.map { UInt8($0.rawValue) } })
    let segment = try SegmentFile(path: path)
    #expect(seen.count == 10)
    #expect(try segment.index() == Array(1...10))
    #expect(segment.seal == seal)
    #expect(segment.range == CommitRange(first: 1, next: 11))
    #expect(try segment.bodies() == log.bodies())
    #expect(try segment.bodies(from: 7, byteCountMax: .max) == log.bodies(from: 7))
    // Regular bodies pack well.
    #expect(directory.contents("a.segment").count < 1_500_000)
    var headers: [CommitHeader] = []
    let next = try segment.read(from: 4, byteCountMax: .max) { header, _ in
      headers.append(header)
      return .stop
    }
    #expect(next == 5)
    #expect(headers == [CommitHeader(number: 4, epoch: 2, timeMilliseconds: 4, bodyByteCount: 300_000)])
    #expect(try segment.read(from: 11, byteCountMax: 1) { _, _ in .next } == 11)
    expectError(.positionMismatch(expected: 11, found: 12)) { () throws(StoreError) in
      _ = try segment.read(from: 12, byteCountMax: 1) { _, _ in .next }
    }
    expectError(.tooOld(firstKept: 1)) { () throws(StoreError) in
      _ = try segment.read(from: .zero, byteCountMax: 1) { _, _ in .next }
    }
  }

  @Test func historyGoesOnWhereSegmentsEnd() throws {
    let log = try log(35)
    let before = try log.bodies()
    let segments = try export(log)
    #expect(segments.count == 4)
    log.setFloors(LogFloors(recovery: 27))
    while try log.flush() {}
    #expect(log.range.first == 27)
    let history = try CommitHistory(segments: segments.reversed(), log: log)
    #expect(history.range == CommitRange(first: 1, next: 36))
    #expect(try history.bodies() == before)
    #expect(try history.bodies(from: 26, byteCountMax: .max) == Array(before[25...]))
    let report = try AuditChain.verify(log: log, source: history)
    #expect(report.verifiedSealCount == 4)
    // A gap between the segments and the log, and one among segments.
    expectError(.damaged) { () throws(StoreError) in
      _ = try CommitHistory(segments: Array(segments[..<2]), log: log)
    }
    expectError(.damaged) { () throws(StoreError) in
      _ = try CommitHistory(segments: [segments[0], segments[2]], log: log)
    }
    expectError(.tooOld(firstKept: 27)) { () throws(StoreError) in
      _ = try CommitHistory(segments: Array(segments[2...]), log: log).bodies(from: 3)
    }
  }

  @Test func forgedCommitsAreNotExported() throws {
    let log = try log(10)
    let seal = try #require(log.lastSeal)
    expectError(.damaged) { () throws(StoreError) in
      try SegmentFile.export(seal, from: ForgedSource(log, number: 4), to: directory.path + "/a.segment")
    }
    #expect(!directory.exists("a.segment"))
  }

  /// One changed byte anywhere: refused at open or found at reading, with the file's name.
  @Test func everyChangedByteIsFound() throws {
    let log = try log(10, byteCount: 200)
    let path = directory.path + "/a.segment"
    try SegmentFile.export(try #require(log.lastSeal), from: log, to: path, index: { [1, 2, 3, 4] })
    let whole = directory.contents("a.segment")
    let expected = try log.bodies()
    for offset in whole.indices {
      var changed = whole
      changed[offset] ^= 0x10
      directory.write(changed, to: "b.segment")
      do throws(StoreError) {
        let segment = try SegmentFile(path: directory.path + "/b.segment")
        let bodies = try segment.bodies()
        let index = try segment.index()
        // What no checksum covers (a frame's codec or plain length) must not change what is read.
        #expect(bodies == expected && index == [1, 2, 3, 4], "byte \(offset) was changed unnoticed")
        Issue.record("byte \(offset) was changed unnoticed")
      } catch { #expect(error.place.contains("b.segment"), "\(error)") }
    }
  }

  @Test func everyCutIsFound() throws {
    let log = try log(10, byteCount: 200)
    try SegmentFile.export(try #require(log.lastSeal), from: log, to: directory.path + "/a.segment")
    let whole = directory.contents("a.segment")
    for count in stride(from: 0, to: whole.count, by: 7) {
      directory.write(Array(whole[..<count]), to: "b.segment")
      expectError({ $0 == .damaged || $0 == .notAStore }) { () throws(StoreError) in
        _ = try SegmentFile(path: directory.path + "/b.segment")
      }
    }
    expectError(.inputOutput) { () throws(StoreError) in _ = try SegmentFile(path: directory.path + "/none") }
  }

  @Test func anotherFormatVersionIsNamed() throws {
    let log = try log(10, byteCount: 200)
    try SegmentFile.export(try #require(log.lastSeal), from: log, to: directory.path + "/a.segment")
    var bytes = directory.contents("a.segment")
    bytes[8] = 9
    directory.write(bytes, to: "a.segment")
    expectError(.otherFormatVersion(found: 9, supported: 1)) { () throws(StoreError) in
      _ = try SegmentFile(path: directory.path + "/a.segment")
    }
  }
}

@Suite struct LZ4BlockTests {
  /// A small generator with a printed seed.
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 32) | (state << 32)
    }
  }

  func roundTrip(_ plain: [UInt8], _ location: SourceLocation = #_sourceLocation) -> Int {
    let packed = plain.withRawSpan { LZ4Block.compress($0) }
    #expect(packed.withRawSpan { LZ4Block.expand($0, byteCount: plain.count) } == plain, sourceLocation: location)
    #expect(packed.count <= plain.count + plain.count / 255 + 16, sourceLocation: location)
    return packed.count
  }

  @Test func allKindsOfBytesComeBack() {
    for count in Array(0...70) + [255, 256, 270, 271, 5000, 70_000, 300_000] {
      #expect(roundTrip([UInt8](repeating: 0, count: count)) < 30 + count / 200)
      _ = roundTrip((0..<count).map { UInt8(truncatingIfNeeded: $0) })
      var random = Random(state: UInt64(count))
      _ = roundTrip((0..<count).map { _ in .random(in: 0...255, using: &random) })
      _ = roundTrip((0..<count).map { _ in .random(in: 0...2, using: &random) })
    }
  }

  /// The block format's own example of an overlapping match: "a" sixteen times.
  @Test func aKnownBlockExpands() {
    let block: [UInt8] = [0x16, 0x61, 0x01, 0x00, 0x50, 0x61, 0x61, 0x61, 0x61, 0x61]
    #expect(
      block.withRawSpan { LZ4Block.expand($0, byteCount: 16) } == [UInt8](repeating: 0x61, count: 16))
  }

  @Test func anyBytesExpandToTheAskedCountOrNil() {
    var random = Random(state: 7)
    for _ in 0..<20_000 {
      let block = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let result = block.withRawSpan { LZ4Block.expand($0, byteCount: 50) }
      #expect(result == nil || result?.count == 50)
    }
  }
}
