import Synchronization
import Testing

@testable import Texts

@Suite("Messages")
struct MessageTests {
  private func text(
    _ source: String, _ arguments: [String: MessageArgument] = [:], in language: Language = .english,
    options: MessageOptions = MessageOptions()
  ) throws -> String {
    let result = try Message(source).text(arguments, in: language, options: options)
    #expect(result.faults.isEmpty, "\(source): \(result.faults)")
    return result.text
  }

  private static let owed = """
    .input {$count :integer}
    .match $count
    0   {{{$payer} owes nothing.}}
    one {{{$payer} owes {$sum :currency} for {$count} milestone.}}
    *   {{{$payer} owes {$sum :currency} for {$count} milestones until {$due :date}.}}
    """

  @Test("variants by number and by plural, amounts and dates")
  func typical() throws {
    func owed(_ count: Int64, _ language: Language) throws -> String {
      try text(
        Self.owed,
        [
          "payer": .text("Asha Traders"), "sum": .paise(2_35_362_50), "count": .integer(count),
          "due": .day(year: 2026, month: 4, day: 1),
        ], in: language)
    }
    #expect(try owed(0, .english) == "Asha Traders owes nothing.")
    #expect(try owed(1, .english) == "Asha Traders owes ₹2,35,362.50 for 1 milestone.")
    #expect(
      try owed(1_00_000, .hindi)
        == "Asha Traders owes ₹2,35,362.50 for 1,00,000 milestones until 1 अप्रैल 2026.")
  }

  @Test("arguments are shown by their kind when no function says how")
  func kinds() throws {
    let arguments: [String: MessageArgument] = [
      "text": .text("a{b}"), "integer": .integer(-12_345), "number": .number(DecimalNumber(basisPoints: 250)),
      "paise": .paise(5_00), "day": .day(year: 2026, month: 12, day: 25),
    ]
    let source = "{$text}|{$integer}|{$number}|{$paise}|{$day}"
    #expect(try text(source, arguments) == "a{b}|-12,345|0.025|₹5.00|25 December 2026")
    let native = MessageOptions(digits: .native)
    #expect(
      try text(source, arguments, in: .hindi, options: native) == "a{b}|-१२,३४५|०.०२५|₹५.००|२५ दिसंबर २०२६")
  }

  @Test(
    "options of numbers",
    arguments: [
      ("{1234.5 :number}", "1,234.5"), ("{1234567.125 :number maximumFractionDigits=2}", "12,34,567.13"),
      ("{1234 :number useGrouping=never}", "1234"), ("{1234 :number useGrouping=min2}", "1234"),
      ("{5 :number minimumFractionDigits=2}", "5.00"), ("{7 :number minimumIntegerDigits=3}", "007"),
      ("{5 :number signDisplay=always}", "+5"), ("{0 :number signDisplay=exceptZero}", "0"),
      ("{-5 :number signDisplay=never}", "5"), ("{-0 :number}", "0"), ("{2.5 :integer}", "3"),
      ("{1.009 :number maximumFractionDigits=2 roundingMode=trunc minimumFractionDigits=2}", "1.00"),
      ("{1.00 :number minimumFractionDigits=2 trailingZeroDisplay=stripIfInteger}", "1"),
      (".local $n = {1.5 :number minimumFractionDigits=3} {{{$n :number maximumFractionDigits=1}}}", "1.5"),
      (".local $n = {1.25 :number maximumFractionDigits=1} {{{$n :number minimumFractionDigits=2}}}", "1.25"),
      ("{123456789012345678901234567890.5 :number}", "1,23,45,67,89,01,23,45,67,89,01,23,45,67,890.5"),
      ("{0.18 :percent}", "18%"), ("{0.1234 :percent maximumFractionDigits=1}", "12.3%"), ("{5 :offset add=3}", "8"),
      ("{-1 :offset subtract=3}", "-4"),
      ("{5 :currency currency=INR}", "₹5.00"), ("{5 :currency currency=inr trailingZeroDisplay=stripIfInteger}", "₹5"),
      ("{5 :currency currency=INR fractionDigits=0}", "₹5"), ("{-5 :currency currency=USD}", "-USD\u{A0}5.00"),
      ("{1234 :currency currency=JPY}", "JPY\u{A0}1,234"), ("{1 :currency currency=KWD}", "KWD\u{A0}1.000"),
      ("{1 :currency currency=INR currencyDisplay=name fractionDigits=0}", "1 rupee"),
      ("{2 :currency currency=INR currencyDisplay=name}", "2.00 rupees"),
      ("{2 :currency currency=INR currencyDisplay=code}", "INR\u{A0}2.00"),
      ("{2 :currency currency=INR currencyDisplay=never}", "2.00"),
      ("{|2026-04-01| :date}", "1 April 2026"), ("{|2026-04-01T10:00:00Z| :date length=short}", "01/04/2026"),
      (".local $n = {0.5 :number} {{{$n :string}}}", "0.5"),
      (".local $d = {|2026-04-01| :date} {{{$d :string}}}", "2026-04-01"),
    ])
  func options(_ source: String, _ expected: String) throws {
    #expect(try text(source) == expected)
  }

  @Test("the best variant is chosen, whatever the order")
  func selection() throws {
    let source = """
      .input {$kind :string} .input {$count :number}
      .match $kind $count
      * * {{any}}
      * 1 {{one of any}}
      goods * {{goods}}
      goods one {{a good}}
      goods 1 {{exactly one good}}
      """
    func chosen(_ kind: String, _ count: Int64) throws -> String {
      try text(source, ["kind": .text(kind), "count": .integer(count)])
    }
    #expect(try chosen("goods", 1) == "exactly one good")
    #expect(try chosen("goods", 2) == "goods")
    #expect(try chosen("services", 1) == "one of any")
    #expect(try chosen("services", 2) == "any")
  }

  @Test("ordinals and exact numbers select as they say")
  func selects() throws {
    let ordinal =
      ".input {$n :number select=ordinal} .match $n one {{{$n}st}} two {{{$n}nd}} few {{{$n}rd}} * {{{$n}th}}"
    #expect(
      try [1, 2, 3, 4, 11, 21].map { try text(ordinal, ["n": .integer($0)]) } == [
        "1st", "2nd", "3rd", "4th", "11th", "21st",
      ])
    let exact = ".input {$n :number select=exact} .match $n one {{word}} 1 {{1}} * {{any}}"
    #expect(try text(exact, ["n": .integer(1)]) == "1")
    let plural = ".input {$n :number minimumFractionDigits=1} .match $n one {{one}} * {{other}}"
    #expect(try text(plural, ["n": .integer(1)]) == "other")
    #expect(try text(plural, ["n": .integer(1)], in: .tamil) == "one")
  }

  @Test("values are isolated when that is asked for")
  func isolation() throws {
    let isolates = MessageOptions(isolation: .isolates)
    let arguments: [String: MessageArgument] = ["name": .text("Asha"), "sum": .paise(500)]
    #expect(try text("{$name}: {$sum}", arguments, options: isolates) == "\u{2068}Asha\u{2069}: ₹5.00")
    #expect(try text("{$sum}", arguments, in: .urdu, options: isolates) == "\u{2066}₹5.00\u{2069}")
    let day: [String: MessageArgument] = ["day": .day(year: 2026, month: 1, day: 2)]
    #expect(try text("{$day}", day, in: .urdu, options: isolates) == "\u{2067}2 جنوری 2026\u{2069}")
    #expect(try text("{$day}", day, in: .urdu) == "2 جنوری 2026")
  }

  @Test(
    "faults of formatting leave a text",
    arguments: [
      ("{$nobody}", "{$nobody}", [.unresolvedVariable]), ("{$day}", "{$day}", [.unresolvedVariable]),
      ("{$name :number}", "{$name}", [.badOperand]), ("{|a\\|b| :number}", "{|a\\|b|}", [.badOperand]),
      ("{1 :nothing}", "{|1|}", [.unknownFunction]), ("{1 :number minimumFractionDigits=99}", "1", [.badOption]),
      ("{1 :number unknown=1}", "1", [.badOption]),
      ("{1 :number minimumFractionDigits=$nobody}", "1", [.unresolvedVariable, .badOption]),
      ("{$sum :currency currency=EUR}", "{$sum}", [.badOption]), ("{1 :currency currency=EURO}", "{|1|}", [.badOption]),
      ("{1 :currency}", "{|1|}", [.badOperand]), ("{$sum :date}", "{$sum}", [.badOperand]),
      ("{|2026-02-30| :date}", "{|2026-02-30|}", [.badOperand]),
      (".input {$sum :currency} .match $sum 1 {{1}} * {{other}}", "other", [.badSelector]),
      (".local $n = {1 :number} .match $n horse {{horse}} * {{other}}", "other", [.badVariantKey]),
      ("{#b u:dir=ltr}x{/b}", "x", [.badOption]), ("{x :string u:dir=up}", "x", [.badOption]),
      ("{1e39 :percent}", "{|1e39|}", [.badOperand]), ("{1e37 :percent}", "{|1e37|}", [.unsupportedOperation]),
      (
        "{340282366920938463463374607431768211455 :offset add=1}", "{|340282366920938463463374607431768211455|}",
        [.unsupportedOperation]
      ),
    ] as [(String, String, [MessageFault.Kind])])
  func faults(_ source: String, _ text: String, _ kinds: [MessageFault.Kind]) throws {
    let arguments: [String: MessageArgument] = [
      "name": .text("Asha"), "sum": .paise(500), "day": .day(year: 2026, month: 2, day: 30),
    ]
    let result = try Message(source).text(arguments, in: .english)
    #expect(result.text == text)
    #expect(result.faults.map(\.kind) == kinds)
  }

  @Test(
    "what is no message is refused with its place, in code points",
    arguments: [
      ("नमस्ते {", .syntaxError, 8), ("a } b", .syntaxError, 2), ("{$x :number style}", .syntaxError, 17),
      ("{|no end", .syntaxError, 1), ("{{no end}", .syntaxError, 8),
      (".input {$x} .input {$x} {{}}", .duplicateDeclaration, 20),
      (".match $x * {{}}", .missingSelectorAnnotation, 7),
      (".input {$x :number} .match $x 1 {{}}", .missingFallbackVariant, 27),
      (".input {$x :number} .match $x * * {{}}", .variantKeyMismatch, 30),
      (".input {$x :number} .match $x * {{}} * {{}}", .duplicateVariant, 37),
      ("{1 :number a=1 a=2}", .duplicateOptionName, 15),
      (".local $x = {$x :number} {{}}", .duplicateDeclaration, 7),
      (".input {$x :number a=$x} {{}}", .duplicateDeclaration, 8),
      ("a\\b", .syntaxError, 1), ("a\0b", .syntaxError, 1), (".input {x} {{}}", .syntaxError, 7),
    ] as [(String, MessageFault.Kind, Int)])
  func refusals(_ source: String, _ kind: MessageFault.Kind, _ offset: Int) {
    let fault = #expect(throws: MessageFault.self) { try Message(source) }
    #expect(fault?.kind == kind, "\(String(describing: fault))")
    #expect(fault?.offset == offset, "\(String(describing: fault))")
  }

  @Test("placeholders are the arguments, wherever they stand")
  func placeholders() throws {
    let source = """
      .input {$b :integer minimumIntegerDigits=$a} .local $local = {$c :string} .input {$d :number}
      .match $d * {{{$local} {$e} {x :string u:dir=$f} {#link to=$g}{/link}}}
      """
    #expect(try Message(source).placeholders == ["a", "b", "c", "d", "e", "f", "g"])
    #expect(try Message("none").placeholders == [])
  }

  @Test("a check finds the faults of variants that are not selected")
  func check() throws {
    let message = try Message(".input {$n :integer} .match $n 1 {{{$typo}}} * {{{$n :nonsense}}}")
    let faults = message.faults(with: ["n": .integer(1)], in: .english)
    #expect(faults.map(\.kind) == [.unresolvedVariable, .unknownFunction])
    #expect(faults.map(\.offset) == [35, 49])
  }

  @Test("limits are limits")
  func limits() throws {
    func kind(_ source: String) -> MessageFault.Kind? {
      do throws(MessageFault) { _ = try Message(source) } catch { return error.kind }
      return nil
    }
    #expect(kind(String(repeating: "a", count: MessageLimits.byteCountMax)) == nil)
    #expect(kind(String(repeating: "a", count: MessageLimits.byteCountMax + 1)) == .limitExceeded)
    let declarations = (0...MessageLimits.declarationCountMax).map { ".local $v\($0) = {1}" }
    #expect(kind(declarations.dropLast().joined() + "{{}}") == nil)
    #expect(kind(declarations.joined() + "{{}}") == .limitExceeded)
    let variants = (1...MessageLimits.variantCountMax).map { "\($0) {{}}" }.joined()
    #expect(kind(".input {$n :number} .match $n \(variants) * {{}}") == .limitExceeded)
    let options = (0...MessageLimits.optionCountMax).map { " o\($0)=1" }
    #expect(kind("{1 :number\(options.dropLast().joined())}") == nil)
    #expect(kind("{1 :number\(options.joined())}") == .limitExceeded)
    let selectors = (0...MessageLimits.selectorCountMax).map { _ in " $n" }
    #expect(kind(".input {$n :number} .match\(selectors.joined()) * {{}}") == .limitExceeded)
  }

  @Test("what is declared is worked out once, however often and however deep it is used")
  func onceOnly() throws {
    let callCount = Mutex(0)
    var functions = MessageFunctions.standard
    functions["count"] = { call throws(FunctionFault) in
      callCount.withLock { $0 += 1 }
      return MessageValue(text: call.operand?.plainText ?? "", keys: nil)
    }
    // Each declaration uses the one before it three times: by value that would be 3^64 calls.
    var source = ".local $v0 = {x :count}"
    let last = MessageLimits.declarationCountMax - 1
    for index in 1...last { source += ".local $v\(index) = {$v\(index - 1) :count a=$v\(index - 1) b=$v\(index - 1)}" }
    let message = try Message(source + "{{{$v\(last)}{$v\(last)}}}", functions: functions)
    #expect(message.text(in: .english) == MessageText(text: "xx", faults: []))
    #expect(callCount.withLock { $0 } == MessageLimits.declarationCountMax)
  }
}
