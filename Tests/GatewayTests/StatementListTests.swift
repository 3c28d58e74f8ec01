import Kernel
import Testing
import Wire

@testable import Client
@testable import Gateway

@Suite("Lists of movements")
struct StatementListTests {
  private func event(
    _ number: UInt64, _ operation: Operation, _ slot: [UInt8] = [], answer: OperationResult, at time: Int64 = 1_000
  ) -> Event {
    Event(
      record: EventRecord(
        position: EventPosition(commit: number), stamp: time, sequence: number, shard: 0, result: answer,
        operation: operation), extensionSlot: slot)
  }

  /// A contract's creation, with terms that need nothing.
  private func creation(version: UInt32) -> Event {
    let operation = Operation(
      .createContract, tenant: 1, contract: 7, id: 1, actor: 10, amount: 5, argument: 10 | 20 << 32, extended: true)
    let slot = withUnsafeBytes(of: ContractTerms()) { Array($0) }
    return event(
      1, operation, slot,
      answer: OperationResult(code: .ok, state: ContractState.draft.rawValue, version: version))
  }

  @Test("a replay that answers otherwise than the log is worth nothing")
  func disagrees() throws {
    var replay = LedgerReplay(BlockPool(hugePages: false))
    #expect(try replay.apply(creation(version: 1)) == Totals())
    var other = LedgerReplay(BlockPool(hugePages: false))
    var fault: ReplayFault?
    do throws(ReplayFault) { _ = try other.apply(creation(version: 2)) } catch { fault = error }
    #expect(fault == .disagrees)
  }

  private func movement(_ number: UInt64, _ sum: Int64, at time: Int64) -> Movement {
    var change = Totals()
    change.funded = sum
    let operation = Operation(.deposit, tenant: 1, contract: 7, id: 1)
    return Movement(event(number, operation, answer: OperationResult(code: .ok), at: time), change)
  }

  @Test("balances are found at every place of a long list")
  func balances() throws {
    var list = MovementList()
    #expect(list.has(Totals()))
    #expect(list.balance(before: 0) == Totals())
    var (sum, sums) = (Int64(0), [Int64]())
    for number in 1...3_000 as ClosedRange<Int64> {
      sums.append(sum)
      try list.append(movement(UInt64(number), number * 7 % 11 - 5, at: number / 3))
      sum += number * 7 % 11 - 5
    }
    for (index, sum) in sums.enumerated() { #expect(list.balance(before: index).funded == sum) }
    #expect(list.balance(before: 3_000).funded == sum)
    #expect(list.balance.funded == sum)
    for time in [-1, 0, 1, 500, 999, 1_000, 1_001] as [Int64] {
      #expect(list.index(from: time) == list.movements.count { $0.time < time })
    }
    for commit in [0, 1, 1_500, 3_000, 4_000] as [UInt64] {
      #expect(list.index(behind: EventPosition(commit: commit)) == Int(min(commit, 3_000)))
    }
    var known = Totals()
    known.funded = sums[1_700]
    #expect(list.has(known))
    known.held = 1
    #expect(!list.has(known))
  }

  @Test("a sum past 64 bits is a fault, not a trap")
  func overflow() throws {
    var list = MovementList()
    try list.append(movement(1, .max, at: 1))
    var fault: ReplayFault?
    do throws(ReplayFault) { try list.append(movement(2, 1, at: 2)) } catch { fault = error }
    #expect(fault == .full)
    #expect(list.movements.count == 1)
  }

  @Test("books that were not asked for lately make room")
  func shelf() {
    let shelf = LedgerShelf()
    let first = shelf.book(of: .contract(tenant: 1, id: 1))
    #expect(shelf.book(of: .contract(tenant: 1, id: 1)) === first)
    for id in 2...UInt128(LedgerShelf.bookCountMax) { _ = shelf.book(of: .contract(tenant: 1, id: id)) }
    #expect(shelf.book(of: .contract(tenant: 1, id: 1)) === first)
    let second = shelf.book(of: .contract(tenant: 1, id: 2))
    _ = shelf.book(of: .party(tenant: 1, id: 1, role: .payer))
    // The third was the one that nobody had asked for longest.
    #expect(shelf.book(of: .contract(tenant: 1, id: 2)) === second)
    #expect(shelf.book(of: .contract(tenant: 1, id: 1)) === first)
    // The one that was read last stays, however long it is, and alone.
    #expect(shelf.book(of: .contract(tenant: 1, id: 2)) === second)
    shelf.note(.contract(tenant: 1, id: 2), movementCount: LedgerShelf.movementCountMax + 1)
    #expect(shelf.book(of: .contract(tenant: 1, id: 1)) !== first)
  }
}
