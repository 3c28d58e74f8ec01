import Documents

/// YAML texts: arbitrary ones are refused with a place inside of them, or mean what their canonical text means.
///
/// Input: the text; what is not UTF-8 is replaced.
enum YAMLDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let text = String(decoding: bytes, as: UTF8.self)
    let document: Document
    do throws(DocumentFault) {
      document = try Document(yaml: text)
    } catch {
      try must(0...text.utf8.count ~= error.place.byteOffset, "a fault outside of the text")
      return
    }
    try JSONDocuments.keepsItsMeaning(document)
  }
}
