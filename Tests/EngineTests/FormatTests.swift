import Foundation
import Kernel
import Testing

@testable import Engine
@testable import Store

/// A store that an earlier build wrote is read by this one.
///
/// A fixture is a backup of a small store, its files compressed as LZ4 blocks behind their plain
/// size (u64), with what the store was like in `expected.txt`. A change of a format adds a fixture of the new one,
/// made by `tools/make-fixture`, and says here what becomes of the old one. All are of format 1 of the store:
///
/// - `format-1`: runs of contracts in version 1, without runs of references. They are read, and merges write them anew.
/// - `format-1-runs-4`: runs of contracts in version 4, those of references in 3.
///
/// Versions between these were never released with a fixture; `RunFilterTests` writes their runs.
@Suite struct FormatTests {
  private static let files = ["MANIFEST", "log/data.mdb", "state/data.mdb", "catalog/data.mdb"]

  @Test(arguments: ["format-1", "format-1-runs-4"]) func aStoreOfBeforeIsReadAndGoesOn(name: String) throws {
    let fixture = try #require(Bundle.module.path(forResource: name, ofType: nil, inDirectory: "Fixtures"))
    let backup = TemporaryDirectory()
    let target = TemporaryDirectory()
    try Self.expand(fixture, to: backup.path)
    let report = try Engine.restore(.test(target.path), from: backup.path, storeOptions: .test)
    #expect(report.verification.differences == [])
    let expected = try String(contentsOfFile: fixture + "/expected.txt", encoding: .utf8)
    #expect(Self.describe(report) == expected)
    // From the log alone, too: formats of checkpoints and of commits may change one without the other.
    let history = TemporaryDirectory()
    let earlier = try Engine.restore(.test(history.path), from: backup.path, to: .commit(1), storeOptions: .test)
    #expect(earlier.base == .history && earlier.verification.differences == [])

    let digests = try Self.goOn(target.path, from: report.commit)
    let after = try Engine.verify(.test(target.path), storeOptions: .test)
    #expect(after.differences == [] && after.digests == digests)
  }

  /// The same where it lies: a newer program is started on the directory of an older one.
  @Test(arguments: ["format-1", "format-1-runs-4"]) func aStoreOfBeforeIsOpenedInPlace(name: String) throws {
    let fixture = try #require(Bundle.module.path(forResource: name, ofType: nil, inDirectory: "Fixtures"))
    let store = TemporaryDirectory()
    try Self.expand(fixture, to: store.path)
    try FileManager.default.removeItem(atPath: store.path + "/backup.json")
    let before = try Engine.verify(.test(store.path), storeOptions: .test)
    #expect(before.differences == [])
    let digests = try Self.goOn(store.path, from: before.lastCommit)
    let after = try Engine.verify(.test(store.path), storeOptions: .test)
    #expect(after.differences == [] && after.digests == digests && after.contracts > before.contracts)
  }

  /// Serves a fixture a little further; its digests at the end.
  private static func goOn(_ path: String, from commit: UInt64) throws -> [UInt64] {
    let engine = try Engine.open(.test(path), storeOptions: .test)
    #expect(engine.durableCommit == commit)
    let queue = CompletionQueue()
    let session = try engine.session(1)
    #expect(session.lastRequest == 12)
    engine.attach(session, to: queue)
    var script = Script(seed: 99)
    let done = engine.submitAndWait([.of(script.open(1, 99), session: session, request: 13)], queue)[0]
    #expect(done.outcome == .committed && done.codes.allSatisfy { $0 == 0 })
    try engine.checkpoint()
    let digests = engine.digests()
    try engine.close()
    return digests
  }

  /// Writes a fixture of the present formats where the environment says: for `tools/make-fixture`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["MILEPOST_FIXTURE"] != nil))
  func aFixtureIsMade() throws {
    let path = try #require(ProcessInfo.processInfo.environment["MILEPOST_FIXTURE"])
    let directory = TemporaryDirectory()
    let backup = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path, shards: 2)
    configuration.startsThreads = false
    let history = try BackupTests.History(configuration, .test, ManualClock())
    try history.openSession()
    history.live(1...4)
    try history.engine.checkpoint()
    history.live(5...6)
    // What left memory in the round before is in the archive alone from here on.
    try history.engine.checkpoint()
    history.live(7...8)
    try history.openSession()
    _ = try history.engine.backup(to: backup.path)
    try history.engine.close()
    try Self.compress(backup.path, to: path)
    let target = TemporaryDirectory()
    let report = try Engine.restore(.test(target.path), from: backup.path, storeOptions: .test)
    #expect(report.verification.differences == [])
    try Self.describe(report).write(toFile: path + "/expected.txt", atomically: true, encoding: .utf8)
  }

  /// What a store is like, a line for each thing.
  private static func describe(_ report: RestoreReport) -> String {
    let found = report.verification
    let lines =
      [
        "commits \(found.firstCommit) to \(found.lastCommit)", "milliseconds \(report.milliseconds)",
        "shards \(found.shards)", "checkpoints \(found.checkpoints)", "sessions \(found.sessions)",
        "tenants \(found.tenants)", "contracts \(found.contracts)", "archived \(found.archivedContracts)",
        "funded \(found.totals.funded)", "held \(found.totals.held)", "paid out \(found.totals.paidOut)",
        "newest seal \(found.newestSeal.map { String($0, radix: 16) }.joined(separator: " "))",
      ] + found.digests.map { "digest \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func compress(_ backup: String, to path: String) throws {
    for name in files {
      let plain = [UInt8](try Data(contentsOf: URL(fileURLWithPath: backup + "/" + name)))
      var bytes: [UInt8] = []
      CatalogBytes.append(UInt64(plain.count), to: &bytes)
      bytes += LZ4Block.compress(plain.span.bytes)
      try FileManager.default.createDirectory(
        atPath: ((path + "/" + name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name + ".lz4"))
    }
    try FileManager.default.copyItem(atPath: backup + "/backup.json", toPath: path + "/backup.json")
  }

  private static func expand(_ fixture: String, to path: String) throws {
    for name in files {
      let packed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture + "/" + name + ".lz4")))
      var reader = CatalogBytes.Reader(packed)
      let byteCount: UInt64 = reader.next()
      guard let plain = LZ4Block.expand(packed.span.bytes.extracting(8...), byteCount: Int(byteCount)) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      try FileManager.default.createDirectory(
        atPath: ((path + "/" + name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(plain).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    try FileManager.default.copyItem(atPath: fixture + "/backup.json", toPath: path + "/backup.json")
  }
}
