public import Documents

/// A state of a document that was kept: what it says, where it comes from, who made it. Never changed, never deleted.
public struct Version: Hashable, Sendable {
  /// SHA-256 of the record.
  public let id: VersionID
  public let document: DocumentID
  public let body: Body
  /// None of a first version, two of a merge: its own side first.
  public let parents: [VersionID]
  /// 1 without ancestors, else greater than that of each of them.
  public let generation: UInt32
  public let author: Actor
  /// Milliseconds since 1970.
  public let time: Int64
  public let message: String
  public let label: Label?
  /// Whether it says of itself, or one before it did, that money can change by it.
  public let movesMoney: Bool
  /// Of a fork: what it was forked from, or what of it was merged last.
  public let origin: Origin?

  /// What a version is written in.
  public enum Syntax: UInt8, Sendable {
    case json = 0
    case yaml = 1
  }

  /// What it says: the same for all versions that say it in the same words.
  public struct Body: Hashable, Sendable {
    /// Of the canonical form.
    public let content: DocumentDigest
    /// Of the text as it was written.
    public let text: ByteDigest
    public let syntax: Syntax
  }

  /// A version of another document, and the reference to ask for what became of it.
  public struct Origin: Hashable, Sendable {
    public let version: VersionID
    public let reference: Reference
  }

  /// What a version is made of, its id aside.
  struct Fields {
    var document: DocumentID
    var body: Body
    var lineage: Lineage
    var author: Actor
    var time: Int64
    var message: String
    var label: Label?
  }

  init(_ fields: Fields) {
    document = fields.document
    body = fields.body
    parents = fields.lineage.parents
    generation = fields.lineage.generation
    movesMoney = fields.lineage.movesMoney
    origin = fields.lineage.origin
    author = fields.author
    time = fields.time
    message = fields.message
    label = fields.label
    id = VersionID(ByteDigest(of: fields.record))
  }

  /// What it was made from: its parents, or of a fork's first version the origin.
  var ancestors: [VersionID] { parents.isEmpty ? origin.map { [$0.version] } ?? [] : parents }
}
