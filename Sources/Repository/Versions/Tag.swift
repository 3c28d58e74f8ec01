internal import Store

/// A name of a version that stays where it is.
public struct Tag: Hashable, Sendable {
  public let name: Slug
  public let version: VersionID
  public let actor: Actor
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Tag: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.shortText(name.text)
    row.bytes += version.bytes
    row.actor(actor)
    row.integer(time)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    name = try row.slug()
    version = VersionID(try row.digest())
    actor = try row.actor()
    time = try row.integer(Int64.self)
  }
}

extension Repository {
  /// Names a version of a document.
  /// - Throws: `tagTaken` when the document has such a name, also of the same version.
  public func tag(_ version: VersionID, as name: Slug, by caller: Caller) throws(RepositoryError) -> Tag {
    let document = try rows.version(version, as: caller.viewer).document
    return try change(document.tenant, by: caller) { set throws(RepositoryError) in
      let key = Self.key(name, of: document)
      if let other = try rows.value(Tag.self, .tags, key) { throw .tagTaken(other.version) }
      let tag = Tag(name: name, version: version, actor: caller.actor, time: caller.time)
      set.put(.tags, key, tag)
      set.log(.tagged, document, in: nil, version, name.text)
      return tag
    }
  }

  public func tag(_ name: Slug, of document: DocumentID, as viewer: Viewer) throws(RepositoryError) -> Tag {
    guard viewer.sees(document.tenant), let tag = try rows.value(Tag.self, .tags, Self.key(name, of: document)) else {
      throw .notFound(.tag)
    }
    return tag
  }

  /// The tags of a document by name.
  /// - Parameters:
  ///   - after: the name to go on behind.
  ///   - countMax: at most 1,000 are given.
  public func tags(
    of document: DocumentID, after: Slug? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(RepositoryError) -> [Tag] {
    guard viewer.sees(document.tenant) else { throw .notFound(.reference) }
    let start = after.map { Self.key($0, of: document) + [0] }
    return try rows.list(
      Tag.self, .tags, prefix: document.key + [0], from: start, countMax: try Self.pageCount(countMax)
    ).map(\.value)
  }

  private static func key(_ name: Slug, of document: DocumentID) -> [UInt8] {
    document.key + [0] + Array(name.text.utf8)
  }
}
