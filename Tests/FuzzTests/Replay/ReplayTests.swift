import Foundation
import Testing

/// The checked-in inputs of every fuzz target, through the same functions, without a sanitizer.
@Suite("Fuzz targets, replayed")
struct ReplayTests {
  /// One checked-in input.
  struct Case: Sendable, CustomTestStringConvertible {
    var target: FuzzTarget
    var url: URL

    var testDescription: String { "\(target.rawValue)/\(url.lastPathComponent)" }
  }

  static func cases(_ folder: String) -> [Case] {
    guard let root = Bundle.module.resourceURL?.appendingPathComponent(folder) else { return [] }
    return FuzzTarget.allCases.flatMap { target in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/\(target.rawValue)")) ?? []
      return names.sorted().map {
        Case(target: target, url: root.appendingPathComponent("\(target.rawValue)/\($0)"))
      }
    }
  }

  @Test("the seed corpus finds nothing", arguments: ReplayTests.cases("Corpus"))
  func seeds(item: Case) throws {
    try item.target.run([UInt8](Data(contentsOf: item.url)))
  }

  @Test("what once failed does not fail again", arguments: ReplayTests.cases("Regressions"))
  func regressions(item: Case) throws {
    try item.target.run([UInt8](Data(contentsOf: item.url)))
  }

  @Test("the checked-in corpus is what the generator makes", arguments: FuzzTarget.allCases)
  func corpusIsCurrent(target: FuzzTarget) throws {
    let checkedIn = try Self.cases("Corpus").filter { $0.target == target }.map {
      ($0.url.lastPathComponent, [UInt8](try Data(contentsOf: $0.url)))
    }
    let made = Seeds.seeds(of: target).sorted { $0.name < $1.name }
    #expect(checkedIn.map(\.0) == made.map(\.name))
    #expect(checkedIn.map(\.1) == made.map(\.bytes))
    #expect(!made.isEmpty && made.allSatisfy { $0.bytes.count <= target.byteCountMax })
  }

  @Test("the contracts that inputs meet are set up without a refusal")
  func sceneIsAccepted() {
    #expect(Seeds.sceneResults.allSatisfy { $0.isAccepted }, "\(Seeds.sceneResults)")
  }

  @Test("inputs that are cut or changed find nothing, either", arguments: FuzzTarget.allCases)
  func neighbours(target: FuzzTarget) throws {
    for bytes in Seeds.seeds(of: target).map(\.bytes) {
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 16)) {
        try target.run([UInt8](bytes[..<length]))
        var changed = bytes
        changed[length] ^= 0x81
        try target.run(changed)
      }
    }
  }
}
