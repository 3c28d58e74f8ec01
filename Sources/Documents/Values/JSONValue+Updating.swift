extension JSONValue {
  /// Calls `body` with the value that the tokens lead to, to change it in place; nothing on the way is copied.
  /// - Returns: nil when there is no such value.
  mutating func update<Result, Failure: Error>(
    at tokens: ArraySlice<String>, _ body: (inout JSONValue) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let token = tokens.first else { return try body(&self) }
    let rest = tokens.dropFirst()
    switch self {
    case .array(var elements):
      guard let index = JSONPointer.index(token), index < elements.count else { return nil }
      // Taken out for the time, so that there is one owner and no copy.
      self = .null
      defer { self = .array(elements) }
      return try elements[index].update(at: rest, body)
    case .object(var object):
      self = .null
      defer { self = .object(object) }
      return try object.update(token) { (value) throws(Failure) in try value.update(at: rest, body) } ?? nil
    default: return nil
    }
  }
}
