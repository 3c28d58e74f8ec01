import Testing

@testable import Texts

@Suite("Amounts that people write")
struct AmountReaderTests {
  @Test(
    "amounts",
    arguments: [
      (.english, "₹5,00,000", 5_00_000_00), (.english, "500000", 5_00_000_00), (.english, "-₹12.5", -12_50),
      (.english, "₹12,34,567.50", 12_34_567_50), (.english, "5 lakh", 5_00_000_00), (.english, "0", 0),
      (.english, "₹1.25 crore", 1_25_00_000_00), (.english, "5 lakhs", 5_00_000_00),
      (.english, "1.2345678 lakh", 1_23_456_78), (.english, "1.250000000 crore", 1_25_00_000_00),
      (.english, "12.500", 12_50), (.english, "₹1,25,000 crore", 1_25_000_00_00_000_00),
      (.hindi, "₹१२,३४,५६७.५०", 12_34_567_50), (.hindi, "५ लाख", 5_00_000_00), (.hindi, "5 करोड़", 5_00_00_000_00),
      (.telugu, "₹5 లక్షలు", 5_00_000_00), (.telugu, "₹1 లక్ష", 1_00_000_00), (.urdu, "۵ لاکھ", 5_00_000_00),
      (.english, "92,23,37,20,36,85,47,758.07", .max), (.english, "-92,23,37,20,36,85,47,758.08", .min),
    ] as [(Language, String, Int64)])
  func amounts(_ language: Language, _ text: String, _ paise: Int64) throws {
    #expect(try language.paise(of: text) == paise)
  }

  @Test(
    "what is no amount, and where",
    arguments: [
      (.english, "", .missingDigits, 0), (.english, "₹", .missingDigits, 1), (.english, "-", .missingDigits, 1),
      (.english, ",500", .missingDigits, 0), (.english, "5.", .missingDigits, 2), (.english, "₹ 5", .missingDigits, 1),
      (.english, "3,466,810.56", .badGrouping, 5), (.english, "500,000", .badGrouping, 3),
      (.english, "5,00,00", .badGrouping, 4), (.english, "5,00", .badGrouping, 1),
      (.english, "5,00,0000", .badGrouping, 4), (.english, "5,,000", .badGrouping, 2),
      (.english, "5,", .badGrouping, 1),
      (.english, "12.505", .belowPaisa, 5), (.english, "1.23456789 lakh", .belowPaisa, 9),
      (.english, "5 million", .unknownUnit, 2), (.english, "5lakh", .unknownUnit, 1), (.english, "5 ", .unknownUnit, 2),
      (.english, "5 Lakh", .unknownUnit, 2), (.english, "5 లక్ష", .unknownUnit, 2),
      (.english, "५", .foreignDigits, 0), (.hindi, "५5", .foreignDigits, 1), (.hindi, "৫", .foreignDigits, 0),
      (.english, "92,23,37,20,36,85,47,758.08", .outOfRange, 0),
      (.english, "99999999999999999999 crore", .outOfRange, 0),
      (.english, "+5", .missingDigits, 0), (.english, "½", .missingDigits, 0),
    ] as [(Language, String, AmountFault.Kind, Int)])
  func faults(_ language: Language, _ text: String, _ kind: AmountFault.Kind, _ offset: Int) {
    #expect(throws: AmountFault(kind: kind, offset: offset)) { try language.paise(of: text) }
  }

  @Test("what is written is read back", arguments: Language.allCases)
  func roundTrip(_ language: Language) throws {
    var generator = Generator(seed: 2)
    for _ in 0..<200 {
      let paise = generator.number()
      for digits in [DigitStyle.latin, .native] {
        #expect(try language.paise(of: language.text(ofPaise: paise, digits: digits)) == paise)
        #expect(try language.paise(of: language.text(ofPaise: paise, style: .unlessZero, digits: digits)) == paise)
        #expect(try language.paise(of: language.shortText(ofPaise: paise, digits: digits)) == paise)
        let round = paise / 1_000_00 * 1_000_00
        #expect(try language.paise(of: language.shortText(ofPaise: round, digits: digits)) == round)
      }
    }
  }

  @Test("no text traps")
  func fuzz() {
    var generator = Generator(seed: 3)
    let pieces = [
      "₹", "-", ",", ".", " ", "5", "00", "000", "५", "lakh", "crore", "लाख", "x", "\u{A0}", "²", "௰", "\u{301}",
    ]
    var readCount = 0
    for _ in 0..<10_000 {
      let count = Int.random(in: 0...8, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      if (try? Language.hindi.paise(of: text)) != nil { readCount += 1 }
    }
    #expect(readCount > 20)
    #expect(throws: AmountFault(kind: .outOfRange, offset: 0)) {
      try Language.english.paise(of: String(repeating: "1", count: 10_000))
    }
  }
}
