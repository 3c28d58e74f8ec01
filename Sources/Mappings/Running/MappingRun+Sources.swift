import Documents

extension MappingRun {
  /// A value of the input.
  mutating func source(_ source: SourceRule, _ pointer: JSONPointer) -> Outcome {
    let found = nodes(at: source.path)
    guard mayGoOn(at: pointer) else { return .failed }
    guard found.count <= 1 else {
      find("value.several", pointer, at: found[1], ["count": .integer(Int64(found.count))])
      return .failed
    }
    guard let node = found.first, !isNothing(node) else {
      switch source.fallback {
      case .nothing: return .absent
      case .value(let value): return .value(value)
      case nil:
        find("value.missing", pointer, at: found.first, ["wanted": .string(source.path.text)])
        return .failed
      }
    }
    guard let table = source.table else { return scalar(of: node, source.conversion, pointer) }
    guard case .value(.string(let word)) = scalar(of: node, .text, pointer) else { return .failed }
    guard let meaning = mapping.tables[table]?[word] else {
      find("value.no-such-word", pointer, at: node, ["table": .string(table)])
      return .failed
    }
    return .value(meaning)
  }

  /// Whether there is nothing: null, or a text of blanks alone.
  private func isNothing(_ node: Int) -> Bool {
    let own = tree.nodes[node]
    switch own.kind {
    case .null: return true
    case .text: return Self.trimmed(own.text).isEmpty
    case .object: return isLeaf(node) && Self.trimmed(own.text).isEmpty
    case .list, .number, .bool: return false
    }
  }

  /// Whether it may have a text: an element of XML without elements in it. Attributes do not matter.
  private func isLeaf(_ node: Int) -> Bool {
    guard !tree.nodes[0].name.isEmpty else { return false }
    var child = tree.nodes[node].firstChild
    while child >= 0 {
      guard tree.nodes[Int(child)].name.utf8.first == 0x40 else { return false }
      child = tree.nodes[Int(child)].next
    }
    return true
  }

  /// A node's own value.
  mutating func scalar(of node: Int, _ conversion: TextConversion, _ pointer: JSONPointer) -> Outcome {
    let own = tree.nodes[node]
    guard own.kind != .list, own.kind != .object || isLeaf(node), own.kind != .null else {
      find("value.no-text", pointer, at: node)
      return .failed
    }
    let text = Self.trimmed(own.text)
    switch conversion {
    case .plain:
      switch own.kind {
      case .number: return JSONNumber(own.text).map { .value(JSONValue($0)) } ?? .failed
      case .bool: return .value(.bool(own.text == "true"))
      default: return .value(.string(own.text))
      }
    case .text: return .value(.string(text))
    case .integer:
      // No more than digits: `Int64` would take a plus as well.
      if let number = Int64(text), text.utf8.first != 0x2B { return .value(.integer(number)) }
      return fail("value.not-integer", pointer, node)
    case .boolean:
      if text == "true" || text == "false" { return .value(.bool(text == "true")) }
      return fail("value.not-boolean", pointer, node)
    case .paise(let style):
      do throws(DecimalText.Fault) { return .value(.integer(try DecimalText.minorUnits(text, style))) } catch {
        return fail(error.rawValue, pointer, node, ["places": .integer(Int64(style.places))])
      }
    case .rupees(let style):
      guard let number = Int64(text) else { return fail("value.not-integer", pointer, node) }
      do throws(DecimalText.Fault) { return .value(.string(try DecimalText.text(number, style))) } catch {
        return fail(error.rawValue, pointer, node)
      }
    case .instant(let pattern, let zone):
      guard let local = pattern.milliseconds(of: text), let instant = InstantText.text(local - zone.milliseconds) else {
        return fail("value.not-date", pointer, node, ["pattern": .string(pattern.text)])
      }
      return .value(.string(instant))
    case .date(let pattern, let zone):
      guard let instant = InstantText.milliseconds(text), let date = pattern.text(of: instant + zone.milliseconds)
      else {
        return fail("value.not-instant", pointer, node)
      }
      return .value(.string(date))
    }
  }

  private mutating func fail(
    _ code: String, _ pointer: JSONPointer, _ node: Int, _ arguments: [String: JSONValue] = [:]
  ) -> Outcome {
    find(code, pointer, at: node, arguments)
    return .failed
  }

  /// Without blanks, tabulators and ends of lines around it.
  private static func trimmed(_ text: String) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, isBlank(first) || isBlank(last) else { return text }
    guard let start = bytes.firstIndex(where: { !isBlank($0) }), let end = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(text[start...end])
  }
}
