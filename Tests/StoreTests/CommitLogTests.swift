import Store
import Testing

@Suite struct CommitLogTests {
  let directory = TemporaryDirectory()

  func open(_ options: StoreOptions = small()) throws(StoreError) -> Store {
    try Store.open(directory.path, .createOrOpen(shardCount: 4), options: options)
  }

  @Test func whatWasAppendedIsReadBackAfterReopening() throws {
    let bodies = (1...20).map { body($0, byteCount: $0 * $0 * 300) }
    do {
      let log = try open().log
      for (index, body) in bodies.enumerated() { try log.append(body, epoch: 3, time: Int64(index)) }
      #expect(log.range == CommitRange(first: 1, next: 21))
    }
    let log = try open().log
    #expect(log.range == CommitRange(first: 1, next: 21))
    #expect(try log.bodies() == bodies)
    #expect(try log.bodies(byteCountMax: 1 << 20) == bodies)
    #expect(try log.bodies(from: 18) == Array(bodies[17...]))
    var headers: [CommitHeader] = []
    let next = try log.read(from: 5, byteCountMax: .max) { header, _ in
      headers.append(header)
      return headers.count == 2 ? .stop : .next
    }
    #expect(next == 7)
    #expect(headers[1] == CommitHeader(number: 6, epoch: 3, timeMilliseconds: 5, bodyByteCount: 10_800))
    try log.append([], epoch: 3)
    #expect(try log.bodies(from: 21) == [[]])
    #expect(try log.usage().recordCount == 21)
  }

  @Test func aWrongPositionIsRefusedAndNothingStops() throws {
    let log = try open().log
    try log.append(body(1))
    for number in [1, 3] as [CommitNumber] {
      let header = CommitHeader(number: number, epoch: 1, timeMilliseconds: 0, bodyByteCount: 0)
      expectError(.positionMismatch(expected: 2, found: number)) { () throws(StoreError) in
        try log.append(header) { _ in Issue.record("written in the wrong place") }
      }
    }
    expectError(.positionMismatch(expected: 2, found: 3)) { () throws(StoreError) in
      _ = try log.read(from: 3, byteCountMax: 1) { _, _ in .next }
    }
    #expect(try log.read(from: 2, byteCountMax: 1) { _, _ in .next } == 2)
    try log.append(body(2))
  }

  @Test func anOlderEpochIsFencedAlsoAfterReopening() throws {
    try open().log.append(body(1), epoch: 5)
    let log = try open().log
    expectError(.fenced(newest: 5)) { () throws(StoreError) in try log.append(body(2), epoch: 4) }
    try log.append(body(2), epoch: 5)
    try log.append(body(3), epoch: 9)
    expectError(.fenced(newest: 9)) { () throws(StoreError) in try log.append(body(4), epoch: 5) }
  }

  @Test func aBodyOverTheLimitIsRefused() throws {
    let log = try open().log
    let header = CommitHeader(number: 1, epoch: 1, timeMilliseconds: 0, bodyByteCount: 1 << 30 + 1)
    expectError(.outOfRange) { () throws(StoreError) in try log.append(header) { _ in } }
    try log.append(body(1))
  }

  @Test(arguments: [0, 40, 3000]) func aChangedBodyIsNamedByCommitAndByte(offset: Int) throws {
    do {
      let log = try open().log
      for number in 1...5 { try log.append(body(number, byteCount: 5000)) }
    }
    directory.damage("log/data.mdb", at: [UInt8]("body of commit 3;".utf8), offset: offset)
    let log = try open().log
    #expect(try log.bodies(from: 4) == [body(4, byteCount: 5000), body(5, byteCount: 5000)])
    var seen = 0
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try log.read(from: 1, byteCountMax: .max) { _, _ in
        seen += 1
        return .next
      }
    }
    #expect(seen == 2)
    #expect(error?.place == "log commit 3 byte 48")
  }

  /// Each field of a record's header, changed: named by commit, never skipped.
  @Test(arguments: 0..<48) func aChangedHeaderIsNamed(byte: Int) throws {
    do {
      let log = try open().log
      for number in 1...3 { try log.append(body(number, byteCount: 5000)) }
    }
    directory.damage("log/data.mdb", at: [UInt8]("body of commit 2;".utf8), offset: byte - 48)
    let log = try open().log
    let error = expectError(.damaged) { () throws(StoreError) in _ = try log.bodies() }
    #expect(error?.place == "log commit 2 byte 0")
  }

  @Test func aDamagedLastHeaderIsFoundAtOpen() throws {
    do {
      let log = try open().log
      for number in 1...3 { try log.append(body(number, byteCount: 5000)) }
    }
    directory.damage("log/data.mdb", at: [UInt8]("body of commit 3;".utf8), offset: -10)
    let error = expectError(.damaged) { () throws(StoreError) in _ = try open() }
    #expect(error?.place == "log commit 3 byte 0")
  }

  @Test func aFullMapStopsWritingAndLosesNothing() throws {
    do {
      let store = try open(small(mapByteCount: 1 << 20))
      var count = 0
      let error = expectError(.mapFull) { () throws(StoreError) in
        while true {
          try store.log.append(body(count + 1, byteCount: 30_000))
          count += 1
        }
      }
      #expect(error?.place == "log commit \(count + 1)")
      #expect(count > 10)
      // Never tried again, and no other part writes on behind it.
      let later = expectError(.writesStopped) { () throws(StoreError) in try store.log.append([1]) }
      #expect(later?.message.contains("map is full") == true)
      expectError(.writesStopped) { () throws(StoreError) in
        try store.catalog.apply([.put(.settings, key: [1], value: [1])])
      }
      expectError(.writesStopped) { () throws(StoreError) in _ = try store.log.flush() }
      #expect(store.log.range.count == count)
      #expect(try store.log.bodies().count == count)
    }
    // With a larger map the same store goes on.
    let log = try open(small(mapByteCount: 1 << 24)).log
    let count = Int(log.range.count)
    #expect(try log.bodies() == (1...count).map { body($0, byteCount: 30_000) })
    try log.append(body(count + 1))
  }
}

extension CommitNumber: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: UInt64) { self.init(value) }
}
