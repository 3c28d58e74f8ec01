import Formats
import Kernel
import Testing

@testable import Dataset

@Suite("Sums and times as public data writes them")
struct TextTests {
  @Test(
    "a sum becomes minor units, half up",
    arguments: [
      ("26.85120450862128", 2, 2_685), ("40,78,121", 2, 407_812_100), ("3,466,810.561", 2, 346_681_056),
      ("0.005", 2, 1), ("0.0049999", 2, 0), ("1.005", 2, 101), ("0.0", 2, 0), ("12", 2, 1_200), (" 7.5 ", 2, 750),
      ("139980992.0", 0, 139_980_992), ("1.4e8", 0, 140_000_000), ("2.5E-1", 2, 25), ("-3.455", 2, -346),
      ("1568830800", 0, 1_568_830_800),
      ("92233720368547758.07", 2, Int64.max),
    ])
  func sums(text: String, decimals: Int, expected: Int64) {
    #expect(MoneyText.minorUnits(text, decimals: decimals) == expected)
  }

  @Test(
    "what is no sum is none",
    arguments: ["", "-", "Rs 5", "1.2.3", "12,", ",12", "1,2.3,4", "NaN", "92233720368547758.08", "1e99", "5 crore"])
  func noSums(text: String) { #expect(MoneyText.minorUnits(text, decimals: 2) == nil) }

  @Test("shares add up to the whole, ties go to the lowest index")
  func shares() {
    #expect(MoneyText.split(10, into: 3) == [4, 3, 3])
    #expect(MoneyText.split(0, into: 2) == [0, 0])
    #expect(MoneyText.split(100, weights: [20, 20, 25, 25, 5, 5]) == [20, 20, 25, 25, 5, 5])
    #expect(MoneyText.split(11, weights: [1, 1, 1]) == [4, 4, 3])
    #expect(MoneyText.split(1_000_000_000_000_000, weights: [1, 2]) == [333_333_333_333_333, 666_666_666_666_667])
  }

  @Test(
    "an ISO time becomes an instant",
    arguments: [
      ("2017-01-09T09:49:50.000+01:00", 1_483_951_790_000), ("2005-03-23 00:00:00+01:00", 1_111_532_400_000),
      ("2014-06-12T12:00:00Z", 1_402_574_400_000), ("2010-01-29", 1_264_723_200_000),
      ("1948-01-26T22:59:00+00:00", -692_067_660_000),
      ("2024-02-29T23:59:59.5-05:30", 1_709_270_999_500), ("1970-01-01T00:00:00Z", 0),
    ])
  func iso(text: String, expected: Instant) { #expect(InstantText.iso(text) == expected) }

  @Test(
    "what is no time is none",
    arguments: ["", "2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T25:00:00Z", "2024-01-01T00:00:00+1", "x"])
  func noTimes(text: String) { #expect(InstantText.iso(text) == nil) }

  @Test(
    "an Indian date is taken in Indian time",
    arguments: [
      ("29-Jan-2026", 1_769_625_000_000), ("12-Oct-2018 06:55 PM", 1_539_350_700_000),
      ("30-Oct-2018 6:00 PM", 1_540_902_600_000),
      ("01-Jan-2020 12:00 AM", 1_577_817_000_000),
    ])
  func indian(text: String, expected: Instant) { #expect(InstantText.indian(text) == expected) }

  @Test(
    "a written instant reads back equal",
    arguments: [0, -1_000, 1_709_251_199_000, 951_782_400_000, -62_135_596_800_000] as [Instant])
  func written(instant: Instant) { #expect(InstantText.iso(InstantText.text(instant)) == instant) }

  @Test("identities stay what they were: contracts in kept stores are found by them")
  func identities() {
    #expect(Identity.wide("") == 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D)
    #expect(Identity.wide("a") == 0xD228_CB69_6F1A_8CAF_7891_2B70_4E4A_8964)
    #expect(Identity.short("a") == UInt64(0xD228_CB69_6F1A_8CAF) ^ 0x7891_2B70_4E4A_8964)
  }

  @Test("an expectation survives its file")
  func expectation() throws {
    var expectation = Expectation(caseID: "a \"b\"\\\n", tenant: 7, contract: 1 << 90 | 5, paid: -3)
    expectation.state = "ACTIVE"
    expectation.value = 12
    expectation.milestones = [.init(ordinal: 1, state: "CLOSED"), .init(ordinal: 65_535, state: "PLANNED")]
    expectation.explains = ["zero_amount"]
    expectation.notes = ["x", "y"]
    expectation.refused = ["on_hold": 2]
    let folder = try TemporaryFolder()
    try OutputText.write(expectation.line + "\n\n", to: folder.path("e"))
    #expect(try Expectation.read(path: folder.path("e")) == [expectation])
    try OutputText.write("{\"case\":\"x\"}\n", to: folder.path("e"))
    #expect(throws: InputError(path: folder.path("e"), line: 1, reason: "contract: is missing")) {
      try Expectation.read(path: folder.path("e"))
    }
  }
}
