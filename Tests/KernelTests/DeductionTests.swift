import Kernel
import Testing

/// One municipal running bill, in rupees. Source: the five worked vectors of DOMAIN 5.
struct RunningBill: Sendable, CustomStringConvertible {
  var name: String
  var value: Int64
  var gst: Int64
  var gross: Int64
  var incomeTax: Int64
  var gstTDS: Int64
  var retention: Int64
  var retentionPoints: Int
  var net: Int64
  var description: String { name }
}

@Suite struct DeductionTests {
  static let bills = [
    RunningBill(
      name: "RA-A", value: 215_930, gst: 38_867, gross: 254_797, incomeTax: 4_319, gstTDS: 4_319, retention: 10_797,
      retentionPoints: 500, net: 235_362),
    RunningBill(
      name: "RA-C", value: 68_044, gst: 12_248, gross: 80_292, incomeTax: 1_361, gstTDS: 1_361, retention: 3_402,
      retentionPoints: 500, net: 74_168),
    RunningBill(
      name: "RA-D", value: 615_930, gst: 110_867, gross: 726_797, incomeTax: 12_319, gstTDS: 12_319,
      retention: 46_195, retentionPoints: 750, net: 655_964),
    RunningBill(
      name: "RA-E", value: 498_402, gst: 89_712, gross: 588_114, incomeTax: 9_968, gstTDS: 9_968, retention: 24_920,
      retentionPoints: 500, net: 543_258),
  ]

  static func terms(_ change: (inout Terms) -> Void) -> Terms {
    var t = Terms()
    change(&t)
    return t
  }

  /// A contract of the given milestones, each funded, certified in full and waiting to be released.
  static func approved(_ amounts: [Int64], _ terms: Terms) -> [Request] {
    let value = amounts.reduce(0, +)
    var road = [op(.createContract, by: payer, value, arg: UInt64(payee) << 32 | UInt64(payer), slot: terms.slot)]
    for (index, amount) in amounts.enumerated() {
      road.append(op(.addMilestone, m: UInt16(index + 1), by: payer, amount, arg: at(day(9))))
    }
    road += [op(.offer, by: payer), op(.accept, by: payee), op(.verifyPayee), op(.deposit, by: payer, value, arg: 1)]
    for (index, amount) in amounts.enumerated() {
      let m = UInt16(index + 1)
      road += [
        op(.fund, m: m, by: payer, amount), op(.start, m: m, by: payee), op(.submit, m: m, by: payee, amount),
        op(.approve, m: m, by: payer, amount),
      ]
    }
    return road
  }

  @Test(arguments: bills) func runningBillsComeOutToTheRupee(_ bill: RunningBill) {
    let terms = Self.terms {
      ($0.retention, $0.gst, $0.tds, $0.gstTDS) = (bill.retentionPoints, 1800, 200, 200)
      ($0.wholeUnits, $0.retentionCap) = (true, bill.gross * 100)
    }
    #expect(bill.value + bill.gst == bill.gross)
    #expect(Deductions.taxable(bill.gross * 100, terms) == bill.value * 100)
    var story = Story()
    #expect(story.mustTell(Self.approved([bill.gross * 100], terms)) == nil)
    let result = story.tell(op(.release, m: 1, by: payer, bill.gross * 100))
    #expect(result.isAccepted)
    #expect(result.amount == bill.net * 100)
    #expect(story.contract.tax == (bill.incomeTax + bill.gstTDS) * 100)
    #expect(story.contract.retained == bill.retention * 100)
    #expect(story.difference == nil)
  }

  /// RA-B: the cap on retention was reached before, so the bill retains nothing, and what was
  /// retained is released with it.
  @Test func billThatReleasesRetention() {
    let earlierGross: Int64 = 21_758_000_00
    let gross: Int64 = 1_978_000_00
    let terms = Self.terms {
      ($0.retention, $0.gst, $0.tds, $0.gstTDS) = (750, 1800, 200, 200)
      ($0.wholeUnits, $0.retentionCap) = (true, 1_382_920_00)
    }
    #expect(Deductions.taxable(gross, terms) == 1_676_271_00)
    var story = Story()
    #expect(story.mustTell(Self.approved([earlierGross, gross], terms)) == nil)
    let earlier = story.tell(op(.release, m: 1, by: payer, earlierGross))
    #expect(story.contract.retained == 1_382_920_00)
    story.tell(op(.payoutResult, m: 1, earlier.amount, arg: 2, ver: 1))
    let taxBefore = story.contract.tax
    let bill = story.tell(op(.release, m: 2, by: payer, gross))
    #expect(story.contract.tax - taxBefore == 67_050_00)
    let released = story.tell(op(.releaseRetention, 1, m: 1, by: payer, 1_382_920_00, arg: 5))
    #expect(bill.amount + released.amount == 3_293_870_00)
    #expect(story.difference == nil)
  }

  /// Slicing a bill saves nothing: the parts add up to the whole, line by line, also at the cap.
  @Test(arguments: UInt64(1)...40) func partsAddUpToTheWhole(_ seed: UInt64) {
    var random = SeededGenerator(seed)
    let gross = Int64.random(in: 1...300_000, using: &random)
    let cap = random.pick([0, gross / 30, gross])
    let terms = Self.terms {
      $0.retention = random.pick([0, 500, 750, 3333])
      $0.gst = random.pick([0, 500, 1800, 1801])
      $0.tds = random.pick([0, 100, 200, 1000])
      $0.gstTDS = random.pick([0, 200])
      $0.cess = random.pick([0, 100])
      $0.fee = random.pick([0, 49, 333])
      $0.retentionCap = cap
      $0.wholeUnits = random.chance(50)
    }
    var whole = Story()
    #expect(whole.mustTell(Self.approved([gross], terms)) == nil)
    whole.tell(op(.release, m: 1, by: payer, gross))

    var parts = Story()
    #expect(parts.mustTell(Self.approved([gross], terms)) == nil)
    var left = gross
    var attempt: UInt32 = 0
    while left > 0 {
      let part = min(left, Int64.random(in: 1...max(1, gross / 3), using: &random))
      let result = parts.tell(op(.release, m: 1, by: payer, part))
      #expect(result.isAccepted)
      left -= part
      if result.amount > 0 {
        attempt += 1
        parts.tell(op(.payoutResult, m: 1, result.amount, arg: UInt64(attempt) + 10, ver: attempt))
      }
    }
    #expect(parts.contract.tax == whole.contract.tax)
    #expect(parts.contract.other == whole.contract.other)
    #expect(parts.contract.fee == whole.contract.fee)
    #expect(parts.contract.retained == whole.contract.retained)
    #expect(parts.contract.paidOut == whole.contract.payoutPending)
    #expect(whole.difference == nil)
    #expect(parts.difference == nil)
  }

  /// The order of DOMAIN 5: what comes later gets what is left of gross.
  @Test func linesAreCappedByWhatIsLeft() {
    let terms = Self.terms {
      ($0.retention, $0.tds, $0.fee, $0.retentionCap) = (6000, 3000, 1000, 150)
      $0.wholeUnits = true
    }
    // Whole units: V of 150 paise is 200, retention 120 rounds to 100, tax 60 to 100 but 50 are left.
    var story = Story()
    #expect(story.mustTell(Self.approved([150], terms)) == nil)
    let result = story.tell(op(.release, m: 1, by: payer, 150))
    #expect(result.amount == 0)
    #expect(story.contract.retained == 100 && story.contract.tax == 50 && story.contract.fee == 0)
    #expect(story.milestone(1).state == .paid)
    #expect(story.difference == nil)
  }
}
