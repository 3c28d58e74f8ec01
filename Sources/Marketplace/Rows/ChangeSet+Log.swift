internal import Repository

// The log names documents and versions. What is neither stands in it as if it were: by a kind and a name, and by the
// digest of what it is about.

extension DocumentKind {
  static let publisher = Slug("publisher").map { DocumentKind($0) }
  static let usage = Slug("usage").map { DocumentKind($0) }
}

extension ChangeSet {
  /// An entry about a version of a listing.
  mutating func log(
    _ action: LogEntry.Action, _ source: Reference, _ version: VersionID, _ detail: String = ""
  ) {
    log(action, source.document, in: source.environment, version, detail)
  }

  /// An entry about a publisher: for the version stands the digest of the public key.
  mutating func log(_ action: LogEntry.Action, _ publisher: Publisher, _ detail: String) {
    guard let kind = DocumentKind.publisher, let name = DocumentName(publisher.id.text) else {
      preconditionFailure("a slug is a name")
    }
    let subject = DocumentID(publisher.tenant, kind, name)
    log(action, subject, in: nil, VersionID(ByteDigest(of: publisher.publicKey)), detail)
  }

  /// An entry about a stretch of the log of contracts: for the version stands the digest of what was counted.
  mutating func log(_ stretch: LogStretch, _ uses: ByteDigest) {
    guard let kind = DocumentKind.usage, let name = DocumentName("contracts") else {
      preconditionFailure("a slug is a name")
    }
    let subject = DocumentID(.platform, kind, name)
    log(.counted, subject, in: nil, VersionID(uses), "\(stretch.after) \(stretch.through)")
  }
}
