/// Reads members of a closed document by name, and gathers what is wrong with them.
struct DocumentReader {
  private let members: [JSONMember]
  private var known: Set<String> = []
  private(set) var faults = MemberFaults()

  init(_ members: [JSONMember]) { self.members = members }

  /// Whether a member is there.
  func contains(_ name: String) -> Bool { members.contains { $0.name == name } }

  mutating func fault(_ name: String, _ detail: String) { faults.add(name, detail) }

  private mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    return members.first { $0.name == name }?.value
  }

  /// A string of so many bytes; nil when it is not there, or wrong.
  mutating func text(_ name: String, bytes: ClosedRange<Int>) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value, bytes.contains(text.utf8.count) else {
      fault(name, "is no string of \(bytes.lowerBound) to \(bytes.upperBound) bytes")
      return nil
    }
    return text
  }

  /// What a text stands for; nil when it is not there, or wrong.
  mutating func text<Value>(_ name: String, _ detail: String, _ read: (String) -> Value?) -> Value? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value, let result = read(text) else {
      fault(name, detail)
      return nil
    }
    return result
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = value(name) else { return nil }
    guard case .integer(let number) = value, range.contains(number) else {
      fault(name, "is no integer from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  mutating func boolean(_ name: String) -> Bool? {
    guard let value = value(name) else { return nil }
    guard case .bool(let isTrue) = value else {
      fault(name, "is \(value.kind), not a boolean")
      return nil
    }
    return isTrue
  }

  /// An object, read by `read`; nil when it is not there, or no object.
  mutating func object<Value>(_ name: String, _ read: (inout DocumentReader) -> Value) -> Value? {
    guard let value = value(name) else { return nil }
    guard case .object(let members) = value else {
      fault(name, "is \(value.kind), not an object")
      return nil
    }
    var inner = DocumentReader(members)
    let result = read(&inner)
    inner.refuseOthers()
    faults.add(inner.faults.below("/\(name)"))
    return result
  }

  /// Objects, each read by `read`; those that it gives nil for are left out. Nil when it is not there, or no array of objects.
  mutating func objects<Value>(
    _ name: String, countMax: Int, _ read: (inout DocumentReader) -> Value?
  ) -> [Value]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value, elements.count <= countMax else {
      fault(name, "is no array of at most \(countMax) objects")
      return nil
    }
    var values: [Value] = []
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element else {
        faults.add([name, String(index)], "is \(element.kind), not an object")
        continue
      }
      var inner = DocumentReader(members)
      if let value = read(&inner) { values.append(value) }
      inner.refuseOthers()
      faults.add(inner.faults.below("/\(name)/\(index)"))
    }
    return values
  }

  /// Strings, of which `isGood` holds.
  mutating func texts(
    _ name: String, count: ClosedRange<Int>, _ detail: String, _ isGood: (String) -> Bool
  ) -> [String]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value, count.contains(elements.count) else {
      fault(name, "is no array of \(count.lowerBound) to \(count.upperBound) strings")
      return nil
    }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      guard case .string(let text) = element, isGood(text) else {
        faults.add([name, String(index)], detail)
        continue
      }
      texts.append(text)
    }
    return texts
  }

  /// Call it behind all others: members that nobody asked for are faults, too.
  /// - Throws: every fault that was found, by place.
  mutating func finish() throws(Problem) {
    refuseOthers()
    guard faults.isEmpty else { throw Problem(faults) }
  }

  private mutating func refuseOthers() {
    for member in members where !known.contains(member.name) { fault(member.name, "is not known here") }
  }
}
