import Store
import Testing

@Suite struct RetentionTests {
  let directory = TemporaryDirectory()

  /// A log of commits of about 40 KB, with everything sealed.
  func log(_ retention: LogRetention, commits: Int = 0) throws -> any CommitLog {
    let log = try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small(retention: retention)).log
    for _ in 0..<commits { try append(log) }
    return log
  }

  func append(_ log: any CommitLog, time: Int64 = 0) throws {
    try log.append(body(Int(log.range.next.rawValue), byteCount: 40_000), time: time)
  }

  func seal(_ log: any CommitLog) throws {
    var chain = AuditChain(log: log)
    try chain.sealNow()
  }

  @Test func nothingGoesBeforeACheckpointCoversIt() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 0), commits: 10)
    try seal(log)
    try append(log)
    #expect(log.range.first == 1)
    log.setFloors(LogFloors(recovery: 4))
    try append(log)
    #expect(log.range == CommitRange(first: 4, next: 13))
  }

  @Test func nothingGoesBeforeItIsSealed() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 0), commits: 5)
    log.setFloors(LogFloors(recovery: 6))
    try append(log)
    #expect(log.range.first == 1)
    var chain = AuditChain(log: log, segmentByteCount: 1 << 30, segmentCommitCount: 3)
    while try chain.step() {}
    try append(log)
    // Two segments of three; the floor comes first.
    #expect(log.lastSeal?.last == 6)
    #expect(log.range.first == 6)
  }

  @Test func oneAppendTrimsABoundedNumber() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 0, trimCountMax: 3), commits: 10)
    try seal(log)
    log.setFloors(LogFloors(recovery: 11))
    for expected in [4, 7, 10, 11] as [CommitNumber] {
      try append(log)
      #expect(log.range.first == expected)
    }
  }

  @Test func anIdleLogIsTrimmedByFlushAndKeepsItsLastCommit() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 0, trimCountMax: 3), commits: 7)
    try seal(log)
    log.setFloors(LogFloors(recovery: 8))
    #expect(try log.flush())
    #expect(log.range.first == 4)
    while try log.flush() {}
    #expect(log.range == CommitRange(first: 7, next: 8))
    #expect(try log.bodies().count == 1)
  }

  @Test func theSettingKeepsBytesOfHistory() throws {
    let log = try log(.init(keepByteCount: 500_000), commits: 20)
    try seal(log)
    log.setFloors(LogFloors(recovery: 21))
    for _ in 0..<5 { try append(log) }
    // About 45 KB a commit with its pages.
    #expect((11...14).contains(log.range.count))
    #expect(try log.usage().liveByteCount < 700_000)
  }

  @Test func theSettingKeepsYoungCommits() throws {
    let log = try log(.init(keepByteCount: 0, keepMilliseconds: 1000))
    for time in 0..<10 as Range<Int64> { try append(log, time: time * 300) }
    try seal(log)
    log.setFloors(LogFloors(recovery: 11))
    try append(log, time: 3000)
    // Commits at 2100, 2400, 2700 and 3000 are younger than a second.
    #expect(log.range.first == 8)
  }

  @Test func aSubscriberHoldsCommitsBackUntilTheCap() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 1_000_000), commits: 10)
    try seal(log)
    log.setFloors(LogFloors(recovery: 11, subscribers: 3))
    try append(log)
    #expect(log.range.first == 3)
    for _ in 0..<30 {
      try append(log)
      try seal(log)
      log.setFloors(LogFloors(recovery: log.range.next, subscribers: 3))
    }
    #expect(log.range.first > 15)
    #expect(try log.usage().liveByteCount < 1_100_000)
    let error = expectError(.tooOld(firstKept: log.range.first)) { () throws(StoreError) in
      _ = try log.read(from: 3, byteCountMax: 1) { _, _ in .next }
    }
    #expect(error?.place == "log commit 3")
  }

  @Test func theCapNeverTakesWhatRecoveryNeeds() throws {
    let log = try log(.init(keepByteCount: 0, capByteCount: 100_000), commits: 10)
    try seal(log)
    log.setFloors(LogFloors(recovery: 2))
    for _ in 0..<3 { try append(log) }
    #expect(log.range.first == 2)
  }

  @Test func trimmedPagesAreUsedAgain() throws {
    let log = try log(.init(keepByteCount: 400_000))
    var chain = AuditChain(log: log, segmentCommitCount: 2)
    func run(_ count: Int) throws {
      for _ in 0..<count {
        try append(log)
        while try chain.step() {}
        log.setFloors(LogFloors(recovery: log.range.next))
      }
    }
    try run(100)
    let early = try log.usage().usedByteCount
    try run(300)
    #expect(try log.usage().usedByteCount <= early * 12 / 10)
    #expect(early < 2_000_000)
  }

  @Test func aTrimmedLogOpensWhereItWas() throws {
    do {
      let log = try log(.init(keepByteCount: 0), commits: 10)
      try seal(log)
      log.setFloors(LogFloors(recovery: 9))
      try append(log)
    }
    let log = try log(.init())
    #expect(log.range == CommitRange(first: 9, next: 12))
    #expect(log.lastSeal?.last == 10)
    #expect(try log.bodies() == (9...11).map { body($0, byteCount: 40_000) })
  }
}
