internal import Documents

/// A text with its canonical form, ready to be kept.
struct Content {
  let text: [UInt8]
  let canonical: [UInt8]
  let body: Version.Body

  /// - Throws: `tooLarge`, `document`.
  init(_ text: [UInt8], _ syntax: Version.Syntax) throws(RepositoryError) {
    guard text.count <= Draft.textByteCountMax else { throw .tooLarge(byteCountMax: Draft.textByteCountMax) }
    let canonical = try Self.read(text, syntax).canonicalBytes
    guard canonical.count <= Draft.contentByteCountMax else {
      throw .tooLarge(byteCountMax: Draft.contentByteCountMax)
    }
    self.init(text, syntax, canonical: canonical)
  }

  /// A value that was put together here; its text has the members in their order, which some kinds of documents live by.
  /// - Throws: `tooLarge`.
  init(_ value: JSONValue) throws(RepositoryError) {
    let (text, canonical) = (Array("\(value.indentedText)\n".utf8), value.canonicalBytes)
    guard text.count <= Draft.textByteCountMax else { throw .tooLarge(byteCountMax: Draft.textByteCountMax) }
    self.init(text, .json, canonical: canonical)
  }

  private init(_ text: [UInt8], _ syntax: Version.Syntax, canonical: [UInt8]) {
    self.text = text
    self.canonical = canonical
    body = Version.Body(
      content: DocumentDigest(canonical: canonical), text: ByteDigest(of: text), syntax: syntax)
  }

  static func read(_ text: [UInt8], _ syntax: Version.Syntax) throws(RepositoryError) -> Document {
    do throws(DocumentFault) {
      guard syntax == .yaml, let yaml = String(validating: text, as: UTF8.self) else {
        // What is no UTF-8 is refused by the strict reader, with its place.
        return try Document(json: text)
      }
      return try Document(yaml: yaml)
    } catch { throw .document(error) }
  }
}
