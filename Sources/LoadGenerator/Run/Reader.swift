import Client
import Kernel
import NIOCore
import Wire

/// Reads contracts of one connection, one after the other, as long as operations are measured.
struct Reader: Sendable {
  let driver: ConnectionDriver
  let run: LoadRunState

  /// Reads until the deadline, in monotonic nanoseconds, or until the run's operations are used up.
  func read(until deadline: UInt64) async throws {
    let loop = driver.client.eventLoop
    while true {
      let asked = try await loop.submit { () -> (choice: ReadChoice?, isOver: Bool) in
        let isOver = Clock.nanoseconds() >= deadline || run.isUsedUp
        return (isOver ? nil : driver.chooseRead(), isOver)
      }.get()
      if asked.isOver { return }
      guard let choice = asked.choice else {
        // All contracts that were tried have just been made.
        try await Task.sleep(for: .milliseconds(1))
        continue
      }
      let start = Clock.nanoseconds()
      let found = try await milestones(of: choice)
      let end = Clock.nanoseconds()
      try await loop.submit {
        let judgement = driver.judge(choice, found)
        run.board.reads.record(judgement, nanoseconds: end - start)
        if let difference = judgement.difference {
          run.board.differenceCount += 1
          run.note(difference)
        }
      }.get()
    }
  }

  private func milestones(of choice: ReadChoice) async throws -> [ReadMilestone]? {
    var found: [ReadMilestone] = []
    var cursor: UInt64 = 0
    repeat {
      guard
        let page = try await driver.client.milestones(tenant: choice.tenant, contract: choice.contract, cursor: cursor)
      else { return nil }
      found += page.records.map(ReadMilestone.init)
      cursor = page.next ?? 0
    } while cursor != 0
    return found
  }
}

extension ReadMilestone {
  init(_ record: Wire.MilestoneRecord) {
    self.init(
      ordinal: record.ordinal, state: record.state, version: record.version, payoutAttempt: record.payoutAttempt,
      amount: record.amount, held: record.held, retained: record.retained, certified: record.certified,
      released: record.released, owed: record.owed, paid: record.paid)
  }
}
