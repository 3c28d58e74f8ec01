/// Writes the fields of a row.
package struct RowWriter {
  package var bytes: [UInt8]

  package init(format: UInt8) { bytes = [format] }

  package mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Behind its length in one byte.
  /// - Precondition: at most 255 bytes.
  package mutating func shortText(_ text: String) {
    precondition(text.utf8.count <= UInt8.max, "short texts are short")
    integer(UInt8(text.utf8.count))
    bytes += text.utf8
  }

  /// Behind its length in two bytes.
  /// - Precondition: at most 65,535 bytes.
  package mutating func longText(_ text: String) {
    precondition(text.utf8.count <= UInt16.max, "texts are bounded before they are written")
    integer(UInt16(text.utf8.count))
    bytes += text.utf8
  }

  package mutating func actor(_ actor: Actor) {
    integer(actor.kind.rawValue)
    shortText(actor.id)
  }

  package mutating func document(_ document: DocumentID) {
    integer(document.tenant.rawValue)
    shortText(document.kind.slug.text)
    shortText(document.name.text)
  }

  package mutating func reference(_ reference: Reference) {
    document(reference.document)
    shortText(reference.environment.text)
  }
}
