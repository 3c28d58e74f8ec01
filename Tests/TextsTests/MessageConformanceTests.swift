import Foundation
import Testing

@testable import Texts

private let conformanceFolder = shared("conformance/messageformat2")

/// The specification's own tests.
@Suite(
  "Messages against the tests of MessageFormat 2",
  .enabled(if: conformanceFolder != nil, "../shared/conformance is not beside the checkout"))
struct MessageConformanceTests {
  /// By file: how many tests pass, of how many. The rest is in `unsupported`.
  private static let counts: [(file: String, passed: Int, total: Int)] = [
    ("bidi", 14, 14), ("data-model-errors", 10, 10), ("fallback", 2, 2), ("pattern-selection", 12, 12),
    ("syntax", 57, 58), ("syntax-errors", 70, 70), ("u-options", 4, 4), ("functions/currency", 10, 10),
    ("functions/date", 4, 4), ("functions/datetime", 0, 2), ("functions/integer", 5, 5), ("functions/number", 20, 20),
    ("functions/offset", 9, 9), ("functions/percent", 4, 4), ("functions/string", 3, 3), ("functions/time", 0, 5),
  ]

  /// What a message has that is not of our subset.
  private static let unsupported = [
    (word: ":datetime", reason: "no times of day, which would need their own formats in every language"),
    (word: ":time", reason: "as :datetime"),
    (word: "{$one} et {$two}", reason: "French is not one of our languages"),
  ]

  @Test("tests of a file pass, but for those that are listed", arguments: counts.map(\.file))
  func conformance(_ file: String) throws {
    let folder = try #require(conformanceFolder)
    let data = try Data(contentsOf: folder.appending(path: "\(file).json"))
    let suite = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let defaults = suite["defaultTestProperties"] as? [String: Any] ?? [:]
    let tests = try #require(suite["tests"] as? [[String: Any]])
    var passed = 0
    for test in tests {
      let properties = defaults.merging(test) { $1 }
      let source = try #require(properties["src"] as? String)
      let isSupported = !Self.unsupported.contains { source.contains($0.word) }
      let difference = difference(properties, source)
      #expect((difference == nil) == isSupported, "\(file): \(source): \(difference ?? "passes")")
      if difference == nil { passed += 1 }
    }
    let count = try #require(Self.counts.first { $0.file == file })
    #expect((passed, tests.count) == (count.passed, count.total))
  }

  /// - Returns: how what happens differs from what is expected, nil when it does not.
  private func difference(_ test: [String: Any], _ source: String) -> String? {
    let errors = (test["expErrors"] as? [[String: String]] ?? []).compactMap { $0["type"] }.sorted()
    let message: Message
    do throws(MessageFault) {
      message = try Message(source, functions: .withTestFunctions)
    } catch {
      return errors == [error.kind.rawValue] ? nil : "refused: \(error)"
    }
    let isolation: MessageOptions.Isolation = test["bidiIsolation"] as? String == "none" ? .none : .isolates
    // Arabic has the direction of Urdu, which is what its tests are about.
    let language: Language = test["locale"] as? String == "ar" ? .urdu : .english
    let result = message.text(
      arguments(test["params"]), in: language, options: MessageOptions(isolation: isolation))
    let kinds = result.faults.map(\.kind.rawValue).sorted()
    if kinds != errors { return "faults \(kinds)" }
    guard let expected = test["exp"] as? String, !isSame(result.text, expected) else { return nil }
    return "'\(result.text)'"
  }

  /// Texts are not normalised: code points count.
  private func isSame(_ text: String, _ other: String) -> Bool {
    text.unicodeScalars.elementsEqual(other.unicodeScalars)
  }

  private func arguments(_ list: Any?) -> [String: MessageArgument] {
    var arguments: [String: MessageArgument] = [:]
    for item in list as? [[String: Any]] ?? [] {
      guard let name = item["name"] as? String else { continue }
      if let text = item["value"] as? String { arguments[name] = .text(text) }
      if let number = item["value"] as? NSNumber {
        arguments[name] = DecimalNumber(literal: "\(number)").map { .number($0) }
      }
    }
    return arguments
  }
}

extension MessageFunctions {
  /// With the functions that the specification's tests define for themselves.
  fileprivate static let withTestFunctions = {
    var functions = standard
    functions["test:function"] = testFunction
    functions["test:select"] = testFunction
    return functions
  }()

  private static let testFunction: MessageFunction = { call throws(FunctionFault) in
    // A value of one of these functions hands its digits on: what it shows says which they are.
    guard let text = call.operand?.plainText, let number = call.operand?.number else {
      throw FunctionFault(.badOperand, "no number")
    }
    var hasPlaces = text.hasSuffix(".0")
    var canSelect = true
    for option in call.options {
      switch (option.name, option.value) {
      case ("decimalPlaces", let places): hasPlaces = places == "1"
      case ("fails", "select"): canSelect = false
      default: call.reportBad(option)
      }
    }
    let isOne = number == DecimalNumber(1)
    let keys = isOne ? (hasPlaces ? ["1.0", "1"] : ["1"]) : []
    return MessageValue(text: hasPlaces ? "\(text).0" : text, keys: canSelect ? keys : nil)
  }
}
