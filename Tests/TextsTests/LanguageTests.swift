import Testing

@testable import Texts

@Suite("Languages")
struct LanguageTests {
  @Test("a tag names its language, whatever else it says")
  func tags() {
    #expect(Language(tag: "hi-Deva-IN") == .hindi)
    #expect(Language(tag: "OR_IN") == .odia)
    #expect(Language(tag: "fr") == nil)
    #expect(Language(tag: "") == nil)
    for language in Language.allCases { #expect(Language(tag: language.tag) == language) }
  }

  @Test("digits of a script are ten decimal digits of Unicode", arguments: Script.allCases)
  func nativeDigits(_ script: Script) {
    for digit in 0...9 {
      let scalar = Unicode.Scalar(script.zero.value + UInt32(digit))
      #expect(scalar?.properties.numericType == .decimal)
      #expect(scalar?.properties.numericValue == Double(digit))
    }
  }

  @Test("only Urdu runs from right to left")
  func direction() {
    #expect(Language.allCases.filter { $0.script.direction == .rightToLeft } == [.urdu])
  }

  @Test(
    "plural rules",
    arguments: [
      (Language.english, [0: .other, 1: .one, 2: .other]), (.hindi, [0: .one, 1: .one, 2: .other]),
      (.punjabi, [0: .one, 1: .one, 2: .other]), (.tamil, [0: .other, 1: .one, -1: .one, 2: .other]),
    ] as [(Language, [Int64: PluralCategory])])
  func plurals(_ language: Language, _ categories: [Int64: PluralCategory]) {
    for (count, category) in categories { #expect(language.plural(of: count) == category) }
  }

  @Test("decimals have the plural of what is shown")
  func pluralsOfDecimals() {
    let half = PluralOperands(integer: 0, fractionDigitCount: 1, isWhole: false)
    #expect(Language.hindi.plural(half) == .one)
    #expect(Language.punjabi.plural(half) == .other)
    let oneAndZeros = PluralOperands(integer: 1, fractionDigitCount: 1)
    #expect(Language.english.plural(oneAndZeros) == .other)
    #expect(Language.tamil.plural(oneAndZeros) == .one)
  }

  @Test("English ordinals are 1st, 2nd, 3rd, 4th, 11th, 21st, 112th")
  func ordinals() {
    let categories = [1, 2, 3, 4, 11, 21, 112].map { Language.english.ordinal(of: $0) }
    #expect(categories == [.one, .two, .few, .other, .other, .one, .other])
  }

  @Test("every month has a name of its own", arguments: Language.allCases)
  func months(_ language: Language) {
    #expect(Set((1...12).compactMap { language.name(ofMonth: $0) }).count == 12)
    #expect(language.name(ofMonth: 0) == nil)
    #expect(language.name(ofMonth: 13) == nil)
  }
}
