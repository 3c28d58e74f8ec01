import Documents
import Foundation
import Testing

@testable import Mappings

/// Mappings that the project ships, and texts that they are tried with.
enum Samples {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  static let folder = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Datasets/mappings")

  static let names = ["bank-payouts", "collection-form", "order", "vouchers-in", "vouchers", "contracts"]

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
  }

  static func mapping(_ name: String) throws -> Mapping { try Mapping(text: text(name)) }

  static func golden(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: tests.appending(path: "Golden/\(name)")))
  }
}

extension Mapping {
  /// - Throws: the findings, when there are errors.
  init(text: String) throws {
    var findings = Findings()
    guard let mapping = Mapping(reading: try Document(yaml: text), &findings) else {
      throw Refused(codes: findings.kept.map(\.code))
    }
    self = mapping
  }

  func operations(_ text: [UInt8]) throws -> MappedRequest {
    guard case .request(let rule) = rule else { throw Refused(codes: ["no request mapping"]) }
    return operations(of: text, by: rule)
  }

  func operations(_ text: String) throws -> MappedRequest { try operations(Array(text.utf8)) }

  func output(_ document: [UInt8]) throws -> MappedOutput {
    guard case .response(let rule) = rule else { throw Refused(codes: ["no response mapping"]) }
    return output(of: document, by: rule)
  }

  func output(_ document: String) throws -> MappedOutput { try output(Array(document.utf8)) }
}

struct Refused: Error, Equatable {
  var codes: [String]
}

/// The same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

extension MappedOutput {
  var string: String? { text.map { String(decoding: $0, as: UTF8.self) } }
}

/// Code of the fault for which a text is refused; nil when it is not.
func fault(_ text: [UInt8], _ format: InputFormat) -> String? {
  do throws(InputFault) {
    _ = try InputTree(text, format)
    return nil
  } catch { return error.code }
}
