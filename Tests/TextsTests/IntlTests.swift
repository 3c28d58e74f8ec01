import Foundation
import Testing

@testable import Texts

/// A JavaScript runtime on the PATH, or nil.
private let node: URL? = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
  .map { URL(filePath: String($0)).appending(path: "node") }
  .first { FileManager.default.isExecutableFile(atPath: $0.path) }

/// The same questions to the `Intl` of ECMA-402, which asks the common locale data.
@Suite("Languages against Intl", .serialized, .enabled(if: node != nil, "no JavaScript runtime is on the PATH"))
struct IntlTests {
  /// What a program prints, line by line.
  private func lines(of program: String) throws -> [[String]] {
    let process = Process()
    let output = Pipe()
    let executable: URL = try #require(node)
    process.executableURL = executable
    process.arguments = ["-e", program] + Language.allCases.map(\.tag)
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("plural and ordinal rules of integers and decimals")
  func pluralRules() throws {
    let lines = try lines(
      of: """
        const decimals = ["0.0", "0.5", "0.04", "1.0", "1.00", "1.5", "1.05", "2.0", "10.0", "0.999", "100000.5"];
        const large = [1000, 9999, 99999, 100000, 100001, 1000000, 10000000, 12345671, 1000000000001, 2 ** 53 - 1];
        for (const tag of process.argv.slice(1)) {
          const numbers = [...Array(201).keys(), ...large].map(String).concat(decimals);
          for (const number of numbers) {
            const digits = (number.split(".")[1] ?? "").length;
            const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
            const forms = ["cardinal", "ordinal"].map(
              (type) => new Intl.PluralRules(tag, { type, ...shown }).select(Number(number)));
            console.log([tag, number, ...forms].join("\\t"));
          }
        }
        """)
    #expect(lines.count == Language.allCases.count * 222)
    for line in lines {
      let language = try #require(Language(tag: line[0]))
      let number = try #require(DecimalNumber(literal: line[1]))
      let digits = line[1].split(separator: ".").dropFirst().first?.count ?? 0
      let operands = ShownNumber(number, NumberStyle(fractionDigitsMin: digits)).operands
      #expect(language.plural(operands).rawValue == line[2], "\(line)")
      // A runtime may round what has no ordinal; only integers have a place.
      if digits == 0 { #expect(language.ordinal(operands).rawValue == line[3], "\(line)") }
    }
  }

  @Test("names of months, and the words for lakh, crore and rupees")
  func words() throws {
    let lines = try lines(
      of: """
        for (const tag of process.argv.slice(1)) {
          const month = new Intl.DateTimeFormat(tag, { month: "long", timeZone: "UTC" });
          for (let index = 0; index < 12; index++)
            console.log([tag, "month", index + 1, month.format(Date.UTC(2026, index, 1))].join("\\t"));
          const rupees = { style: "currency", currency: "INR", currencyDisplay: "name", maximumFractionDigits: 0 };
          for (const count of [1, 2])
            console.log([tag, "rupee", count, new Intl.NumberFormat(tag, rupees).format(count)].join("\\t"));
          const short = { notation: "compact", compactDisplay: "long" };
          for (const count of [1e5, 1e7])
            console.log([tag, "short", count, new Intl.NumberFormat(tag + "-IN", short).format(count)].join("\\t"));
        }
        """)
    var shortCount = 0
    for line in lines {
      let language = try #require(Language(tag: line[0]))
      let number = try #require(Int64(line[2]))
      switch line[1] {
      case "month":
        #expect(language.name(ofMonth: Int(number)) == line[3])
      case "rupee":
        // The runtime says "Indian rupees", has another word in Assamese, and another spelling than the country's notes in Hindi.
        let word = language.rupee.form(for: language.plural(of: number)).lowercased()
        let differs = language == .assamese || language == .hindi && number == 2
        #expect(line[3].lowercased().hasSuffix(word) != differs, "\(line)")
      default:
        // Some languages count in thousands and millions there, which is not the custom of the country's business.
        let word = number == 100_000 ? language.lakh.one : language.crore.one
        if line[3].hasSuffix(" \(word)") { shortCount += 1 }
      }
    }
    #expect(shortCount == 13)
  }
}
