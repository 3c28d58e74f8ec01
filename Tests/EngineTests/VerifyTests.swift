import Glibc
import Kernel
import Store
import Testing

@testable import Engine

@Suite struct VerifyTests {
  /// Makes a store with checkpoints in its history, closed.
  private func makeStore(_ directory: TemporaryDirectory, options: StoreOptions = .test) async throws
    -> [UInt64]
  {
    let engine = try Engine.open(.test(directory.path), storeOptions: options)
    var script = Script()
    for contract in 1...10 as ClosedRange<UInt128> {
      _ = try await engine.submit(script.open(UInt32(contract % 4), contract))
    }
    try engine.checkpoint()
    for contract in 11...20 as ClosedRange<UInt128> {
      _ = try await engine.submit(script.open(UInt32(contract % 4), contract))
    }
    try engine.close()
    return engine.digests()
  }

  @Test func soundStoreHasNoDifference() async throws {
    let directory = TemporaryDirectory()
    let digests = try await makeStore(directory)
    let report = try Engine.verify(.test(directory.path), storeOptions: .test)
    #expect(report.differences == [])
    #expect(report.startsAtFirstCommit && report.checkpoints == 4)
    #expect(report.operationsReplayed == 140)
    #expect(report.contracts == 20 && report.tenants == 4)
    #expect(report.totals.funded == 2_000_000 && report.totals.held == 2_000_000)
    #expect(report.digests == digests)
    #expect(report.sealsVerified >= 1)
  }

  /// With a trimmed log the checkpoints are the base; exported segments make the history whole again.
  @Test func exportedSegmentsCompleteTheHistory() async throws {
    let directory = TemporaryDirectory()
    let export = TemporaryDirectory()
    _ = try await makeStore(directory)
    let segments: [String]
    do {
      let inspector = try StoreInspector(path: directory.path, storeOptions: .test)
      let exporter = LogExport(store: inspector.store, directory: export.path)
      let written = try exporter.run()
      #expect(written.allSatisfy(\.isNew) && written.first?.first == 1)
      #expect(try exporter.run().allSatisfy { !$0.isNew })
      segments = written.map(\.path)
      let index = try ContractIndex(try SegmentFile(path: segments[0]).index())
      #expect(index.commits(tenant: 1, contract: 1).count == 1)
    }
    // A little more, with a log that keeps nothing it must not.
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: 0, trimCountMax: 1_000)
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: options)
      // What goes now was exported.
      try engine.checkpoint()
      #expect(engine.oldestCommit > 1)
      var script = Script(seed: 9)
      _ = try await engine.submit(script.open(1, 77))
      try engine.close()
    }
    let trimmed = try Engine.verify(.test(directory.path), storeOptions: .test)
    #expect(trimmed.differences == [])
    #expect(!trimmed.startsAtFirstCommit)
    let whole = try Engine.verify(.test(directory.path), segments: segments, storeOptions: .test)
    #expect(whole.differences == [])
    #expect(whole.startsAtFirstCommit && whole.operationsReplayed == 147)
    #expect(whole.digests == trimmed.digests)
  }

  /// What the log has lost since the last export, and what another history left in the directory, is never passed over in silence.
  @Test func exportNamesWhatItCannotFollow() async throws {
    let directory = TemporaryDirectory()
    let export = TemporaryDirectory()
    _ = try await makeStore(directory)
    func exported() throws -> [LogExport.Segment] {
      try LogExport(store: StoreInspector(path: directory.path, storeOptions: .test).store, directory: export.path)
        .run()
    }
    let first = try exported()
    #expect(!first.isEmpty)
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: 0, trimCountMax: 1_000)
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: options)
      var script = Script(seed: 9)
      for round in 0..<3 as Range<UInt128> {
        for contract in 100...104 as ClosedRange<UInt128> {
          _ = try await engine.submit(script.open(1, contract + 10 * round))
        }
        try engine.checkpoint()
      }
      try engine.close()
    }
    let gap = #expect(throws: EngineError.self) { try exported() }
    #expect(
      gap?.kind == .invalid && gap?.message.contains("what is between is in neither") == true,
      "\(String(describing: gap))")

    // Another store, whose first segment has the same commits.
    let other = TemporaryDirectory()
    do {
      let engine = try Engine.open(.test(other.path), storeOptions: .test)
      var script = Script(seed: 77)
      for contract in 1...20 as ClosedRange<UInt128> {
        _ = try await engine.submit(script.open(UInt32(contract % 4), contract))
      }
      try engine.close()
    }
    let stranger = #expect(throws: EngineError.self) {
      try LogExport(store: StoreInspector(path: other.path, storeOptions: .test).store, directory: export.path).run()
    }
    #expect(
      stranger?.kind == .invalid && stranger?.message.contains("of another history") == true,
      "\(String(describing: stranger))")
  }

  /// A changed byte anywhere in the log is found and named.
  @Test func damagedLogIsNamed() async throws {
    let directory = TemporaryDirectory()
    _ = try await makeStore(directory)
    let path = directory.path + "/log/data.mdb"
    let file = open(path, O_RDWR)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = pread(file, &bytes, bytes.count, 0)
    // The amount of a deposit: 100,000 minor units, as little-endian bytes of an operation.
    let pattern: [UInt8] = [0xA0, 0x86, 0x01, 0, 0, 0, 0, 0]
    var places: [Int] = []
    for place in stride(from: 0, to: max(0, count - 8), by: 8) where Array(bytes[place..<place + 8]) == pattern {
      places.append(place)
    }
    let place = try #require(places.dropFirst(places.count / 2).first)
    #expect(pwrite(file, [0xA1], 1, off_t(place)) == 1)
    do {
      let report = try Engine.verify(.test(directory.path), storeOptions: .test)
      #expect(!report.differences.isEmpty)
      #expect(report.differences.allSatisfy { $0.contains("commit") })
    } catch {
      Issue.record("damage is a difference, not an error: \(error)")
    }
  }

  @Test func inspectorReadsWhatTheLogHolds() async throws {
    let directory = TemporaryDirectory()
    _ = try await makeStore(directory)
    let inspector = try StoreInspector(path: directory.path, storeOptions: .test)
    let commit = try inspector.groups(ofCommit: 1)
    #expect(commit.groups.first?.kind == "frames" && commit.groups.first?.operations == 7)
    var filter = FeedFilter()
    filter.contract = 5
    var codes: [UInt8] = []
    try inspector.events(from: .start, filter: filter) { event in
      codes.append(event.operation.code)
      return codes.count < 5
    }
    #expect(codes == [1, 5, 6, 7, 9])
    #expect(throws: EngineError.self) { try inspector.groups(ofCommit: 10_000) }
  }
}
