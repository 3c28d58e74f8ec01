import Store
import Testing

@Suite struct AuditChainTests {
  let directory = TemporaryDirectory()

  func open() throws -> any CommitLog {
    try Store.open(
      directory.path, .createOrOpen(shardCount: 4), options: small(retention: .init(keepByteCount: 0))
    ).log
  }

  func seals(_ log: any CommitLog, from number: CommitNumber = 1) throws -> [Seal] {
    var seals: [Seal] = []
    try log.readSeals(from: number) {
      seals.append($0)
      return .next
    }
    return seals
  }

  @Test func sealsCoverEverythingInOrderAndVerify() throws {
    do {
      let log = try open()
      var chain = AuditChain(log: log, segmentCommitCount: 4)
      for number in 1...10 {
        try log.append(body(number, byteCount: number * 1000))
        while try chain.step() {}
      }
      #expect(try seals(log).map(\.last) == [4, 8])
      try chain.sealNow()
      #expect(log.lastSeal?.last == 10)
      // Waiting until something writes it.
      #expect(try seals(log).map(\.last) == [4, 8])
      #expect(try !log.flush())
      #expect(try seals(log).map(\.first) == [1, 5, 9])
      #expect(try seals(log, from: 5).map(\.first) == [5, 9])
    }
    let log = try open()
    var chain = AuditChain(log: log, segmentCommitCount: 4)
    #expect(chain.position == 11)
    #expect(try !chain.step())
    for number in 11...14 { try log.append(body(number)) }
    try chain.sealNow()
    _ = try log.flush()
    let report = try AuditChain.verify(log: log, source: log)
    #expect(report.verifiedSealCount == 4)
    #expect(report.linkOnlySealCount == 0)
    #expect(report.firstUnsealed == 15)
    #expect(report.newestHash == log.lastSeal?.hash)
    let all = try seals(log)
    #expect(all[0].previous == [UInt8](repeating: 0, count: 32))
    for (earlier, later) in zip(all, all.dropFirst()) { #expect(later.previous == earlier.hash) }
  }

  @Test func theSameCommitsGiveTheSameHashes() throws {
    let other = TemporaryDirectory()
    let hashes = try [directory.path, other.path].map { path in
      let log = try Store.open(path, .createOrOpen(shardCount: 4), options: small()).log
      var chain = AuditChain(log: log, segmentByteCount: 5000)
      for number in 1...10 { try log.append(body(number, byteCount: 2000), time: Int64(number)) }
      while try chain.step() {}
      return log.lastSeal
    }
    #expect(hashes[0] != nil && hashes[0] == hashes[1])
  }

  @Test func aChangedSealIsFound() throws {
    do {
      let log = try open()
      var chain = AuditChain(log: log, segmentCommitCount: 2)
      for number in 1...4 { try log.append(body(number)) }
      while try chain.step() {}
      _ = try log.flush()
      directory.damage("log/data.mdb", at: try seals(log)[1].hash)
    }
    expectError(.damaged) { () throws(StoreError) in
      _ = try Store.open(directory.path, .open, options: small())
    }
  }

  /// A commit rewritten with a right checksum of its own: only the chain can tell.
  @Test func aForgedCommitIsFound() throws {
    let log = try open()
    for number in 1...6 { try log.append(body(number)) }
    var chain = AuditChain(log: log, segmentCommitCount: 3)
    while try chain.step() {}
    _ = try log.flush()
    let forged = ForgedSource(log, number: 5)
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try AuditChain.verify(log: log, source: forged)
    }
    #expect(error?.place == "log seal of commits 4 to 6")
  }

  @Test func trimmedSegmentsAreCheckedByTheirLinks() throws {
    let log = try open()
    var chain = AuditChain(log: log, segmentCommitCount: 3)
    for number in 1...9 {
      try log.append(body(number))
      while try chain.step() {}
    }
    log.setFloors(LogFloors(recovery: 6))
    while try log.flush() {}
    #expect(log.range.first == 6)
    let report = try AuditChain.verify(log: log, source: log)
    #expect(report.linkOnlySealCount == 2)
    #expect(report.verifiedSealCount == 1)
  }
}

/// A source that changes one body on its way.
final class ForgedSource: CommitSource {
  let source: any CommitSource
  let number: CommitNumber
  init(_ source: any CommitSource, number: CommitNumber) {
    self.source = source
    self.number = number
  }
  var range: CommitRange { source.range }
  func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber {
    try source.read(from: first, byteCountMax: byteCountMax) { header, body in
      guard header.number == number else { return visit(header, body) }
      var bytes = copy(body)
      bytes[3] ^= 1
      return visit(header, bytes.span.bytes)
    }
  }
}
