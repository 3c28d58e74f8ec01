/// What has become of a version at one reference, and by whom.
///
/// ```
/// draft -> checked -> approved -> scheduled -> active -> retired
///                        \________________________^
/// ```
/// A version can be retired from every state. Each environment has its own: what is active in one is a draft in another
/// one at first.
public struct Lifecycle: Hashable, Sendable {
  public enum State: UInt8, CaseIterable, Sendable {
    case draft = 0
    case checked, approved, scheduled, active, retired

    func mayBecome(_ next: State) -> Bool {
      switch (self, next) {
      case (.draft, .checked), (.checked, .approved), (.approved, .scheduled), (.approved, .active),
        (.scheduled, .active):
        true
      case (.retired, _): false
      default: next == .retired
      }
    }
  }

  /// A state that was come to.
  public struct Step: Hashable, Sendable {
    public let state: State
    public let actor: Actor
    /// Milliseconds since 1970.
    public let time: Int64
    /// Of a check: what the checker reported.
    public var report: ByteDigest?
    /// Of a schedule: when it becomes active, in milliseconds since 1970.
    public var due: Int64?
  }

  /// From the draft on, at most one for each state.
  public private(set) var steps: [Step]

  init(draftBy actor: Actor, at time: Int64) { steps = [Step(state: .draft, actor: actor, time: time)] }

  public var state: State { steps.last?.state ?? .draft }

  /// The step by which a state was come to.
  public func step(to state: State) -> Step? { steps.first { $0.state == state } }

  mutating func take(_ step: Step) throws(RepositoryError) {
    guard state.mayBecome(step.state) else { throw .illegalStep(from: state, to: step.state) }
    steps.append(step)
  }
}

extension Lifecycle: Row {
  package static let format: UInt8 = 1

  /// Count u8; of each step state u8, actor, time i64, of a check the report, of a schedule the time i64.
  package func write(to row: inout RowWriter) {
    row.integer(UInt8(truncatingIfNeeded: steps.count))
    for step in steps {
      row.integer(step.state.rawValue)
      row.actor(step.actor)
      row.integer(step.time)
      if step.state == .checked { row.bytes += step.report?.bytes ?? [] }
      if step.state == .scheduled { row.integer(step.due ?? 0) }
    }
  }

  package init(from row: inout RowReader) throws(RowFault) {
    steps = []
    for position in 0..<(try row.integer(UInt8.self)) {
      guard let next = State(rawValue: try row.integer(UInt8.self)),
        position == 0 ? next == .draft : state.mayBecome(next)
      else { throw RowFault() }
      var step = Step(state: next, actor: try row.actor(), time: try row.integer(Int64.self))
      if next == .checked { step.report = try row.digest() }
      if next == .scheduled { step.due = try row.integer(Int64.self) }
      steps.append(step)
    }
    guard !steps.isEmpty else { throw RowFault() }
  }
}
