extension JSONValue {
  /// The value as JSON for people: a line for each member and element, members in their order, two blanks a level. What has no values
  /// inside stands on one line.
  public var indentedText: String {
    var text = ""
    write(to: &text, margin: "")
    return text
  }

  private func write(to text: inout String, margin: String) {
    let inner = margin + "  "
    switch self {
    case .object(let object) where !object.isEmpty:
      text += "{"
      for (position, member) in object.enumerated() {
        text += "\(position == 0 ? "" : ",")\n\(inner)\(JSONValue.string(member.name).canonicalText): "
        member.value.write(to: &text, margin: inner)
      }
      text += "\n\(margin)}"
    case .array(let elements) where !elements.isEmpty:
      text += "["
      for (position, element) in elements.enumerated() {
        text += "\(position == 0 ? "" : ",")\n\(inner)"
        element.write(to: &text, margin: inner)
      }
      text += "\n\(margin)]"
    default: text += canonicalText
    }
  }
}
