import Kernel
import Testing

@testable import LoadGenerator

@Suite struct SupportTests {
  @Test(arguments: Array(1...200) + [31_250, 125_000])
  func strideMeetsEveryContractOnce(count: Int) {
    let stride = LifecycleGenerator.stride(for: count)
    var seen = [Bool](repeating: false, count: count)
    var position = 0
    for _ in 0..<count {
      #expect(!seen[position])
      seen[position] = true
      position = (position + stride) % count
    }
  }

  @Test func recordsKeepTheirCacheLines() {
    #expect(MemoryLayout<LoadGenerator.ContractRecord>.stride == 128)
    #expect(MemoryLayout<LoadGenerator.MilestoneRecord>.stride == 64)
    #expect(Recipe.all().count == Recipe.count)
  }

  @Test func jsonIsEscapedAndKeepsItsOrder() {
    let value = JSONText.object([
      ("z", .string("a\"b\\c\n\u{1}")), ("a", .array([.integer(-3), .bool(true), .number(.nan)])), ("e", .object([])),
    ])
    #expect(
      value.text == """
        {
          "z": "a\\"b\\\\c\\n\\u0001",
          "a": [
            -3,
            true,
            null
          ],
          "e": {}
        }
        """)
  }

  /// Slow moments stay where they were, however long the run gets.
  @Test func courseKeepsWhenItWasSlow() {
    let second: UInt64 = 1_000_000_000
    var course = LatencyCourse(start: 5 * second)
    // Meant to leave before the start, in the first stretch, in the fourth.
    course.record(intendedAt: 4 * second, latency: 3)
    course.record(intendedAt: 5 * second + 99_999_999, latency: 7)
    course.record(intendedAt: 5 * second + 300_000_000, latency: 9)
    #expect(course.stretch == 100_000_000 && course.worst == [7, 0, 0, 9])
    let joined = course.joined(atMost: 3)
    #expect(joined.stretch == 200_000_000 && joined.worst == [7, 9])
    // The 600 stretches of a tenth are outgrown: twice as long, then again.
    course.record(intendedAt: 65 * second, latency: 5)
    #expect(course.stretch == 200_000_000 && course.worst.count == 301)
    #expect(course.worst.prefix(2) == [7, 9] && course.worst.last == 5)
    course.record(intendedAt: 5 * second + 599 * second, latency: 2)
    #expect(course.stretch == 1_600_000_000 && course.worst[0] == 9)
    #expect(course.worst.count == 375 && course.worst.last == 2 && course.worst[37] == 5)
  }

  /// What was stolen is told for any stretch, evenly between samples, and for none outside them.
  @Test func stolenTimeIsToldByTheStretch() {
    var time = StolenTime(processorCount: 2)
    #expect(time.share(from: 0, to: 10) == nil)
    for (at, stolen) in [(100, 7), (200, 7), (300, 107), (400, 117)] as [(UInt64, UInt64)] { time.note(stolen, at: at) }
    #expect(time.share(from: 100, to: 200) == 0 && time.share(from: 200, to: 300) == 0.5)
    #expect(time.share(from: 250, to: 350) == 0.275 && time.share(from: 0, to: 1_000) == 110.0 / 600)
    #expect(time.share(from: 0, to: 100) == nil && time.share(from: 400, to: 500) == nil)
    // Outgrown: every second sample is left, and the sums stay.
    for at in 401...6_500 as ClosedRange<UInt64> { time.note(117 + (at - 400), at: at) }
    #expect(time.interval == 200_000_000 && time.share(from: 4_000, to: 6_000) == 0.5)
  }

  /// The eighth figure of the first line; a line that is another one says nothing.
  @Test func stolenTimeIsReadAsTheKernelWritesIt() {
    let text = "cpu  10 20 30 40 50 60 70 80 90 100\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
    #expect(stolenNanoseconds(inStatistics: text, ticksPerSecond: 100) == 800_000_000)
    #expect(stolenNanoseconds(inStatistics: "cpu  1 2 3\n", ticksPerSecond: 100) == nil)
    #expect(stolenNanoseconds(inStatistics: "", ticksPerSecond: 100) == nil)
    #expect(stolenNanoseconds() != nil)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
  ])
  func numbersAreGrouped(value: Int, text: String) { #expect(grouped(value) == text) }

  @Test(
    arguments: [
      (0, "Rs 0.00"), (-5, "-Rs 0.05"), (99_999, "Rs 999.99"), (12_345_678_900, "Rs 12,34,56,789.00"),
      (1_000_00, "Rs 1,000.00"),
    ] as [(Int64, String)])
  func rupeesAreGroupedTheIndianWay(sum: Int64, text: String) { #expect(rupees(sum) == text) }

  /// Same seed, same frames: only the run's identity differs between two runs.
  @Test func equalSeedsWriteEqualFrames() {
    func frames(seed: UInt64) -> [UInt8] {
      var generator = LifecycleGenerator(
        run: RunIdentity(word: 5), connection: 0, seed: seed, contractCount: 20, milestoneCount: 4, tenantCount: 3,
        firstTenant: 1)
      let frame = GeneratedFrame(operationLimit: 64)
      var bytes = [UInt8]()
      while !generator.isSetUp {
        frame.write { generator.fill($0, now: 1_000) }
        bytes += Array(frame.slots)
      }
      for _ in 0..<50 {
        frame.write { generator.fill($0, now: 1_000) }
        bytes += Array(frame.slots)
      }
      return bytes
    }
    #expect(frames(seed: 9) == frames(seed: 9))
    #expect(frames(seed: 9) != frames(seed: 10))
  }

  @Test func senselessConfigurationsAreNamed() {
    let wrong: [(inout LoadConfiguration) -> Void] = [
      { $0.batch = 0 }, { $0.batch = 8_191 }, { $0.connectionCount = 0 }, { $0.tenantCount = 0 },
      { $0.inFlight = 257 }, { $0.milestonesPerContract = 65 }, { $0.contractCount = 3 }, { $0.rate = 0 },
      { $0.limit = .duration(seconds: 0) }, { $0.limit = .operations(0) },
    ]
    #expect(LoadConfiguration().problem == nil)
    for (index, change) in wrong.enumerated() {
      var configuration = LoadConfiguration()
      change(&configuration)
      #expect(configuration.problem != nil, "case \(index)")
    }
  }
}

@Suite struct RateSearchTests {
  /// Plays a search against a server that holds every rate up to `limit`, and `steady` over a longer time.
  private func search(ceiling: Double, limit: Double, steady: Double) -> (found: Double?, tries: Int) {
    var plan = RateSearch.Plan(ceiling: ceiling)
    var tries = 0
    while let (rate, isConfirmation) = plan.next, tries < 100 {
      tries += 1
      plan.note(rate: rate, isConfirmation: isConfirmation, holds: rate <= (isConfirmation ? steady : limit))
    }
    return (plan.confirmed, tries)
  }

  @Test func halvesTheIntervalThenConfirms() throws {
    let (found, tries) = search(ceiling: 1_000, limit: 700, steady: 700)
    #expect(try #require(found) <= 700)
    #expect(try #require(found) >= 700 * 0.96)
    #expect(tries < 16)
  }

  @Test func whatDoesNotLastIsLowered() throws {
    let (found, _) = search(ceiling: 1_000, limit: 700, steady: 640)
    #expect(try #require(found) <= 640)
    #expect(try #require(found) >= 600)
  }

  @Test func nothingHolds() {
    let (found, tries) = search(ceiling: 1_000, limit: 0, steady: 0)
    #expect(found == nil)
    #expect(tries < 16)
  }

  @Test func nothingLasts() {
    #expect(search(ceiling: 1_000, limit: 700, steady: 0).found == nil)
  }
}

@Suite struct TenantChoiceTests {
  @Test func sharesFollowTheLaw() {
    for (spread, share) in [
      (TenantSpread.uniform, { (_: Int) in 0.01 }), (.zipf, { 1 / (Double($0 + 1) * 5.187_378) }),
    ] {
      var choice = TenantChoice(spread, count: 100)
      var random = Random(seed: 3)
      var counts = [Int](repeating: 0, count: 100)
      for _ in 0..<400_000 { counts[choice.next(&random)] += 1 }
      for place in 0..<100 {
        let expected = 400_000 * share(place)
        // Six standard deviations.
        #expect(abs(Double(counts[place]) - expected) < 6 * expected.squareRoot(), "\(spread) \(place)")
      }
    }
  }
}
