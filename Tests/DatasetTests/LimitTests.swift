import Foundation
import Testing

@testable import Dataset

@Suite("Public data that asks for too much")
struct LimitTests {
  @Test("a case takes so many events, further ones are rejects with their line")
  func longCase() throws {
    let folder = try TemporaryFolder()
    var text = "case:concept:name,concept:name,time:timestamp,amount,expense,totalPaymentAmount,paymentAmount\n"
    text += "A,Create Fine,2006-07-24,10000000000000,,,\n"
    for _ in 0..<10_000 { text += "A,Payment,2007-01-16,,,,10000000000000\n" }
    try text.write(toFile: folder.path("fines.csv"), atomically: true, encoding: .utf8)
    let output = DatasetOutput(path: folder.path("ops.bin"))
    let report = try DatasetBuilder.build(.approvalLog, path: folder.path("fines.csv"), output: output)
    #expect(report.caseCount == 1 && report.eventCount == DatasetSink.partCountMax)
    #expect(report.rejects.count == 10_001 - DatasetSink.partCountMax)
    #expect(report.rejects.first?.line == UInt64(DatasetSink.partCountMax + 2))
  }

  @Test("a contract takes so many payments")
  func longContract() throws {
    let folder = try TemporaryFolder()
    let payments = (0..<9_000).map { "{\"id\":\"\($0)\",\"amount\":10000000000000}" }.joined(separator: ",")
    let text =
      "{\"releases\":[{\"ocid\":\"o\",\"date\":\"2024-08-20\",\"contracts\":[{\"id\":\"C\",\"value\":{\"amount\":9},"
      + "\"implementation\":{\"transactions\":[\(payments)]}}]}]}"
    try text.write(toFile: folder.path("record.json"), atomically: true, encoding: .utf8)
    let output = DatasetOutput(path: folder.path("ops.bin"))
    let report = try DatasetBuilder.build(.ocds, path: folder.path("record.json"), output: output)
    #expect(report.caseCount == 1 && report.rejects.count == 9_000 - DatasetSink.partCountMax)
  }
}
