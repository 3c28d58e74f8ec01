/// A JSON value, written by hand: the report is small, and the tool needs no other JSON.
public enum JSONText: Sendable {
  case number(Double)
  case integer(Int)
  case string(String)
  case bool(Bool)
  case array([JSONText])
  /// Keys keep their order.
  case object([(String, JSONText)])

  /// The text, indented by two spaces a level.
  public var text: String {
    var out = ""
    write(to: &out, indent: "")
    return out
  }

  private func write(to out: inout String, indent: String) {
    switch self {
    case .number(let value): out += value.isFinite ? "\(value)" : "null"
    case .integer(let value): out += "\(value)"
    case .string(let value): Self.quote(value, to: &out)
    case .bool(let value): out += value ? "true" : "false"
    case .array(let values):
      Self.list(values.map { (nil, $0) }, "[", "]", to: &out, indent: indent)
    case .object(let members):
      Self.list(members.map { ($0.0, $0.1) }, "{", "}", to: &out, indent: indent)
    }
  }

  private static func list(
    _ members: [(String?, JSONText)], _ open: String, _ close: String, to out: inout String, indent: String
  ) {
    out += open
    let inner = indent + "  "
    for (index, (key, value)) in members.enumerated() {
      out += index == 0 ? "\n" : ",\n"
      out += inner
      if let key {
        quote(key, to: &out)
        out += ": "
      }
      value.write(to: &out, indent: inner)
    }
    if !members.isEmpty { out += "\n" + indent }
    out += close
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
