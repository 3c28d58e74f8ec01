import Dataset
import Formats
import Kernel

/// Files of public data through their builders: refused, or operations that can be read and applied, with an expectation
/// for each case.
///
/// Input: a byte (0 approval log, 1 tenders, 2 Open Contracting), the file.
enum PublicData {
  private static let kinds: [DatasetBuilder.Kind] = [.approvalLog, .tenders, .ocds]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let kind = kinds[Int(input.byte()) % kinds.count]
    let content = input.rest()
    // As for files of operations.
    if content.starts(with: [0x1F, 0x8B]) { return }
    let (file, operations, expected) = (MemoryFile(content), MemoryFile(), MemoryFile())
    var output = DatasetOutput(path: operations.path, format: .binary)
    output.expectedPath = expected.path
    let report: DatasetReport
    do throws(InputError) { report = try DatasetBuilder.build(kind, path: file.path, output: output) } catch { return }
    _ = (report.summary(output), report.json)
    do throws(InputError) {
      let expectations = try Expectation.read(path: expected.path)
      try check(expectations.count == report.caseCount)
      let replay = try KernelReplay(path: operations.path, format: .binary, stamps: .file, contractCountMax: 1 << 10)
      try check(replay.rejects.isEmpty && replay.kernel.operationCount == report.operationCount)
      try check(replay.kernel.audit().isEmpty)
    } catch {
      throw Finding(description: "what was built cannot be used: \(error)")
    }
  }

  private static func check(_ holds: Bool) throws(InputError) {
    if !holds { throw InputError(path: "", reason: "cases, operations or balances do not add up") }
  }
}
