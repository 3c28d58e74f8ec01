import Foundation
import Kernel
import Testing

@testable import Dataset

/// The project's own data.
let shippedDatasets = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Datasets")

@Suite("Shipped data")
struct SampleTests {
  @Test("the manifest names every file with its checksum")
  func manifest() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"]
    process.currentDirectoryURL = shippedDatasets
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let listed = try String(contentsOf: shippedDatasets.appendingPathComponent("MANIFEST.sha256"), encoding: .utf8)
      .split(separator: "\n").map { String($0.dropFirst(66)) }
    var byteCount = 0
    var found: [String] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: shippedDatasets.resolvingSymlinksInPath().path) {
      var isFolder: ObjCBool = false
      let path = shippedDatasets.appendingPathComponent(name).path
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard !isFolder.boolValue, name != "MANIFEST.sha256" else { continue }
      found.append(name)
      byteCount += (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
    #expect(found.sorted() == listed.sorted())
    #expect(byteCount < 2_000_000)
  }

  @Test(
    "the samples are accepted whole and end where they say",
    arguments: [("sample", DatasetBuilder.Kind.ocds, 5, 0), ("claims/claims.csv", .approvalLog, 300, 0)])
  func samples(name: String, kind: DatasetBuilder.Kind, cases: Int, refused: Int) throws {
    let folder = try TemporaryFolder()
    let output = DatasetOutput(path: folder.path("ops.ndjson"))
    let report = try DatasetBuilder.build(kind, path: shippedDatasets.appendingPathComponent(name).path, output: output)
    #expect(report.caseCount == cases)
    #expect(report.rejects.isEmpty)
    let replayed = try Reconciliation.replay(
      operations: output.operationsPath, expectations: Expectation.read(path: output.expectedPath), stamps: .file)
    #expect(replayed.reconciliation.differences == [])
    #expect(replayed.reconciliation.expectedPaid == replayed.reconciliation.actualPaid)
    #expect(replayed.codes.keys.sorted() == ["ok"])
    #expect(replayed.audit == [])
    #expect(replayed.rejects == [])
  }

  @Test("the Open Contracting sample ends as its documents say")
  func openContracting() throws {
    let folder = try TemporaryFolder()
    let output = DatasetOutput(path: folder.path("ops.csv"))
    let report = try DatasetBuilder.build(
      .ocds, path: shippedDatasets.appendingPathComponent("sample").path, output: output)
    let cases = try Expectation.read(path: output.expectedPath)
    let byCase = Dictionary(uniqueKeysWithValues: cases.map { ($0.caseID, $0) })
    // 7,27,500 + 19,40,000 + 6,06,250.25 rupees; the third stage is paid in part and stays open for what is left.
    let school = try #require(byCase["ocds-mlpst1-school-0001|C-101"])
    #expect(school.paid == 327_375_025)
    #expect(school.state == "ACTIVE")
    #expect(school.notes == ["amended"])
    #expect(school.milestones.map(\.state) == ["CLOSED", "CLOSED", "IN_PROGRESS"])
    // 24,37,500 + 18,12,499.995, half up.
    let road = try #require(byCase["ocds-mlpst1-road-0002|C-202"])
    #expect(road.paid == 425_000_000)
    #expect(road.state == "TERMINATED")
    #expect(byCase["ocds-mlpst1-it-0003|C-301"]?.state == "CANCELLED")
    #expect(byCase["ocds-mlpst1-it-0003|C-302"]?.state == "OFFERED")
    // Yen have no minor unit.
    #expect(byCase["ocds-mlpst1-pump-0004|C-401"]?.paid == 1_280_000)
    #expect(Set(cases.map(\.tenant)).count == 4)
    #expect(report.operationCount > 60)
  }

  @Test("the shipped log is what the generator makes")
  func generated() throws {
    let shipped = try String(contentsOf: shippedDatasets.appendingPathComponent("claims/claims.csv"), encoding: .utf8)
    #expect(shipped == SyntheticLog().csv)
  }

  @Test("the invented log has the shape of the public ones")
  func shape() throws {
    var synthetic = SyntheticLog()
    synthetic.caseCount = 20_000
    synthetic.seed = 11
    let cases = synthetic.eventLog().cases
    let submissions = cases.map { item in item.events.filter { $0.activity.contains("SUBMITTED") }.count }
    let again = Double(submissions.filter { $0 > 1 }.count) / Double(cases.count)
    #expect((0.09...0.11).contains(again))
    var days: [Double] = []
    for item in cases {
      guard let last = item.events.last, last.activity == "Payment Handled" else { continue }
      days.append(Double(last.instant - item.events[0].instant) / 86_400_000)
    }
    days.sort()
    func quantile(_ share: Double) -> Double { days[Int(share * Double(days.count - 1))] }
    #expect((7.1...7.7).contains(quantile(0.5)))
    #expect((18...20).contains(quantile(0.9)))
    #expect((62...80).contains(quantile(0.99)))
    let chains = Set(cases.map { item in item.events.filter { $0.activity.contains("APPROVED") }.count })
    #expect(chains.isSuperset(of: [1, 2, 3, 4]))
  }

  @Test("an invented log of any seed runs without a refusal", arguments: [1, 2, 3] as [UInt64])
  func seeds(seed: UInt64) throws {
    var synthetic = SyntheticLog()
    synthetic.caseCount = 2_000
    synthetic.seed = seed
    let folder = try TemporaryFolder()
    let output = DatasetOutput(path: folder.path("ops.bin"))
    let report = try DatasetBuilder.build(.synthetic, path: "", output: output, synthetic: synthetic)
    #expect(report.caseCount == 2_000)
    let replayed = try Reconciliation.replay(
      operations: output.operationsPath, expectations: Expectation.read(path: output.expectedPath),
      stamps: .fixed(1_800_000_000_000))
    #expect(replayed.reconciliation.differences == [])
    #expect(replayed.codes.keys.sorted() == ["ok"])
    #expect(replayed.audit == [])
  }
}
