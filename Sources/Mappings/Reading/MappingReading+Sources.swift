import Documents

extension MappingReading {
  private enum Conversion: String, CaseIterable {
    case plain, text, integer, boolean, paise, rupees, instant, date
  }

  /// A value of the input: where it is, what it is read as, and what stands for it where there is none.
  mutating func source(_ reader: inout MemberReader, _ node: DocumentNode) -> MappingValue.Kind? {
    let path = path(node)
    let conversion = conversion(&reader, node)
    let table = reader.member("table").flatMap { table -> String? in
      guard let name = table.string, tables[name] != nil else {
        find("mapping.no-such-table", table, ["name": .string(table.string ?? "")])
        return nil
      }
      if conversion != .plain, conversion != .text { find("mapping.table-conversion", table) }
      return name
    }
    let isOptional = reader.flag("optional", &findings)
    var fallback: SourceRule.Fallback? = isOptional ? .nothing : nil
    if let other = reader.member("default") {
      switch other.kind {
      case .bool, .integer, .string: fallback = .value(other.value)
      case .null, .number, .array, .object:
        find("mapping.kind", other, ["wanted": "a text, an integer, true or false"])
      }
      if isOptional { find("mapping.optional-default", other) }
    }
    return path.map {
      .source(SourceRule(path: $0, conversion: conversion, table: table, fallback: fallback))
    }
  }

  mutating func conversion(_ reader: inout MemberReader, _ node: DocumentNode) -> TextConversion {
    let conversion = reader.word("as", &findings, Conversion.self) ?? .plain
    switch conversion {
    case .plain: return .plain
    case .text: return .text
    case .integer: return .integer
    case .boolean: return .boolean
    case .paise: return .paise(style(&reader))
    case .rupees: return .rupees(style(&reader))
    case .instant, .date:
      let pattern = reader.required("pattern", &findings)
      let zone = zone(&reader)
      guard let pattern else { return .plain }
      guard let read = pattern.string.flatMap({ DatePattern($0) }) else {
        find("mapping.pattern", pattern)
        return .plain
      }
      return conversion == .instant ? .instant(read, zone) : .date(read, zone)
    }
  }

  private mutating func style(_ reader: inout MemberReader) -> AmountStyle {
    var style = AmountStyle()
    style.places = Int(reader.integer("places", in: 0...4, &findings) ?? 2)
    style.hasGroups = reader.flag("groups", &findings)
    style.sign = reader.word("sign", &findings, AmountStyle.Sign.self) ?? .positive
    return style
  }

  private mutating func zone(_ reader: inout MemberReader) -> ClockZone {
    guard let node = reader.member("zone") else { return .india }
    guard let zone = node.string.flatMap({ ClockZone($0) }) else {
      find("mapping.zone", node)
      return .india
    }
    return zone
  }
}
