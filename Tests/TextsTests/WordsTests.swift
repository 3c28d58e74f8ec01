import Testing

@testable import Texts

@Suite("Amounts in words")
struct WordsTests {
  @Test(
    "English",
    arguments: [
      (2_35_362_00, "Rupees Two Lakh Thirty Five Thousand Three Hundred Sixty Two Only"),
      (1_50, "Rupees One and Fifty Paise Only"), (50, "Fifty Paise Only"), (1, "One Paisa Only"),
      (0, "Rupees Zero Only"),
      (-1_00_00_000_00, "Minus Rupees One Crore Only"), (1_00_000_00_00_000_00, "Rupees One Lakh Crore Only"),
      (2_00_00_000_00_00_000_00, "Rupees Two Crore Crore Only"), (1_001_00, "Rupees One Thousand One Only"),
    ] as [(Int64, String)])
  func english(_ paise: Int64, _ words: String) {
    #expect(Language.english.words(ofPaise: paise) == words)
  }

  @Test(
    "Hindi",
    arguments: [
      (2_35_362_00, "दो लाख पैंतीस हज़ार तीन सौ बासठ रुपये मात्र"), (1_00, "एक रुपया मात्र"), (0, "शून्य रुपये मात्र"),
      (99_99_999_99, "निन्यानवे लाख निन्यानवे हज़ार नौ सौ निन्यानवे रुपये और निन्यानवे पैसे मात्र"), (1, "एक पैसा मात्र"),
      (-1_50, "ऋण एक रुपया और पचास पैसे मात्र"), (1_00_000_00_00_000_00, "एक लाख करोड़ रुपये मात्र"),
    ] as [(Int64, String)])
  func hindi(_ paise: Int64, _ words: String) {
    #expect(Language.hindi.words(ofPaise: paise) == words)
  }

  @Test(
    "Bengali",
    arguments: [
      (2_35_362_00, "দুই লাখ পঁয়ত্রিশ হাজার তিন শত বাষট্টি টাকা মাত্র"), (1_00, "এক টাকা মাত্র"), (0, "শূন্য টাকা মাত্র"),
      (-1_50, "ঋণ এক টাকা ও পঞ্চাশ পয়সা মাত্র"), (1_00_000_00_00_000_00, "এক লাখ কোটি টাকা মাত্র"),
    ] as [(Int64, String)])
  func bengali(_ paise: Int64, _ words: String) {
    #expect(Language.bengali.words(ofPaise: paise) == words)
  }

  @Test("other languages have no words")
  func others() {
    let languages = Language.allCases.filter { $0.words(ofPaise: 1) != nil }
    #expect(languages == Language.withWords && languages == [.english, .hindi, .bengali])
    #expect(Language.withWords.filter(\.wordsNeedReview) == [.bengali])
    #expect(languages == Language.allCases.filter { $0.words(of: 1) != nil })
  }

  @Test("a hundred words are a hundred different ones", arguments: [NumberWords.english, .hindi, .bengali])
  func small(_ words: NumberWords) {
    #expect(words.small.count == 100)
    #expect(Set(words.small).count == 100)
  }

  @Test("words of a number are read back as the number", arguments: Language.withWords)
  func roundTrip(_ language: Language) throws {
    let reader = WordsReader(try #require(NumberWords.words(of: language)))
    var generator = Generator(seed: 4)
    var numbers: [UInt64] = [.max, 1_00_00_000, 99_99_999, 1_00_00_000_00_00_000] + Array(0...3_000)
    for _ in 0..<3_000 { numbers.append(generator.number().magnitude) }
    for number in numbers {
      let text = try #require(language.words(of: number))
      #expect(reader.number(of: text) == number, "\(text)")
    }
  }

  @Test("words of an amount are read back as the amount, over the whole range")
  func amounts() throws {
    let reader = WordsReader(.english)
    var generator = Generator(seed: 5)
    for paise in [.min, .max, 0, -1] + (0..<2_000).map({ _ in generator.number() }) {
      var text = try #require(Language.english.words(ofPaise: paise))
      let isNegative = text.hasPrefix("Minus ")
      for word in ["Minus ", "Rupees ", " Only"] { text.replace(word, with: "") }
      let parts = text.split(separator: " and ").map(String.init)
      var magnitude: UInt64 = 0
      for part in parts {
        let isPaise = part.hasSuffix(" Paise") || part.hasSuffix(" Paisa")
        let value = try #require(reader.number(of: isPaise ? String(part.dropLast(6)) : part))
        magnitude += isPaise ? value : value * 100
      }
      #expect((magnitude, isNegative) == (paise.magnitude, paise < 0), "\(text)")
    }
  }

  @Test(
    "the words of others, without their commas, hyphens and \"and\"",
    .enabled(if: shared("datasets") != nil, "../shared/datasets is not beside the checkout"))
  func vectors() throws {
    let file = try #require(shared("datasets/india-reference/vectors/amount_in_words.csv"))
    var count = 0
    for row in try rows(of: file) where row[1] == "en_IN" {
      let number = try #require(UInt64(row[0]))
      var expected = row[2]
      expected.replace(",", with: "")
      expected.replace("-", with: " ")
      expected.replace(" and ", with: " ")
      #expect(Language.english.words(of: number)?.lowercased() == expected)
      count += 1
    }
    #expect(count == 22)
  }

  /// The list joins the hundreds and spells some numbers otherwise; what is left is the same.
  @Test(
    "the words of others in Bengali, but for spellings",
    .enabled(if: shared("datasets") != nil, "../shared/datasets is not beside the checkout"))
  func bengaliVectors() throws {
    let file = try #require(shared("datasets/india-reference/vectors/amount_in_words.csv"))
    var count = 0
    for row in try rows(of: file) where row[1] == "bn" {
      let number = try #require(UInt64(row[0]))
      let expected = row[2].replacing("শত", with: " শত").replacing("  ", with: " ")
      #expect(Language.bengali.words(of: number) == expected)
      count += 1
    }
    #expect(count > 15)
  }
}

/// Reads our own words: what is in front of a "crore" is a number of crores.
private struct WordsReader {
  private let words: NumberWords
  private var values: [String: UInt64] = [:]

  init(_ words: NumberWords) {
    self.words = words
    for (value, name) in words.small.enumerated() where !name.contains(" ") { values[name] = UInt64(value) }
  }

  /// Nil for a word that is none of ours.
  func number(of text: String) -> UInt64? {
    var (crores, section, group): (UInt64, UInt64, UInt64) = (0, 0, 0)
    for word in text.split(separator: " ").map(String.init) {
      switch word {
      case words.hundred: group *= 100
      case words.thousand: (section, group) = (section + group * 1_000, 0)
      case words.lakh: (section, group) = (section + group * 1_00_000, 0)
      case words.crore: (crores, section, group) = ((crores + section + group) * 1_00_00_000, 0, 0)
      default:
        guard let value = values[word] else { return nil }
        group += value
      }
    }
    return crores + section + group
  }
}
