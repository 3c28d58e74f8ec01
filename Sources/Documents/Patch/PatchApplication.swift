/// A value while operations change it.
struct PatchApplication {
  /// Why an operation failed, before it is known which one it is.
  struct Refusal: Error {
    let code: JSONPatchFault.Code
    let pointer: JSONPointer

    init(_ code: JSONPatchFault.Code, _ pointer: JSONPointer) {
      self.code = code
      self.pointer = pointer
    }
  }

  /// Elements that are moved along when one is put in or taken out cost this much less than values.
  private static let shiftedPerUnit = 64

  private(set) var value: JSONValue
  private let limits: DocumentLimits
  /// Of the work that the limits allow.
  private var spent = 0

  init(_ value: JSONValue, _ limits: DocumentLimits) {
    self.value = value
    self.limits = limits
  }

  mutating func perform(_ operation: JSONPatch.Operation) throws(Refusal) {
    switch operation {
    case .add(let path, let new): try add(new, at: path)
    case .remove(let path): try remove(path)
    case .replace(let path, let new): try replace(path, new)
    case .move(let from, let to):
      guard from == to || !from.isPrefix(of: to) else { throw Refusal(.intoItself, to) }
      let moved = try find(from)
      guard from != to else { return }
      try remove(from)
      try add(moved, at: to)
    case .copy(let from, let to): try add(try find(from), at: to)
    case .test(let path, let expected):
      try charge(expected.valueCount(upTo: limits.valueCountMax), at: path)
      guard try find(path) == expected else { throw Refusal(.testFailed, path) }
    }
  }

  private func find(_ path: JSONPointer) throws(Refusal) -> JSONValue {
    guard let found = value.value(at: path) else { throw Refusal(.noSuchValue, path) }
    return found
  }

  private mutating func add(_ new: JSONValue, at path: JSONPointer) throws(Refusal) {
    try charge(new, at: path)
    guard let token = path.tokens.last else {
      value = new
      return
    }
    let shifted = try updateContainer(of: path) { (container) throws(Refusal) in
      switch container {
      case .array(var elements):
        guard let index = token == "-" ? elements.count : JSONPointer.index(token), index <= elements.count else {
          throw Refusal(.noSuchPosition, path)
        }
        container = .null
        elements.insert(new, at: index)
        container = .array(elements)
        return elements.count - index
      case .object(var object):
        container = .null
        object[token] = new
        container = .object(object)
        return 0
      default: throw Refusal(.noSuchValue, path)
      }
    }
    try charge(shifted / Self.shiftedPerUnit, at: path)
  }

  private mutating func remove(_ path: JSONPointer) throws(Refusal) {
    guard let token = path.tokens.last else { throw Refusal(.rootRemoved, path) }
    let shifted = try updateContainer(of: path) { (container) throws(Refusal) in
      switch container {
      case .array(var elements):
        guard let index = JSONPointer.index(token), index < elements.count else { throw Refusal(.noSuchValue, path) }
        container = .null
        elements.remove(at: index)
        container = .array(elements)
        return elements.count - index
      case .object(var object):
        guard let position = object.position(of: token) else { throw Refusal(.noSuchValue, path) }
        container = .null
        object[token] = nil
        container = .object(object)
        // Each one behind has its place in a table.
        return (object.count - position) * 16
      default: throw Refusal(.noSuchValue, path)
      }
    }
    try charge(shifted / Self.shiftedPerUnit, at: path)
  }

  private mutating func replace(_ path: JSONPointer, _ new: JSONValue) throws(Refusal) {
    try charge(new, at: path)
    let isDone: Void? = value.update(at: path.tokens[...]) { $0 = new }
    guard isDone != nil else { throw Refusal(.noSuchValue, path) }
  }

  /// Calls `body` with the array or object that the path's last token is a place of.
  private mutating func updateContainer(
    of path: JSONPointer, _ body: (inout JSONValue) throws(Refusal) -> Int
  ) throws(Refusal) -> Int {
    guard let result = try value.update(at: path.tokens.dropLast(), body) else { throw Refusal(.noSuchValue, path) }
    return result
  }

  /// For a value that is put somewhere: its size, and how deep it will lie.
  private mutating func charge(_ new: JSONValue, at path: JSONPointer) throws(Refusal) {
    let depthMax = limits.depthMax - path.tokens.count
    guard depthMax >= 0, new.depth(upTo: depthMax) <= depthMax else { throw Refusal(.tooDeep, path) }
    try charge(new.valueCount(upTo: limits.valueCountMax), at: path)
  }

  private mutating func charge(_ work: Int, at path: JSONPointer) throws(Refusal) {
    spent += work
    guard spent < limits.valueCountMax else { throw Refusal(.tooLarge, path) }
  }
}
