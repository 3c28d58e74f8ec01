import Client
import Kernel
import Wire

/// One operation that moved money: a line of a statement.
struct Movement: Sendable {
  let position: EventPosition
  /// When it was applied, milliseconds since 1970.
  let time: Instant
  let contract: UInt128
  /// 0 for the contract itself.
  let milestone: UInt16
  let code: UInt8
  let mode: UInt8
  let actor: UInt32
  let id: UInt128
  /// What the kernel answered: the sum that moved, or the net of a release or decision.
  let amount: Int64
  /// By how much each bucket grew.
  let change: Totals

  init(_ event: Event, _ change: Totals) {
    let operation = event.record.operation
    (position, time) = (event.position, event.record.stamp)
    (contract, milestone) = (operation.contract, operation.ordinal)
    (code, mode, actor, id) = (operation.code, operation.mode, operation.actor, operation.id)
    (amount, self.change) = (event.record.result.amount, change)
  }

  var operation: String { OperationForm.form(of: code)?.word ?? "unknown" }

  /// The word of the mode; nil where an operation has but one.
  var modeWord: String? {
    guard let form = OperationForm.form(of: code), !form.modeName.isEmpty else { return nil }
    return form.mode(mode)?.word
  }
}

/// Movements in the order of the log, with what was there before any of them.
struct MovementList: Sendable {
  private(set) var movements: [Movement] = []
  /// What was there before every `stride`th movement.
  private var marks: [Totals] = []
  /// What is there behind the last one.
  private(set) var balance = Totals()

  private static let stride = 1_024

  /// - Throws: `full` when a sum leaves 64 bits.
  mutating func append(_ movement: Movement) throws(ReplayFault) {
    guard let sum = balance.adding(movement.change) else { throw .full }
    if movements.count % Self.stride == 0 { marks.append(balance) }
    movements.append(movement)
    balance = sum
  }

  /// What is there before the movement of an index, up to the count.
  func balance(before index: Int) -> Totals {
    guard index < movements.count else { return balance }
    let mark = index / Self.stride
    // Each of these sums was made once already, when the movement was appended.
    return movements[mark * Self.stride..<index].reduce(marks[mark]) { $0.adding($1.change) ?? $0 }
  }

  /// Index of the first movement of this time or later. Stamps of a tenant never run back.
  func index(from time: Instant) -> Int { firstIndex { $0.time >= time } }

  /// Index of the first movement behind a place.
  func index(behind position: EventPosition) -> Int { firstIndex { $0.position > position } }

  /// - Parameter isReached: false up to some movement, true from there on.
  private func firstIndex(_ isReached: (Movement) -> Bool) -> Int {
    var (low, high) = (0, movements.count)
    while low < high {
      let middle = low + (high - low) / 2
      if isReached(movements[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether these sums were there, lately or ever.
  func has(_ totals: Totals) -> Bool {
    var sum = balance
    for movement in movements.reversed() {
      if sum == totals { return true }
      guard let before = sum.subtracting(movement.change) else { return false }
      sum = before
    }
    return sum == totals
  }
}
