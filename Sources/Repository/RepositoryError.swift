public import Documents
public import Store

/// Why something was not done. Nothing was changed then, unless the store failed: see `store`.
public enum RepositoryError: Error, Hashable, Sendable {
  /// There is none, or it is not for the viewer's eyes.
  case notFound(Subject)
  /// It can be read but is not the viewer's to change.
  case notYours
  /// The reference is not where the caller thinks; nil when it is nowhere yet.
  case moved(current: VersionID?)
  /// The reference is at this version already, or the publisher has signed it.
  case alreadyThere
  case invalid(Field)
  case tooLarge(byteCountMax: Int)
  /// The text is no document.
  case document(DocumentFault)
  case illegalStep(from: Lifecycle.State, to: Lifecycle.State)
  /// Money can change, so it is for somebody else to approve.
  case needsOtherPerson(Conflict)
  /// As other documents are now, the version would not fit: what stands against it.
  case unmet(Findings)
  /// Another version of the reference becomes active at that time.
  case timeTaken(VersionID)
  /// Tags are not moved.
  case tagTaken(VersionID)
  /// One side has all that the other one has.
  case alreadyMerged
  /// The versions have no ancestor in common.
  case unrelated
  /// The answer lies further back than `RepositoryOptions` have one look.
  case walkTooLong
  /// The signature is not that of the key, or the key is none.
  case badSignature
  /// The publisher signs with another key.
  case otherKey
  case tooMany(Field)
  /// A row is not what was written.
  case damaged(CatalogTable)
  /// The catalog failed. Of a change it is not known then whether it was made; it was not made in part.
  case store(StoreError)

  public enum Subject: String, Sendable {
    case reference, version, value, tag, origin, publisher
  }

  public enum Field: String, Sendable {
    case message, time, kind, count, name, frontier, signatures, publisher
  }

  /// Whom the one who approves must not be.
  public enum Conflict: String, Sendable {
    /// Programs do not approve.
    case program
    case author
    case checker
  }
}
