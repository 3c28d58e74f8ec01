internal import Repository

/// Why somebody has something against a listing. A fixed list: numbers stand in rows.
public enum Objection: UInt8, CaseIterable, Sendable {
  /// It does harm to who uses it: money goes where it should not.
  case harmful = 0
  /// It is not what it says.
  case misleading
  /// It is somebody else's.
  case infringing
  /// It breaks a law.
  case unlawful
  /// It does not work.
  case broken
  case spam
  case other
}

/// Why a listing or a release was taken down.
public struct TakedownCause: Hashable, Sendable {
  public let objection: Objection
  public let text: String
  /// Milliseconds since 1970, when it was confirmed.
  public let time: Int64
}

/// A takedown as it is kept: somebody proposes, another person confirms. Until then nothing is different.
struct Takedown: Hashable {
  struct Step: Hashable {
    let actor: Actor
    let time: Int64
  }

  let objection: Objection
  let text: String
  let proposed: Step
  var confirmed: Step?

  var isDown: Bool { confirmed != nil }

  var cause: TakedownCause? {
    confirmed.map { TakedownCause(objection: objection, text: text, time: $0.time) }
  }
}

extension Takedown {
  func write(to row: inout RowWriter) {
    row.integer(objection.rawValue)
    row.longText(text)
    row.step(proposed)
    row.optional(confirmed) { $0.step($1) }
  }

  init(from row: inout RowReader) throws(RowFault) {
    objection = try row.unwrap(Objection(rawValue: try row.integer(UInt8.self)))
    text = try row.prose(1...Prose.byteCountMax)
    proposed = try row.step()
    confirmed = try row.optional { (row) throws(RowFault) in try row.step() }
  }
}

extension RowWriter {
  fileprivate mutating func step(_ step: Takedown.Step) {
    actor(step.actor)
    integer(step.time)
  }
}

extension RowReader {
  fileprivate mutating func step() throws(RowFault) -> Takedown.Step {
    Takedown.Step(actor: try actor(), time: try time())
  }
}
