import Foundation
import Testing

@testable import Texts

@Suite("Numbers")
struct NumberTests {
  @Test(
    "groups of three and then of two, in every language",
    arguments: [
      (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (99_999, "99,999"), (1_00_000, "1,00,000"),
      (-12_34_567, "-12,34,567"), (1_23_45_67_890, "1,23,45,67,890"), (.max, "92,23,37,20,36,85,47,75,807"),
      (.min, "-92,23,37,20,36,85,47,75,808"),
    ] as [(Int64, String)])
  func grouping(_ number: Int64, _ text: String) {
    for language in Language.allCases { #expect(language.text(of: number) == text) }
  }

  @Test("native digits are those of the script")
  func nativeDigits() {
    #expect(Language.hindi.text(of: 12_34_567, digits: .native) == "१२,३४,५६७")
    #expect(Language.bengali.text(ofPaise: -1_00_000_50, digits: .native) == "-₹১,০০,০০০.৫০")
    #expect(Language.tamil.text(ofBasisPoints: 250, digits: .native) == "௨.௫%")
    #expect(Language.english.text(of: 12, digits: .native) == "12")
  }

  @Test(
    "amounts",
    arguments: [
      (12_34_567_50, "₹12,34,567.50", "₹12,34,567.50"), (0, "₹0.00", "₹0"), (5, "₹0.05", "₹0.05"),
      (-5_00, "-₹5.00", "-₹5"), (1_00_000_00, "₹1,00,000.00", "₹1,00,000"),
      (.min, "-₹92,23,37,20,36,85,47,758.08", "-₹92,23,37,20,36,85,47,758.08"),
    ] as [(Int64, String, String)])
  func amounts(_ paise: Int64, _ full: String, _ short: String) {
    #expect(Language.english.text(ofPaise: paise) == full)
    #expect(Language.english.text(ofPaise: paise, style: .unlessZero) == short)
  }

  @Test(
    "rates are exact, the sign directly behind them",
    arguments: [
      (1800, "18%"), (250, "2.5%"), (25, "0.25%"), (1, "0.01%"), (-5, "-0.05%"), (0, "0%"), (10_00_000, "10,000%"),
    ] as [(Int64, String)])
  func rates(_ basisPoints: Int64, _ text: String) {
    #expect(Language.gujarati.text(ofBasisPoints: basisPoints) == text)
  }

  @Test(
    "short amounts are exact, or in full",
    arguments: [
      (5_00_000_00, "₹5 lakh"), (1_25_00_000_00, "₹1.25 crore"), (99_999_00, "₹99,999"), (1_00_000_00, "₹1 lakh"),
      (-2_50_000_00, "-₹2.5 lakh"), (1_23_45_000_00, "₹1,23,45,000"), (12_34_567_50, "₹12,34,567.50"),
      (1_25_000_00_00_000_00, "₹1,25,000 crore"), (0, "₹0"),
    ] as [(Int64, String)])
  func shortAmounts(_ paise: Int64, _ text: String) {
    #expect(Language.english.shortText(ofPaise: paise) == text)
  }

  @Test("short amounts are rounded as they are told")
  func roundedShortAmounts() {
    let english = Language.english
    #expect(english.shortText(ofPaise: 1_23_45_000_00, rounding: .trunc) == "₹1.23 crore")
    #expect(english.shortText(ofPaise: 1_23_50_000_00, rounding: .halfExpand) == "₹1.24 crore")
    #expect(english.shortText(ofPaise: 1_23_50_000_00, fractionDigits: 0, rounding: .ceil) == "₹2 crore")
    #expect(english.shortText(ofPaise: 99_99_999_00, rounding: .halfExpand) == "₹1 crore")
    #expect(english.shortText(ofPaise: 99_60_000_00, rounding: .halfExpand) == "₹99.6 lakh")
    #expect(english.shortText(ofPaise: -99_999_99, rounding: .floor) == "-₹99,999.99")
    #expect(Language.telugu.shortText(ofPaise: 1_00_000_00) == "₹1 లక్ష")
    #expect(Language.telugu.shortText(ofPaise: 5_00_000_00) == "₹5 లక్షలు")
  }

  @Test(
    "every rounding mode, by the table of ECMA-402",
    arguments: [
      (RoundingMode.ceil, [-1, 0, 1, 1, 2]), (.floor, [-2, -1, 0, 0, 1]), (.expand, [-2, -1, 1, 1, 2]),
      (.trunc, [-1, 0, 0, 0, 1]), (.halfCeil, [-1, 0, 0, 1, 2]), (.halfFloor, [-2, -1, 0, 0, 1]),
      (.halfExpand, [-2, -1, 0, 1, 2]), (.halfTrunc, [-1, 0, 0, 0, 1]), (.halfEven, [-2, 0, 0, 0, 2]),
    ] as [(RoundingMode, [Int64])])
  func rounding(_ mode: RoundingMode, _ expected: [Int64]) {
    let numbers = ["-1.5", "-0.5", "0.4", "0.5", "1.5"].compactMap { DecimalNumber(literal: $0) }
    #expect(numbers.map { $0.rounded(to: 0, mode) } == expected.map { DecimalNumber($0) })
  }

  @Test("literals are the numbers of JSON, exact")
  func literals() {
    #expect(DecimalNumber(literal: "-12.50") == DecimalNumber(paise: -12_50))
    #expect(DecimalNumber(literal: "0.18") == DecimalNumber(basisPoints: 1800))
    #expect(DecimalNumber(literal: "4.2e+1") == DecimalNumber(42))
    #expect(DecimalNumber(literal: "420E-1") == DecimalNumber(42))
    #expect(DecimalNumber(literal: "1.\(String(repeating: "0", count: 500))") == DecimalNumber(1))
    #expect(DecimalNumber(literal: "0e999999999999999999999") == DecimalNumber(0))
    for text in ["", "-", "+1", "01", ".5", "1.", "1e", "1e+", "1 ", "१", "1e39", "1e-39", "--1", "0x1"] {
      #expect(DecimalNumber(literal: text) == nil, "\(text)")
    }
    #expect(DecimalNumber(literal: String(repeating: "9", count: 38)) != nil)
    #expect(DecimalNumber(literal: String(repeating: "9", count: 39)) == nil)
  }

  @Test("an integer is its own text without commas, for any integer")
  func roundTrip() {
    var generator = Generator(seed: 1)
    for _ in 0..<4_000 {
      let number = generator.number()
      let text = Language.kannada.text(of: number).replacingOccurrences(of: ",", with: "")
      #expect(text == String(number))
      #expect(DecimalNumber(literal: text) == DecimalNumber(number))
    }
  }

  /// Expected texts with groups of our kind and nothing between sign and digits: what the common locale data has differently.
  private func regrouped(_ text: String) -> (text: String, hasOtherGroups: Bool, hasSpace: Bool) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts[0].filter(\.isNumber)
    let head = digits.dropLast(3)
    var groups: [Substring] = head.count % 2 == 1 ? [head.prefix(1)] : []
    var rest = head.dropFirst(head.count % 2)
    while !rest.isEmpty {
      groups.append(rest.prefix(2))
      rest = rest.dropFirst(2)
    }
    let integer = (groups + [digits.suffix(3)]).joined(separator: ",")
    let prefix = parts[0].prefix { !$0.isNumber }
    let signs = prefix.filter { !$0.isWhitespace }
    let fraction = parts.count > 1 ? ".\(parts[1])" : ""
    return (signs + integer + fraction, !parts[0].hasSuffix(integer), prefix.count != signs.count)
  }

  @Test(
    "digits and groups of the common locale data, its other groupings apart",
    .enabled(if: shared("datasets") != nil, "../shared/datasets is not beside the checkout"))
  func commonLocaleData() throws {
    let file = try #require(shared("datasets/india-reference/vectors/inr_format_cldr.csv"))
    var (numbers, amounts, regroupedCount, spaceCount) = (0, 0, 0, 0)
    for row in try rows(of: file) {
      let language = try #require(Language(tag: row[1]))
      let number = try #require(DecimalNumber(literal: row[0]))
      let expected = (number: regrouped(row[2]), amount: regrouped(row[3]))
      if language.text(of: number) == expected.number.text { numbers += 1 }
      let paise = try #require(number.scaled(by: 2))
      let signed = Int64(paise.magnitude) * (paise.isNegative ? -1 : 1)
      if language.text(ofPaise: signed) == expected.amount.text { amounts += 1 }
      if expected.number.hasOtherGroups || expected.amount.hasOtherGroups { regroupedCount += 1 }
      if expected.amount.hasSpace { spaceCount += 1 }
    }
    #expect((numbers, amounts) == (455, 455))
    // Kannada, Urdu, and amounts in Marathi, Malayalam and Odia; a space in Assamese.
    #expect((regroupedCount, spaceCount) == (90, 35))
  }
}
