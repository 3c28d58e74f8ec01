/// A text that was read and found well-formed, as a flat tape of its values.
///
/// Reading makes one array of entries of 16 bytes and nothing per value; strings and numbers are decoded when they are
/// asked for. The text is kept for them and for places.
public struct Document: Sendable {
  let tape: Tape

  init(_ tape: Tape) { self.tape = tape }

  /// Reads JSON (RFC 8259), strictly: UTF-8 without a mark, no name twice in an object, no lone surrogates, one value.
  /// - Throws: the first fault of the text, with its place.
  /// - Complexity: O(bytes); O(n log n) in the members of an object.
  public init(json text: [UInt8], limits: DocumentLimits = .standard) throws(DocumentFault) {
    try TextLook.check(text, byteCountMax: limits.byteCountMax)
    self.init(try JSONReader.tape(of: text, limits))
  }

  public var root: DocumentNode { DocumentNode(tape, 0) }

  /// What was read, in UTF-8.
  public var text: [UInt8] { tape.text }

  /// How many values and names there are.
  public var valueCount: Int { tape.entries.count }

  public var value: JSONValue { root.value }
}

/// The entries of a document with the bytes that they speak of. Never changed once it is made, so it is shared freely.
final class Tape: Sendable {
  let text: [UInt8]
  /// Decoded strings, and numbers that are written otherwise than JSON writes them.
  let arena: [UInt8]
  /// At least one: the root.
  let entries: [TapeEntry]

  init(text: [UInt8], arena: [UInt8], entries: [TapeEntry]) {
    self.text = text
    self.arena = arena
    self.entries = entries
  }

  /// Where the bytes of a string or number are.
  func bytes(of entry: TapeEntry) -> [UInt8] { entry.isInArena ? arena : text }
}
