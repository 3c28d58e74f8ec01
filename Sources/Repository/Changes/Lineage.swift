/// What a version has from those that it is made from.
struct Lineage {
  var parents: [VersionID] = []
  var generation: UInt32 = 1
  var movesMoney = false
  var origin: Version.Origin?

  /// Of a document's first version.
  init() {}

  /// Behind one version.
  init(after head: Version) {
    parents = [head.id]
    generation = Self.generation(after: [head])
    movesMoney = head.movesMoney
    origin = head.origin
  }

  /// Of a fork.
  init(forkOf version: Version, at reference: Reference) {
    generation = Self.generation(after: [version])
    movesMoney = version.movesMoney
    origin = Version.Origin(version: version.id, reference: reference)
  }

  /// Behind two versions. A version of what this is a fork of becomes its origin: up to there it has all.
  /// - Throws: `alreadyMerged` for a version with itself, `invalid` for another kind of document, `notFound` for one
  ///   that the document's tenant does not see.
  init(after head: Version, merging other: Version, _ rows: Rows) throws(RepositoryError) {
    guard Viewer.tenant(head.document.tenant).sees(other.document.tenant) else { throw .notFound(.version) }
    guard head.document.kind == other.document.kind else { throw .invalid(.kind) }
    guard head.id != other.id else { throw .alreadyMerged }
    self.init(after: head)
    parents.append(other.id)
    generation = Self.generation(after: [head, other])
    movesMoney = head.movesMoney || other.movesMoney
    guard let own = head.origin else { return }
    if other.document == own.reference.document {
      origin = Version.Origin(version: other.id, reference: own.reference)
    } else if let others = other.origin, others.reference == own.reference, others.version != own.version,
      let mine = try rows.version(own.version), let theirs = try rows.version(others.version),
      mine.generation < theirs.generation
    {
      origin = others
    }
  }

  private static func generation(after versions: [Version]) -> UInt32 {
    UInt32(clamping: Int(versions.map(\.generation).max() ?? 0) + 1)
  }
}
