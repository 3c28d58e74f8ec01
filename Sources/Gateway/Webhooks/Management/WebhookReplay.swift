import Kernel
import Wire

/// Which events are to be sent again.
enum WebhookReplay: Sendable {
  /// Those of the log behind a place, up to and with another one or the end.
  case log(after: EventPosition, until: EventPosition?)
  case deadLetters(Choice)

  /// Of the dead letters those of which all of this holds.
  struct Choice: Sendable {
    var places: Set<EventPosition>?
    var types: Set<String>?
    /// When they happened.
    var since: Instant?
    var before: Instant?

    func takes(_ letter: DeadLetter) -> Bool {
      if let places, !places.contains(letter.event.position) { return false }
      if let types, !types.contains(letter.event.type) { return false }
      if let since, letter.event.time < since { return false }
      if let before, letter.event.time >= before { return false }
      return true
    }
  }

  /// Ids of one request.
  private static let idCountMax = 1_000

  /// - Throws: `Problem` with everything that is wrong with the document.
  init(_ members: [JSONMember]) throws(Problem) {
    var reader = DocumentReader(members)
    let source = reader.text("source", "is neither log nor dead_letters") {
      ["log", "dead_letters"].contains($0) ? $0 : nil
    }
    guard let source else {
      if !reader.contains("source") { reader.fault("source", "is missing") }
      throw Problem(reader.faults)
    }
    if source == "log" {
      let after = Self.place("after", &reader)
      let until = Self.place("until", &reader)
      if !reader.contains("after") { reader.fault("after", "is missing") }
      if let after, let until, until <= after { reader.fault("until", "is not behind after") }
      try reader.finish()
      guard let after else { throw Problem(MemberFaults("after", "is missing")) }
      self = .log(after: after, until: until)
      return
    }
    var choice = Choice()
    choice.places = reader.texts("ids", count: 1...Self.idCountMax, "is no id of an event, as 12-0") {
      EventName.position($0) != nil
    }.map { Set($0.compactMap(EventName.position)) }
    choice.types = reader.texts("types", count: 1...CloudEvent.types.count, "names a type of event that there is not") {
      CloudEvent.types.contains($0)
    }.map { Set($0) }
    choice.since = reader.text("since", "is no instant, as 2026-04-01T09:30:00.000Z") { Instants.read($0) }
    choice.before = reader.text("before", "is no instant, as 2026-04-01T09:30:00.000Z") { Instants.read($0) }
    try reader.finish()
    self = .deadLetters(choice)
  }

  private static func place(_ name: String, _ reader: inout DocumentReader) -> EventPosition? {
    reader.text(name, "is no id of an event, as 12-0") { EventName.position($0) }
  }

  static let schema = Schema.one([
    .object([
      .init("source", .words(["log"])),
      .init(
        "after",
        .described(
          .string(pattern: EventName.pattern), "The event before the first one; `0-0` for all that the log has")),
      .init(
        "until",
        .described(.string(pattern: EventName.pattern), "The last event. Default: all up to now, and on from there"),
        isRequired: false),
    ]),
    .object([
      .init("source", .words(["dead_letters"])),
      .init(
        "ids", .described(.array(.string(pattern: EventName.pattern), count: 1...idCountMax), "Only these"),
        isRequired: false),
      .init(
        "types", .described(.array(.words(CloudEvent.types), count: 1...CloudEvent.types.count), "Only of these types"),
        isRequired: false),
      .init("since", .described(.instant, "Only what happened then or later"), isRequired: false),
      .init("before", .described(.instant, "Only what happened before"), isRequired: false),
    ]),
  ])
}
