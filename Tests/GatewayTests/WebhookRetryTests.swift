import Testing

@testable import Gateway

@Suite("When a delivery is tried again")
struct WebhookRetryTests {
  @Test("the standard ladder, and its end")
  func ladder() {
    let seconds = (1...10).map { RetryLadder.standard.pause(after: $0, asked: nil, chance: 0).map { $0 / 1_000 } }
    #expect(seconds == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, nil])
  }

  @Test("chance makes a pause longer, by a fifth at most")
  func chance() {
    let ladder = RetryLadder(pauses: [1_000])
    #expect(ladder.pause(after: 1, asked: nil, chance: 0.5) == 1_100)
    #expect(ladder.pause(after: 1, asked: nil, chance: 0.999) == 1_199)
  }

  @Test("a receiver that asks for more time gets it, up to a day; one that asks for less does not")
  func asked() {
    let ladder = RetryLadder(pauses: [5_000, 5_000])
    #expect(ladder.pause(after: 1, asked: 60_000, chance: 0) == 60_000)
    #expect(ladder.pause(after: 1, asked: 1, chance: 0) == 5_000)
    #expect(ladder.pause(after: 1, asked: .max, chance: 0) == 86_400_000)
    #expect(ladder.pause(after: 3, asked: 60_000, chance: 0) == nil)
  }

  @Test(
    "Retry-After in seconds and as a date",
    arguments: [
      ("0", 0), ("120", 120_000), ("999999999", 86_400_000), ("9999999999999999999", nil), ("-1", nil), ("1.5", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT", 37_000), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
      ("Sun, 06 Nov 1996 08:49:37 GMT", 86_400_000), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("", nil), ("soon", nil),
    ] as [(String, Int64?)])
  func retryAfter(_ text: String, _ milliseconds: Int64?) {
    // 08:49:00 on that day.
    #expect(RetryAfter.milliseconds(text, now: 784_111_740_000) == milliseconds)
  }

  @Test("a limit of deliveries a second holds over time")
  func pace() {
    for rate in [1, 7, 100, 5_000] {
      var pace = PaceKeeper(perSecond: rate)
      var (now, count): (Int64, Int) = (1_000_000, 0)
      while now < 1_010_000 {
        let wait = pace.admit(at: now)
        if wait == 0 { count += 1 } else { now += wait }
      }
      #expect(count <= rate * 10 + rate / 10 + 1)
      #expect(count >= rate * 10 - 1)
    }
  }
}
