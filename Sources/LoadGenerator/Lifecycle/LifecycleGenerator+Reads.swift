import Kernel

/// A contract that is about to be read, and what is known of it then.
package struct ReadChoice: Sendable {
  package let tenant: UInt32
  package let contract: UInt128
  let place: Int
  let serial: UInt64
  let known: [Known]

  /// A milestone with all applied that is written.
  struct Known {
    var version: UInt32
    var writtenCount: UInt64
    /// All that was written for it is answered.
    var isSettled: Bool
  }
}

/// A milestone as a read shows it, sums in minor units.
package struct ReadMilestone: Sendable, Equatable {
  package var ordinal: UInt16
  package var state: UInt8
  package var version: UInt32
  package var payoutAttempt: UInt16
  package var amount: Int64
  package var held: Int64
  package var retained: Int64
  package var certified: Int64
  package var released: Int64
  package var owed: Int64
  package var paid: Int64

  package init(
    ordinal: UInt16, state: UInt8, version: UInt32, payoutAttempt: UInt16, amount: Int64, held: Int64, retained: Int64,
    certified: Int64, released: Int64, owed: Int64, paid: Int64
  ) {
    self.ordinal = ordinal
    self.state = state
    self.version = version
    self.payoutAttempt = payoutAttempt
    self.amount = amount
    self.held = held
    self.retained = retained
    self.certified = certified
    self.released = released
    self.owed = owed
    self.paid = paid
  }

  init(_ known: MilestoneRecord) {
    self.init(
      ordinal: known.ordinal, state: known.state.rawValue, version: known.version, payoutAttempt: known.attempt,
      amount: Int64(known.amount), held: Int64(known.held), retained: Int64(known.retained),
      certified: Int64(known.certified), released: Int64(known.released), owed: Int64(known.owed),
      paid: Int64(known.paid))
  }
}

/// What a read showed, held against what was written.
package struct ReadJudgement: Sendable, Equatable {
  /// Milestones that nothing was under way for: compared field by field.
  package var comparedCount = 0
  /// The first difference as text.
  package var difference: String?
}

/// Reads beside the operations: a contract with its milestones, judged by what was written and answered.
///
/// A read shows durable state, so it has all that was answered before it was asked, and nothing that was not written
/// before it came back.
extension LifecycleGenerator {
  /// A contract to read; nil when of some tries all were just created.
  /// - Parameter answeredCount: so many operations, the first ones, are answered.
  package mutating func chooseRead(answeredCount: UInt64) -> ReadChoice? {
    for _ in 0..<8 {
      let place = readRandom.below(contracts.count)
      guard contracts[place].serial != 0 else { continue }
      var known: [ReadChoice.Known] = []
      known.reserveCapacity(milestoneCount)
      for index in place * milestoneCount..<(place + 1) * milestoneCount {
        let written = milestones[index].writtenCount
        known.append(
          ReadChoice.Known(
            version: milestones[index].version, writtenCount: written, isSettled: written <= answeredCount))
      }
      // One that is settled says that its contract is there.
      guard known.contains(where: \.isSettled) else { continue }
      return ReadChoice(
        tenant: clerk.firstTenant &+ UInt32(contracts[place].tenantSlot),
        contract: clerk.contractId(contracts[place].serial), place: place, serial: contracts[place].serial, known: known
      )
    }
    return nil
  }

  /// Holds what was read against what is known; `found` is nil when there was no such contract.
  package mutating func judge(_ choice: ReadChoice, _ found: [ReadMilestone]?) -> ReadJudgement {
    var judgement = ReadJudgement()
    let isReplaced = contracts[choice.place].serial != choice.serial
    guard let found else {
      // Closed since, it may have been pruned.
      if !isReplaced { judgement.difference = "\(name(choice)) is not there" }
      return judgement
    }
    guard found.count == choice.known.count else {
      judgement.difference = "\(name(choice)) has \(found.count) milestones, not \(choice.known.count)"
      return judgement
    }
    for (place, read) in found.enumerated() {
      let known = choice.known[place]
      let now = milestones[choice.place * milestoneCount + place]
      var problem: String?
      if read.ordinal != UInt16(place + 1) {
        problem = "is in the place of milestone \(place + 1)"
      } else if known.isSettled && read.version < known.version {
        problem = "has version \(read.version), but \(known.version) was answered before"
      } else if isReplaced {
        continue
      } else if read.version > now.version {
        problem = "has version \(read.version), but nothing beyond \(now.version) was written"
      } else if known.isSettled && now.writtenCount == known.writtenCount {
        judgement.comparedCount += 1
        let expected = ReadMilestone(now)
        if read != expected { problem = "is \(read), predicted \(expected)" }
      }
      if let problem, judgement.difference == nil {
        judgement.difference = "read: milestone \(read.ordinal) of \(name(choice)) \(problem)"
      }
    }
    return judgement
  }

  private func name(_ choice: ReadChoice) -> String {
    "tenant \(choice.tenant) contract ...\(String(UInt64(truncatingIfNeeded: choice.contract), radix: 16))"
  }
}
