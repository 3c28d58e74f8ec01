import Testing

@testable import Fiscal

@Suite("Sums")
struct AmountTests {
  @Test func roundsHalfUpAndMirrorsNegatives() throws {
    #expect(try Amount.share(of: 50, basisPoints: 100) == 1)
    #expect(try Amount.share(of: 49, basisPoints: 100) == 0)
    #expect(try Amount.share(of: -50, basisPoints: 100) == -1)
    #expect(try Amount.share(of: 100_000_00, basisPoints: 25) == 250_00)
    #expect(try Amount.share(of: 301_728_78, basisPoints: 10_000, to: .rupee) == 301_729_00)
    #expect(try Amount.wholeRupees(150) == 200)
    #expect(try Amount.wholeRupees(149) == 100)
    #expect(try Amount.wholeRupees(-150) == -200)
    #expect(try Amount.share(of: .max, basisPoints: 10_000) == .max)
    #expect(try Amount.share(of: .min + 1, basisPoints: 10_000) == .min + 1)
  }

  @Test func whatDoesNotFitIsAnError() {
    #expect(throws: FiscalError.overflow) { try Amount.share(of: .max, basisPoints: 10_001) }
    #expect(throws: FiscalError.overflow) { try Amount.share(of: .max, 1_001, over: 1_000) }
    #expect(throws: FiscalError.overflow) { try Amount.share(of: .min, .max, over: 1) }
    #expect(throws: FiscalError.overflow) { try Amount.sum([.max, 1]) }
    #expect(throws: FiscalError.invalidAmount) { try Amount.share(of: 1, basisPoints: -1) }
    #expect(throws: FiscalError.invalidAmount) { try Amount.share(of: 1, 1, over: 0) }
    #expect(throws: FiscalError.invalidAmount) { try Amount.split(1, weights: []) }
    #expect(throws: FiscalError.invalidAmount) { try Amount.split(1, weights: [0, 0]) }
    #expect(throws: FiscalError.invalidAmount) { try Amount.split(-1, weights: [1]) }
    #expect(throws: FiscalError.overflow) { try Amount.split(1, weights: [.max, .max]) }
  }

  @Test func unitsLeftOverGoToTheLargestRemainders() throws {
    #expect(try Amount.split(100, weights: [1, 1, 1]) == [34, 33, 33])
    #expect(try Amount.split(10, weights: [3333, 3333, 3334]) == [3, 3, 4])
    #expect(try Amount.split(1_050, weights: [1, 1], to: .rupee) == [550, 500])
    #expect(try Amount.split(150, weights: [0, 1], to: .rupee) == [0, 150])
    #expect(try Amount.split(7, weights: [0, 0, 5]) == [0, 0, 7])
    #expect(try Amount.split(.max, weights: [.max - 1, 1]) == [.max - 1, 1])
  }

  /// Shares add up, are not negative, and are less than a unit off what is due.
  @Test(arguments: UInt64(1)...200) func sharesAddUp(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    for _ in 0..<50 {
      let count = Int.random(in: 1...12, using: &random)
      let top = random.pick([1, 10, 10_000, Int64.max / 16])
      var weights = (0..<count).map { _ in random.chance(15) ? 0 : Int64.random(in: 0...top, using: &random) }
      weights[0] = max(1, weights[0])
      let total = Int64.random(in: 0...random.pick([5, 100_000, Int64.max]), using: &random)
      let unit = random.pick([RoundingUnit.paisa, .rupee])
      let shares = try Amount.split(total, weights: weights, to: unit)
      #expect(try Amount.sum(shares) == total)
      let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
      for (share, weight) in zip(shares, weights) {
        #expect(share >= 0 && (weight > 0 || share == 0))
        let difference = Int128(share) * sum - Int128(total) * Int128(weight)
        #expect(difference.magnitude < UInt128(2 * unit.rawValue) * sum.magnitude)
      }
    }
  }
}
