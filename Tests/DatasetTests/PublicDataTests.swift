import Foundation
import Kernel
import Testing

@testable import Dataset

/// Public data sets beside the checkout, or nil.
let sharedDatasets: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MILEPOST_DATASETS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("../shared/datasets").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.appendingPathComponent("README.md").path) ? folder : nil
}()

/// What a public data set comes to: pinned, so that a change of the mapping is seen.
struct PublicDataset: Sendable, CustomTestStringConvertible {
  var file: String
  var kind: DatasetBuilder.Kind
  var cases: Int
  /// Minor units that the public record says were paid.
  var paid: Int64
  /// Cases that end elsewhere, by the class that explains them.
  var explained: [String: Int] = [:]
  var unusableRows = 0

  var testDescription: String { file }

  static let all: [PublicDataset] = [
    PublicDataset(
      file: "approval-logs/bpic2020_domestic_declarations.csv.gz", kind: .approvalLog, cases: 10_357, paid: 89_438_719,
      explained: ["paid_without_approval": 2, "rejected_after_approval": 5]),
    PublicDataset(
      file: "approval-logs/bpic2020_prepaid_travel_cost.csv.gz", kind: .approvalLog, cases: 2_007, paid: 238_459_038),
    PublicDataset(
      file: "approval-logs/bpic2020_travel_permits.csv.gz", kind: .approvalLog, cases: 6_426, paid: 726_165_491,
      explained: ["zero_amount": 12, "rejected_after_approval": 5]),
    PublicDataset(
      file: "approval-logs/bpic2019_purchase_orders_variants.csv.gz", kind: .approvalLog, cases: 5_974,
      paid: 67_230_000,
      explained: ["cleared_without_invoice": 70]),
    PublicDataset(file: "approval-logs/road_traffic_fines_100.csv", kind: .approvalLog, cases: 100, paid: 296_803),
    PublicDataset(
      file: "india-public-works/odisha_tender_bids.csv.gz", kind: .tenders, cases: 88_428, paid: 0, unusableRows: 630),
    PublicDataset(
      file: "india-public-works/assam_flood_tenders.csv.gz", kind: .tenders, cases: 2_285, paid: 0, unusableRows: 83),
    PublicDataset(file: "ocds/portland_oregon_record.json", kind: .ocds, cases: 1, paid: 48_728_000),
    PublicDataset(file: "ocds/paraguay_dncp_191705_record.json", kind: .ocds, cases: 2, paid: 3_510_443_900),
    PublicDataset(file: "ocds/paraguay_dncp_155220_record.json", kind: .ocds, cases: 7, paid: 0),
    PublicDataset(file: "ocds/change_history_implementation_record.json", kind: .ocds, cases: 1, paid: 50_000_000),
    PublicDataset(file: "ocds/ocp_fictional_example", kind: .ocds, cases: 1, paid: 6_000_000),
  ]
}

@Suite(
  "Public data, built and reconciled",
  .enabled(
    if: sharedDatasets != nil, "../shared/datasets is not beside the checkout; the shipped data is tested all the same")
)
struct PublicDataTests {
  @Test("every case ends where the public log says, or has a class that explains it", arguments: PublicDataset.all)
  func reconciles(dataset: PublicDataset) throws {
    let folder = try TemporaryFolder()
    let output = DatasetOutput(path: folder.path("ops.bin"))
    let input = try #require(sharedDatasets).appendingPathComponent(dataset.file).path
    let report = try DatasetBuilder.build(dataset.kind, path: input, output: output)
    #expect(report.caseCount == dataset.cases)
    #expect(report.rejects.count == dataset.unusableRows)
    let expectations = try Expectation.read(path: output.expectedPath)
    #expect(expectations.count == dataset.cases)
    // In the source's own time, and all at one instant of today, as a server would stamp.
    for stamps in [KernelReplay.Stamps.file, .fixed(1_790_000_000_000)] {
      let replayed = try Reconciliation.replay(
        operations: output.operationsPath, expectations: expectations, stamps: stamps)
      let reconciliation = replayed.reconciliation
      #expect(reconciliation.unexplained == [])
      #expect(reconciliation.caseCountByClass == dataset.explained)
      #expect(reconciliation.expectedPaid == dataset.paid)
      #expect(replayed.rejects == [])
      #expect(replayed.audit == [])
    }
  }

  @Test("accepted tenders add up to what the data set's own note says: Rs 21,429 crore")
  func acceptedTenders() throws {
    let folder = try TemporaryFolder()
    let output = DatasetOutput(path: folder.path("ops.bin"))
    let input = try #require(sharedDatasets).appendingPathComponent("india-public-works/odisha_tender_bids.csv.gz").path
    _ = try DatasetBuilder.build(.tenders, path: input, output: output)
    let accepted = try Expectation.read(path: output.expectedPath).filter { $0.state == "ACTIVE" }
    // The note counts 19,955; 45 of them are awarded at 0.0 or 0.001 rupees.
    #expect(accepted.count == 19_910)
    #expect(accepted.reduce(0) { $0 + ($1.value ?? 0) } == 21_429_259_317_397)
    #expect(Set(accepted.map(\.tenant)).count > 50)
  }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("milepost-dataset-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
