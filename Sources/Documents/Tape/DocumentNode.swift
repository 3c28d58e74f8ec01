/// One value of a document, or the name of a member.
///
/// A small reference into the document's tape; it keeps the document alive.
public struct DocumentNode: Sendable {
  public enum Kind: Sendable {
    case null, bool, integer, number, string, array, object
  }

  let tape: Tape
  let index: Int
  let entry: TapeEntry

  init(_ tape: Tape, _ index: Int) {
    self.tape = tape
    self.index = index
    entry = tape.entries[index]
  }

  public var kind: Kind {
    switch entry.plainKind {
    case .null: .null
    case .bool: .bool
    case .integer: .integer
    case .number, .arenaNumber: .number
    case .string, .arenaString: .string
    case .array: .array
    case .object: .object
    }
  }

  public var isNull: Bool { entry.plainKind == .null }

  public var bool: Bool? { entry.plainKind == .bool ? entry.low != 0 : nil }

  /// Of a whole number that fits, however it is written.
  public var integer: Int64? { entry.plainKind == .integer ? entry.integer : nil }

  /// Of any number. Allocates; `integer` does not.
  public var number: JSONNumber? {
    switch entry.plainKind {
    case .integer: JSONNumber(entry.integer)
    case .number: withBytes { JSONNumber($0) }
    default: nil
    }
  }

  /// Decoded. Allocates unless short; comparing with `isString` does not.
  public var string: String? {
    guard entry.plainKind == .string else { return nil }
    // The reader has checked them.
    return String(decoding: tape.bytes(of: entry)[entry.bytes], as: UTF8.self)
  }

  /// How many elements an array has, or members an object; 0 of anything else.
  public var count: Int {
    switch entry.plainKind {
    case .array, .object: entry.count
    default: 0
    }
  }

  public var value: JSONValue {
    switch entry.plainKind {
    case .null: return .null
    case .bool: return .bool(entry.low != 0)
    case .integer: return .integer(entry.integer)
    case .number, .arenaNumber: return number.map { JSONValue($0) } ?? .null
    case .string, .arenaString: return .string(string ?? "")
    case .array: return .array(elements.map(\.value))
    case .object:
      var object = JSONObject()
      for member in members { object[member.name.string ?? ""] = member.value.value }
      return .object(object)
    }
  }
}
