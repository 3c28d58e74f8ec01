import Store
import Testing

@Suite struct RFC3339Tests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
    ("2026-03-01T09:30:00+05:30", 1_772_337_600_000), ("2026-03-01t04:00:00.000z", 1_772_337_600_000),
    ("1969-12-31T23:59:59.5Z", -500), ("2026-02-28T22:30:00.1234567-05:30", 1_772_337_600_123),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000),
  ])
  func aTimeIsRead(text: String, milliseconds: Int64) { #expect(RFC3339.milliseconds(text) == milliseconds) }

  @Test(arguments: [
    "", "2026-03-01", "2026-03-01T09:30:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-03-01T24:00:00Z",
    "2026-03-01T09:30Z", "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00Z+", "2026-03-01T09:30:00+0530",
    "x026-03-01T09:30:00Z",
  ])
  func whatIsNoTimeIsRefused(text: String) { #expect(RFC3339.milliseconds(text) == nil) }

  @Test func whatIsWrittenReadsBack() {
    #expect(RFC3339.text(0) == "1970-01-01T00:00:00.000Z")
    #expect(RFC3339.text(-1) == "1969-12-31T23:59:59.999Z")
    #expect(RFC3339.text(951_868_799_999) == "2000-02-29T23:59:59.999Z")
    for day in stride(from: -40_000 as Int64, to: 120_000, by: 37) {
      let milliseconds = day * 86_400_000 + day * 1_234
      #expect(RFC3339.milliseconds(RFC3339.text(milliseconds)) == milliseconds)
    }
  }
}
