extension DocumentNode {
  /// The elements of an array in order; none of anything else.
  public var elements: DocumentElements {
    DocumentElements(tape, entry.plainKind == .array ? index + 1..<entry.next : 0..<0)
  }

  /// The members of an object in the order of the text; none of anything else.
  public var members: DocumentMembers {
    DocumentMembers(tape, entry.plainKind == .object ? index + 1..<entry.next : 0..<0)
  }

  /// The value of a member.
  /// - Complexity: O(members); it compares bytes and allocates nothing.
  public func member(_ name: String) -> DocumentNode? {
    let name = name.utf8Span.span
    return member(name)
  }

  /// The value of the member whose name has these bytes.
  public func member(_ name: Span<UInt8>) -> DocumentNode? {
    guard entry.plainKind == .object else { return nil }
    var position = index + 1
    while position < entry.next {
      if tape.isString(at: position, name) { return DocumentNode(tape, position + 1) }
      position = tape.entries[position + 1].next
    }
    return nil
  }

  /// The element of an array at a position, counted from 0.
  /// - Complexity: O(position).
  public func element(_ position: Int) -> DocumentNode? {
    guard entry.plainKind == .array, 0..<entry.count ~= position else { return nil }
    var current = index + 1
    for _ in 0..<position { current = tape.entries[current].next }
    return DocumentNode(tape, current)
  }

  /// The node that a pointer leads to.
  public func node(at pointer: JSONPointer) -> DocumentNode? {
    var node = self
    for token in pointer.tokens {
      let inner = node.kind == .array ? JSONPointer.index(token).flatMap(node.element) : node.member(token)
      guard let inner else { return nil }
      node = inner
    }
    return node
  }

  /// Whether this is a string of exactly these bytes. Allocates nothing.
  public func isString(_ bytes: Span<UInt8>) -> Bool {
    entry.plainKind == .string && tape.isString(at: index, bytes)
  }

  /// Whether this is a string of exactly these code points. Allocates nothing.
  public func isString(_ text: String) -> Bool {
    let bytes = text.utf8Span.span
    return isString(bytes)
  }

  /// Gives the bytes of a string, decoded, or the digits of a number that is no `integer`. Nothing of anything else.
  public func withBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let hasBytes = entry.plainKind == .string || entry.plainKind == .number
    let bytes = hasBytes ? tape.bytes(of: entry) : []
    return try body(bytes.span.extracting(hasBytes ? entry.bytes : 0..<0))
  }
}

extension Tape {
  /// - Precondition: the entry is a string.
  func isString(at index: Int, _ bytes: Span<UInt8>) -> Bool {
    let entry = entries[index]
    guard Int(entry.high) == bytes.count else { return false }
    let own = self.bytes(of: entry)
    let start = entry.bytes.lowerBound
    for position in bytes.indices where own[start + position] != bytes[position] { return false }
    return true
  }
}

/// The elements of an array.
public struct DocumentElements: Sequence, IteratorProtocol, Sendable {
  private let tape: Tape
  private var position: Int
  private let end: Int

  init(_ tape: Tape, _ range: Range<Int>) {
    self.tape = tape
    position = range.lowerBound
    end = range.upperBound
  }

  public mutating func next() -> DocumentNode? {
    guard position < end else { return nil }
    let node = DocumentNode(tape, position)
    position = node.entry.next
    return node
  }
}

/// The members of an object: name and value.
public struct DocumentMembers: Sequence, IteratorProtocol, Sendable {
  private let tape: Tape
  private var position: Int
  private let end: Int

  init(_ tape: Tape, _ range: Range<Int>) {
    self.tape = tape
    position = range.lowerBound
    end = range.upperBound
  }

  public mutating func next() -> (name: DocumentNode, value: DocumentNode)? {
    guard position < end else { return nil }
    let (name, value) = (DocumentNode(tape, position), DocumentNode(tape, position + 1))
    position = value.entry.next
    return (name, value)
  }
}
