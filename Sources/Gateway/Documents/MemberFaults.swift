/// What is wrong with members of a document, by place.
struct MemberFaults: Error, Equatable, Sendable {
  struct Fault: Equatable, Sendable {
    /// JSON Pointer (RFC 6901) to the member.
    var pointer: String
    var detail: String
  }
  private(set) var all: [Fault] = []
  private static let countMax = 100

  init() {}

  init(_ name: String, _ detail: String) { add(name, detail) }

  var isEmpty: Bool { all.isEmpty }

  func contains(_ name: String) -> Bool { all.contains { $0.pointer == Self.pointer([name]) } }

  mutating func add(_ name: String, _ detail: String) { add([name], detail) }

  mutating func add(_ path: [String], _ detail: String) {
    // Enough to mend a document; an answer should not be larger than what was asked.
    guard all.count < Self.countMax else { return }
    // What stands there is not repeated: it may be long, or secret.
    all.append(Fault(pointer: Self.pointer(path), detail: detail))
  }

  mutating func add(_ faults: MemberFaults) { all += faults.all.prefix(Self.countMax - all.count) }

  /// The same, seen from further up: each pointer behind `prefix`.
  func below(_ prefix: String) -> MemberFaults {
    var faults = self
    faults.all = all.map { Fault(pointer: prefix + $0.pointer, detail: $0.detail) }
    return faults
  }

  private static func pointer(_ path: [String]) -> String {
    path.map { name in
      var text = "/"
      for character in name.prefix(64) {
        switch character {
        case "~": text += "~0"
        case "/": text += "~1"
        default: text.append(character)
        }
      }
      return text
    }.joined()
  }
}
