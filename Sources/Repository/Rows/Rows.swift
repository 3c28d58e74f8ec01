package import Documents
package import Store

/// Reads the repository's tables. Each read is of one moment; nothing waits for a writer.
package struct Rows: Sendable {
  package let catalog: any Catalog

  /// - Throws: `damaged`, `store`.
  package func value<Value: Row>(_: Value.Type, _ table: CatalogTable, _ key: [UInt8]) throws(RepositoryError) -> Value?
  {
    guard let bytes = try bytes(table, key) else { return nil }
    return try Self.decoded(bytes, table)
  }

  private func bytes(_ table: CatalogTable, _ key: [UInt8]) throws(RepositoryError) -> [UInt8]? {
    do throws(StoreError) { return try catalog.value(table, key: key) } catch { throw .store(error) }
  }

  /// Whether there is a row, without making a value of it.
  package func has(_ table: CatalogTable, _ key: [UInt8]) throws(RepositoryError) -> Bool {
    try bytes(table, key) != nil
  }

  /// Keys and values whose key begins with `prefix`, from `start` on.
  package func list<Value: Row>(
    _: Value.Type, _ table: CatalogTable, prefix: [UInt8], from start: [UInt8]? = nil, countMax: Int
  ) throws(RepositoryError) -> [(key: [UInt8], value: Value)] {
    var found: [(key: [UInt8], bytes: [UInt8])] = []
    let fault = scan(table, from: start ?? (prefix.isEmpty ? nil : prefix), countMax: countMax) { key, bytes in
      guard key.starts(with: prefix) else { return .stop }
      found.append((key, bytes))
      return .next
    }
    if let fault { throw .store(fault) }
    return try found.map { row throws(RepositoryError) in (row.key, try Self.decoded(row.bytes, table)) }
  }

  /// Visits keys and bytes.
  /// - Returns: what ended it before its time; all before was visited.
  package func scan(
    _ table: CatalogTable, from start: [UInt8]?, countMax: Int, _ visit: ([UInt8], [UInt8]) -> ReadStep
  ) -> StoreError? {
    do throws(StoreError) {
      // The bytes are copied inside the call.
      _ = try catalog.scan(table, from: start, countMax: countMax) { key, value in
        visit(key, unsafe value.withUnsafeBytes { unsafe Array($0) })
      }
      return nil
    } catch { return error }
  }

  private static func decoded<Value: Row>(_ bytes: [UInt8], _ table: CatalogTable) throws(RepositoryError) -> Value {
    do throws(RowFault) { return try Value(rowBytes: bytes) } catch { throw .damaged(table) }
  }

  // MARK: What is asked for often

  package func state(of reference: Reference) throws(RepositoryError) -> ReferenceState? {
    try value(ReferenceState.self, .documentReferences, reference.key)
  }

  package func lifecycle(of version: VersionID, at reference: Reference) throws(RepositoryError) -> Lifecycle? {
    try value(Lifecycle.self, .lifecycles, reference.key(of: version))
  }

  /// - Throws: `damaged` also when the record is not the one that the id is of.
  package func version(_ id: VersionID) throws(RepositoryError) -> Version? {
    guard let version = try value(Version.self, .versions, id.bytes) else { return nil }
    guard version.id == id else { throw .damaged(.versions) }
    return version
  }

  /// - Throws: `notFound` also when it is not for the viewer.
  package func version(_ id: VersionID, as viewer: Viewer) throws(RepositoryError) -> Version {
    guard let version = try version(id), viewer.sees(version.document.tenant) else { throw .notFound(.version) }
    return version
  }

  /// The canonical text, checked by its digest.
  package func content(_ digest: DocumentDigest) throws(RepositoryError) -> [UInt8] {
    guard let bytes = try value(Blob.self, .contents, digest.bytes)?.bytes, DocumentDigest(canonical: bytes) == digest
    else { throw .damaged(.contents) }
    return bytes
  }

  package func document(_ digest: DocumentDigest) throws(RepositoryError) -> Document {
    let bytes = try content(digest)
    // It was written by us: what is no document is damage.
    do throws(DocumentFault) { return try Document(json: bytes) } catch { throw .damaged(.contents) }
  }

  /// The text as it was written, checked by its digest.
  package func text(_ digest: ByteDigest) throws(RepositoryError) -> [UInt8] {
    guard let bytes = try value(Blob.self, .texts, digest.bytes)?.bytes, ByteDigest(of: bytes) == digest
    else { throw .damaged(.texts) }
    return bytes
  }
}
