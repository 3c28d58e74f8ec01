/// Changes of a value, one after the other (RFC 6902).
public struct JSONPatch: Hashable, Sendable {
  public enum Operation: Hashable, Sendable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)
  }

  /// No more are read or applied.
  public static let operationCountMax = 10_000

  public var operations: [Operation]

  public init(_ operations: [Operation] = []) { self.operations = operations }
}

extension JSONPatch.Operation {
  /// As the member `op` has it.
  public var name: String {
    switch self {
    case .add: "add"
    case .remove: "remove"
    case .replace: "replace"
    case .move: "move"
    case .copy: "copy"
    case .test: "test"
    }
  }

  /// The place that it is about, `path` in the text.
  public var path: JSONPointer {
    switch self {
    case .add(let path, _), .remove(let path), .replace(let path, _), .move(_, let path), .copy(_, let path),
      .test(let path, _):
      path
    }
  }
}

/// Why a patch is none, or cannot be applied.
public struct JSONPatchFault: Error, Hashable, Sendable {
  public enum Code: String, CaseIterable, Sendable {
    case notAList = "patch.not-a-list"
    case notAnOperation = "patch.not-an-operation"
    case missingMember = "patch.missing-member"
    case badPointer = "patch.bad-pointer"
    case tooManyOperations = "patch.too-many-operations"
    case noSuchValue = "patch.no-such-value"
    case noSuchPosition = "patch.no-such-position"
    case testFailed = "patch.test-failed"
    case intoItself = "patch.into-itself"
    case rootRemoved = "patch.root-removed"
    case tooLarge = "patch.too-large"
    case tooDeep = "patch.too-deep"
  }

  public let code: Code
  /// Which operation, counted from 0.
  public let operation: Int
  /// Its name, as far as it is known.
  public let name: String
  /// What it is about, as far as it is known.
  public let pointer: JSONPointer

  init(_ code: Code, _ operation: Int, _ name: String = "", at pointer: JSONPointer = .root) {
    self.code = code
    self.operation = operation
    self.name = name
    self.pointer = pointer
  }
}

extension Finding {
  /// Why a patch cannot be used.
  public init(_ fault: JSONPatchFault) {
    self.init(
      fault.code.rawValue, at: fault.pointer,
      arguments: [
        "operation": .integer(Int64(fault.operation)), "name": .string(fault.name),
        "pointer": .string(fault.pointer.description),
      ])
  }
}
