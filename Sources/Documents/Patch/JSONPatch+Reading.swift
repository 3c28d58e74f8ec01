extension JSONPatch {
  /// Reads a patch from its JSON form; members that no operation has are passed over, as the standard wants.
  public init(_ value: JSONValue) throws(JSONPatchFault) {
    guard let elements = value.array else { throw JSONPatchFault(.notAList, 0) }
    guard elements.count <= Self.operationCountMax else {
      throw JSONPatchFault(.tooManyOperations, Self.operationCountMax)
    }
    operations = []
    for (index, element) in elements.enumerated() {
      operations.append(try OperationReader(index, element).operation())
    }
  }

  /// The JSON form.
  public var value: JSONValue {
    .array(
      operations.map { operation in
        var object = JSONObject()
        object["op"] = .string(operation.name)
        if case .move(let from, _) = operation { object["from"] = .string(from.description) }
        if case .copy(let from, _) = operation { object["from"] = .string(from.description) }
        object["path"] = .string(operation.path.description)
        switch operation {
        case .add(_, let value), .replace(_, let value), .test(_, let value): object["value"] = value
        case .remove, .move, .copy: break
        }
        return .object(object)
      })
  }
}

/// Reads one operation.
private struct OperationReader {
  let index: Int
  let object: JSONObject
  let name: String

  init(_ index: Int, _ value: JSONValue) throws(JSONPatchFault) {
    guard let object = value.object, let name = object["op"]?.string else {
      throw JSONPatchFault(.notAnOperation, index)
    }
    self.index = index
    self.object = object
    self.name = name
  }

  func operation() throws(JSONPatchFault) -> JSONPatch.Operation {
    switch name {
    case "add": .add(try pointer("path"), try value())
    case "remove": .remove(try pointer("path"))
    case "replace": .replace(try pointer("path"), try value())
    case "move": .move(from: try pointer("from"), to: try pointer("path"))
    case "copy": .copy(from: try pointer("from"), to: try pointer("path"))
    case "test": .test(try pointer("path"), try value())
    default: throw JSONPatchFault(.notAnOperation, index, name)
    }
  }

  private func pointer(_ member: String) throws(JSONPatchFault) -> JSONPointer {
    guard let value = object[member] else { throw JSONPatchFault(.missingMember, index, name) }
    guard let pointer = value.string.flatMap({ JSONPointer($0) }) else {
      throw JSONPatchFault(.badPointer, index, name)
    }
    return pointer
  }

  private func value() throws(JSONPatchFault) -> JSONValue {
    guard let value = object["value"] else { throw JSONPatchFault(.missingMember, index, name) }
    return value
  }
}
