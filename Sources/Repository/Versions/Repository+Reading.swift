public import Documents
internal import Store

/// Names of documents, and where their references are.
public struct NamePage: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public let name: DocumentName
    public let state: ReferenceState
  }

  public let entries: [Entry]
  /// The name to go on behind; nil at the end.
  public let next: DocumentName?
}

extension Repository {
  /// - Throws: `notFound` also when it is not for the viewer.
  public func state(of reference: Reference, as viewer: Viewer) throws(RepositoryError) -> ReferenceState {
    guard viewer.sees(reference.tenant), let state = try rows.state(of: reference) else { throw .notFound(.reference) }
    return state
  }

  /// - Throws: `notFound` also when it is not for the viewer.
  public func version(_ id: VersionID, as viewer: Viewer) throws(RepositoryError) -> Version {
    try rows.version(id, as: viewer)
  }

  /// What a version says.
  public func document(of id: VersionID, as viewer: Viewer) throws(RepositoryError) -> Document {
    try rows.document(try rows.version(id, as: viewer).body.content)
  }

  /// What a version says, in canonical form.
  public func content(of id: VersionID, as viewer: Viewer) throws(RepositoryError) -> [UInt8] {
    try rows.content(try rows.version(id, as: viewer).body.content)
  }

  /// What a version says, with members in the order in which its author wrote them: the canonical form has lost it.
  public func authored(_ id: VersionID, as viewer: Viewer) throws(RepositoryError) -> Document {
    try authored(try rows.version(id, as: viewer))
  }

  func authored(_ version: Version) throws(RepositoryError) -> Document {
    try Content.read(try rows.text(version.body.text), version.body.syntax)
  }

  /// What a version says, as it was written.
  public func text(of id: VersionID, as viewer: Viewer) throws(RepositoryError) -> [UInt8] {
    try rows.text(try rows.version(id, as: viewer).body.text)
  }

  /// Names of a tenant's documents of a kind in an environment, in the order of their bytes.
  ///
  /// - Parameters:
  ///   - prefix: what the names begin with: of a folder `folder/`.
  ///   - after: the name to go on behind.
  ///   - countMax: at most 1,000 are given.
  /// - Throws: `notFound` when the tenant is not for the viewer.
  public func names(
    of tenant: Tenant, in environment: Slug, _ kind: DocumentKind, prefix: String = "", after: DocumentName? = nil,
    countMax: Int = 100, as viewer: Viewer
  ) throws(RepositoryError) -> NamePage {
    guard viewer.sees(tenant) else { throw .notFound(.reference) }
    guard prefix.utf8.count <= Self.prefixByteCountMax else { throw .invalid(.name) }
    let countMax = try Self.pageCount(countMax)
    let key = Reference.key(tenant, environment, kind)
    let (first, last) = (key + Array(prefix.utf8), after.map { key + Array($0.text.utf8) + [0] })
    let start = last.map { first.lexicographicallyPrecedes($0) ? $0 : first } ?? first
    // One more tells whether there are more.
    let found = try rows.list(
      ReferenceState.self, .documentReferences, prefix: first, from: start, countMax: countMax + 1)
    var entries: [NamePage.Entry] = []
    for row in found.prefix(countMax) {
      guard let name = DocumentName(String(decoding: row.key.dropFirst(key.count), as: UTF8.self)) else {
        throw .damaged(.documentReferences)
      }
      entries.append(NamePage.Entry(name: name, state: row.value))
    }
    return NamePage(entries: entries, next: found.count > countMax ? entries.last?.name : nil)
  }

  /// No name is longer.
  private static let prefixByteCountMax = DocumentName.partCountMax * (Slug.byteCountMax + 1)

  /// - Throws: `invalid` for none or fewer.
  package static func pageCount(_ asked: Int) throws(RepositoryError) -> Int {
    guard asked > 0 else { throw .invalid(.count) }
    return min(asked, pageCountMax)
  }

  func head(of reference: Reference, as viewer: Viewer) throws(RepositoryError) -> VersionID {
    try state(of: reference, as: viewer).head
  }
}
