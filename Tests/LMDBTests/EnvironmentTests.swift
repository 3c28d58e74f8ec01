import Glibc
import LMDB
import Testing

@Suite struct EnvironmentTests {
  let directory = TemporaryDirectory()

  func open(_ options: Environment.Options = .init(mapByteCount: 1 << 26)) throws(LMDBError) -> Environment {
    try Environment(path: directory.path, options: options)
  }

  func expect(
    _ kind: LMDBError.Kind, _ body: () throws(LMDBError) -> Void, at location: SourceLocation = #_sourceLocation
  ) {
    do throws(LMDBError) {
      try body()
      Issue.record("no error", sourceLocation: location)
    } catch { #expect(error.kind == kind, "\(error)", sourceLocation: location) }
  }

  @Test func thePathMayBeOpenOnlyOnceInAProcess() throws {
    do {
      let environment = try open()
      expect(.alreadyOpen) { () throws(LMDBError) in _ = try open() }
      _ = environment
    }
    // Released with its last reference.
    _ = try open()
  }

  @Test func aTransactionKeepsItsEnvironmentOpen() throws {
    let reading = try open().beginReading()
    expect(.alreadyOpen) { () throws(LMDBError) in _ = try open() }
    _ = consume reading
    _ = try open()
  }

  @Test func aMissingEnvironmentIsNotMadeWhenItMustExist() {
    expect(.missing) { () throws(LMDBError) in _ = try open(.init(mustExist: true)) }
    expect(.missing) { () throws(LMDBError) in _ = try open(.init(isReadOnly: true)) }
  }

  @Test func aFileOfAnotherKindIsRefused() throws {
    write([UInt8](repeating: 0x41, count: 16_384), at: 0)
    expect(.invalidFile) { () throws(LMDBError) in _ = try open() }
  }

  @Test func anotherDataVersionIsRefused() throws {
    _ = try open()
    write([2, 0, 0, 0], at: 20)
    expect(.versionMismatch) { () throws(LMDBError) in _ = try open() }
  }

  @Test func aTruncatedFileIsRefusedBeforeItIsMapped() throws {
    do {
      let environment = try open()
      let table = try environment.openDatabase(named: nil)
      var writing = try environment.beginWriting()
      try writing.put([UInt8](repeating: 1, count: 1 << 20).span.bytes, for: bytes("k").span.bytes, in: table)
      try writing.commit()
    }
    #expect(truncate(directory.path + "/data.mdb", 65_536) == 0)
    expect(.truncated) { () throws(LMDBError) in _ = try open() }
    expect(.truncated) { () throws(LMDBError) in _ = try open(.init(isReadOnly: true)) }
  }

  @Test func theFileIsAlwaysLongerThanItsLastPage() throws {
    let environment = try open(.init(mapByteCount: 1 << 26, slackByteCount: 1 << 20))
    let table = try environment.openDatabase(named: "t", integerKeys: true)
    for key in 1...40 as ClosedRange<UInt64> {
      var writing = try environment.beginWriting()
      try writing.reserve(byteCount: 300_000, for: key, in: table, .append) {
        $0.initializeMemory(as: UInt8.self, repeating: 1)
      }
      try writing.commit()
      var status = stat()
      #expect(stat(directory.path + "/data.mdb", &status) == 0)
      let information = try environment.information()
      #expect(Int(status.st_size) >= information.usedPageCount * information.pageByteCount)
    }
  }

  @Test func aReadOnlyEnvironmentReadsAndACopyHoldsTheSame() throws {
    do {
      let environment = try open()
      let table = try environment.openDatabase(named: "t")
      var writing = try environment.beginWriting()
      try writing.put(bytes("v").span.bytes, for: bytes("k").span.bytes, in: table)
      try writing.commit()
      let copy = directory.path + "/copy"
      #expect(mkdir(copy, 0o700) == 0)
      try environment.copy(to: copy, compacting: true)
    }
    for path in [directory.path, directory.path + "/copy"] {
      let environment = try Environment(path: path, options: .init(mapByteCount: 1 << 26, isReadOnly: true))
      let table = try environment.openDatabase(named: "t")
      let reading = try environment.beginReading()
      #expect(copy(try reading.value(for: bytes("k").span.bytes, in: table)) == bytes("v"))
      try environment.dropCachedPages(from: 0, byteCount: 4096)
    }
  }

  @Test func writingToAReadOnlyEnvironmentTraps() async {
    // A process that traps removes nothing: the directory is this one's.
    await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      _ = try Environment(path: path, options: .init(mapByteCount: 1 << 20))
      let environment = try Environment(path: path, options: .init(mapByteCount: 1 << 20, isReadOnly: true))
      _ = try environment.beginWriting()
    }
  }

  @Test func aDatabaseOfAnotherEnvironmentTraps() async {
    let other = TemporaryDirectory()
    await #expect(processExitsWith: .failure) { [path = directory.path as String, other = other.path as String] in
      let first = try Environment(path: path, options: .init(mapByteCount: 1 << 20))
      let second = try Environment(path: other, options: .init(mapByteCount: 1 << 20))
      let table = try first.openDatabase(named: "t")
      _ = try second.beginReading().statistics(of: table)
    }
  }

  private func write(_ bytes: [UInt8], at offset: Int) {
    let descriptor = Glibc.open(directory.path + "/data.mdb", O_RDWR | O_CREAT, 0o600)
    #expect(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
    close(descriptor)
  }
}
