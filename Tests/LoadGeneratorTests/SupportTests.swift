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
    #expect(MemoryLayout<OperationTrace>.stride == 16)
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
        firstTenant: 1, operationLimit: 64)
      var bytes = [UInt8]()
      while generator.fillSetup(operationLimit: 64, slotLimit: 128, now: 1_000) {
        generator.finished { bytes += Array($0.slots) }
      }
      for _ in 0..<50 {
        generator.fill(operationLimit: 64, slotLimit: 128, now: 1_000)
        generator.finished { bytes += Array($0.slots) }
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
