import Testing

@testable import Texts

@Suite("Dates")
struct DateTests {
  @Test(
    "day, month and year",
    arguments: [
      (.english, "1 April 2026"), (.hindi, "1 अप्रैल 2026"), (.bengali, "1 এপ্রিল 2026"), (.tamil, "1 ஏப்ரல் 2026"),
      (.telugu, "1 ఏప్రిల్ 2026"), (.marathi, "1 एप्रिल 2026"), (.gujarati, "1 એપ્રિલ 2026"),
      (.kannada, "1 ಏಪ್ರಿಲ್ 2026"), (.malayalam, "1 ഏപ്രിൽ 2026"), (.punjabi, "1 ਅਪ੍ਰੈਲ 2026"),
      (.odia, "1 ଅପ୍ରେଲ 2026"), (.assamese, "1 এপ্ৰিল 2026"), (.urdu, "1 اپریل 2026"),
    ] as [(Language, String)])
  func long(_ language: Language, _ text: String) {
    #expect(language.text(ofYear: 2026, month: 4, day: 1) == text)
  }

  @Test("short dates and native digits")
  func styles() {
    #expect(Language.english.text(ofYear: 2026, month: 4, day: 1, style: .short) == "01/04/2026")
    #expect(Language.english.text(ofYear: 800, month: 12, day: 25, style: .short) == "25/12/0800")
    #expect(Language.hindi.text(ofYear: 2026, month: 4, day: 1, digits: .native) == "१ अप्रैल २०२६")
  }

  @Test("there are days, and days that there are not")
  func days() {
    for (year, month, day) in [(2024, 2, 29), (2000, 2, 29), (1, 1, 1), (9999, 12, 31), (2026, 4, 30)] {
      #expect(Language.english.text(ofYear: year, month: month, day: day) != nil)
    }
    for (year, month, day) in [
      (2023, 2, 29), (1900, 2, 29), (0, 1, 1), (10_000, 1, 1), (2026, 13, 1), (2026, 4, 31), (2026, 4, 0), (2026, 0, 1),
      (.max, .max, .max), (.min, .min, .min),
    ] {
      #expect(Language.english.text(ofYear: year, month: month, day: day) == nil)
    }
  }

  @Test("literals are dates of ISO 8601, with a time or without")
  func literals() {
    let day = CalendarDay(year: 2026, month: 4, day: 1)
    for time in ["", "T15:04:06", "T15:04:06Z", "T15:04:06.123456789+05:30", "T00:00:00-11:00"] {
      #expect(CalendarDay(literal: "2026-04-01\(time)") == day, "\(time)")
    }
    for text in [
      "", "2026-4-1", "20260401", "2026-04-31", "2026-04-01T", "2026-04-01T24:00:00", "2026-04-01T15:04",
      "2026-04-01 15:04:06", "2026-04-01T15:04:06.", "2026-04-01T15:04:06+5", "२०२६-०४-०१", "2026-04-01T15:04:06Zx",
    ] {
      #expect(CalendarDay(literal: text) == nil, "\(text)")
    }
  }
}
