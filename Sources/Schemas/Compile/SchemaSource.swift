import Documents

/// A schema that is an object, as the compiler reads it: values of keywords, or a fault at the keyword.
struct SchemaSource {
  let object: JSONObject
  let place: SchemaPlace
  let base: String

  func fault(_ keyword: String) -> SchemaFault {
    SchemaFault(.wrongValue, in: base, at: place.pointer.appending(keyword), ["keyword": .string(keyword)])
  }

  /// A whole number from 0; one that no text or array can reach is as good as any other.
  func count(_ keyword: String) throws(SchemaFault) -> Int? {
    guard let value = object[keyword] else { return nil }
    guard let number = value.number, number.isWhole, !number.isNegative else { throw fault(keyword) }
    return number.integer.flatMap { Int(exactly: $0) } ?? .max
  }

  func number(_ keyword: String) throws(SchemaFault) -> JSONNumber? {
    guard let value = object[keyword] else { return nil }
    guard let number = value.number else { throw fault(keyword) }
    return number
  }

  func text(_ keyword: String) throws(SchemaFault) -> String? {
    guard let value = object[keyword] else { return nil }
    guard let text = value.string else { throw fault(keyword) }
    return text
  }

  func array(_ keyword: String) throws(SchemaFault) -> [JSONValue]? {
    guard let value = object[keyword] else { return nil }
    guard let array = value.array else { throw fault(keyword) }
    return array
  }

  func members(_ keyword: String) throws(SchemaFault) -> JSONObject? {
    guard let value = object[keyword] else { return nil }
    guard let members = value.object else { throw fault(keyword) }
    return members
  }

  func flag(_ keyword: String) throws(SchemaFault) -> Bool {
    guard let value = object[keyword] else { return false }
    guard let flag = value.bool else { throw fault(keyword) }
    return flag
  }

  func names(_ keyword: String) throws(SchemaFault) -> [String]? {
    guard let value = object[keyword] else { return nil }
    return try names(in: value, keyword)
  }

  /// The texts of an array that stands somewhere under a keyword.
  func names(in value: JSONValue, _ keyword: String) throws(SchemaFault) -> [String] {
    guard let array = value.array else { throw fault(keyword) }
    var names: [String] = []
    for element in array {
      guard let name = element.string else { throw fault(keyword) }
      names.append(name)
    }
    return names
  }

  func types() throws(SchemaFault) -> TypeSet? {
    guard let value = object["type"] else { return nil }
    var types: TypeSet = []
    let names = if let name = value.string { [name] } else { try names(in: value, "type") }
    for name in names {
      guard let named = TypeSet(named: name) else { throw fault("type") }
      types.formUnion(named)
    }
    return types
  }
}
