internal import Documents

extension Version: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    var lineage = Lineage()
    (lineage.parents, lineage.generation) = (parents, generation)
    (lineage.movesMoney, lineage.origin) = (movesMoney, origin)
    Fields(
      document: document, body: body, lineage: lineage, author: author, time: time, message: message, label: label
    ).write(to: &row)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    let flags = try row.integer(UInt8.self)
    guard flags < 8, let syntax = Syntax(rawValue: try row.integer(UInt8.self)) else { throw RowFault() }
    var lineage = Lineage()
    lineage.movesMoney = flags & 1 != 0
    lineage.generation = try row.integer(UInt32.self)
    let time = try row.integer(Int64.self)
    let document = try row.document()
    guard let content = DocumentDigest(bytes: try row.take(DocumentDigest.byteCount)) else { throw RowFault() }
    let text = try row.digest()
    let parentCount = try row.integer(UInt8.self)
    guard parentCount <= 2 else { throw RowFault() }
    for _ in 0..<parentCount { lineage.parents.append(VersionID(try row.digest())) }
    let (author, message) = (try row.actor(), try row.longText())
    let label = flags & 2 != 0 ? Label(try row.shortText()) : nil
    guard (label != nil) == (flags & 2 != 0) else { throw RowFault() }
    if flags & 4 != 0 {
      lineage.origin = Origin(version: VersionID(try row.digest()), reference: try row.reference())
    }
    self.init(
      Fields(
        document: document, body: Body(content: content, text: text, syntax: syntax), lineage: lineage, author: author,
        time: time, message: message, label: label))
  }
}

extension Version.Fields {
  /// ```
  /// format u8, flags u8 (1 moves money, 2 has a label, 4 has an origin), syntax u8, generation u32, time i64,
  /// document, content 32 bytes, text 32 bytes, parents: count u8 and 32 bytes each, author, message: length u16,
  /// label, origin: version 32 bytes and reference
  /// ```
  func write(to row: inout RowWriter) {
    let flags: UInt8 = (lineage.movesMoney ? 1 : 0) | (label == nil ? 0 : 2) | (lineage.origin == nil ? 0 : 4)
    row.integer(flags)
    row.integer(body.syntax.rawValue)
    row.integer(lineage.generation)
    row.integer(time)
    row.document(document)
    row.bytes += body.content.bytes
    row.bytes += body.text.bytes
    row.integer(UInt8(truncatingIfNeeded: lineage.parents.count))
    for parent in lineage.parents { row.bytes += parent.bytes }
    row.actor(author)
    row.longText(message)
    if let label { row.shortText(label.text) }
    if let origin = lineage.origin {
      row.bytes += origin.version.bytes
      row.reference(origin.reference)
    }
  }

  /// What the id is the digest of, and what is kept.
  var record: [UInt8] {
    var row = RowWriter(format: Version.format)
    write(to: &row)
    return row.bytes
  }
}
