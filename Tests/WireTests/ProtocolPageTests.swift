import Foundation
import Kernel
import Testing

@testable import Wire

/// Protocol.md is the contract, so its tables must say what the code says.
@Suite struct ProtocolPageTests {
  static let page: String = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    return try! String(contentsOf: root.appending(path: "Sources/Wire/Wire.docc/Protocol.md"), encoding: .utf8)
  }()

  /// Rows of tables, as their cells.
  static let rows: [[String]] = page.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
    line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func hasRow(_ first: String, _ second: String) -> Bool {
    Self.rows.contains { $0.count >= 2 && $0[0] == first && $0[1] == second }
  }

  @Test func everyNumberIsThere() {
    for kind in FrameKind.allCases { #expect(hasRow("\(kind.rawValue)", "\(kind)")) }
    for code in ResultCode.allCases { #expect(hasRow("\(code.rawValue)", "`\(code.name)`")) }
    for reason in ErrorReason.allCases { #expect(hasRow("\(reason.rawValue)", "`\(reason)`")) }
    for code in OperationCode.allCases { #expect(hasRow("\(code.rawValue)", code.name)) }
    for query in ReadQuery.allCases { #expect(Self.rows.contains { $0.first == "\(query.rawValue)" && $0.count == 4 }) }
  }

  @Test func everyStateIsThere() {
    let words = Self.page.replacing("\n", with: " ")
    for state in ContractState.allCases { #expect(words.contains("\(state.rawValue) \(state.name)")) }
    for state in MilestoneState.allCases { #expect(words.contains("\(state.rawValue) \(state.name)")) }
    for kind in TimerKind.allCases { #expect(words.contains("\(kind.rawValue) \(kind.name)")) }
  }

  @Test func everyDefaultLimitIsThere() {
    let limits = Limits()
    for (label, value) in Mirror(reflecting: limits).children {
      guard let label else { continue }
      let digits = "\(value)"
      #expect(Self.rows.contains { $0.first == label && $0[1].replacing(",", with: "") == digits }, "\(label)")
    }
  }
}
