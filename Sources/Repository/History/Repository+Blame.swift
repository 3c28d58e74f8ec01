public import Documents

extension Repository {
  /// The version that last changed the value at a place.
  ///
  /// The value is followed back as long as an ancestor has the same one: through elements of lists by their keys,
  /// through other lists by position, of a merge to the side that it is from, from a fork into its origin.
  ///
  /// Looks at `options.walkCountMax` versions and `options.blameByteCountMax` bytes at most.
  /// - Throws: `notFound` also when there is no such value; `walkTooLong`.
  public func blame(
    _ pointer: JSONPointer, in id: VersionID, as viewer: Viewer
  ) throws(RepositoryError) -> Version {
    var version = try rows.version(id, as: viewer)
    let root = try rows.document(version.body.content).value
    guard let value = root.value(at: pointer) else { throw .notFound(.value) }
    var search = ValueSearch(
      path: StablePath(of: pointer, in: root), value: value, rows: rows, byteCountMax: options.blameByteCountMax)
    for _ in 0..<options.walkCountMax {
      var earlier: Version?
      for ancestor in try visible(version.ancestors, as: viewer) where earlier == nil {
        var isSame = ancestor.body.content == version.body.content
        if !isSame { isSame = try search.isFound(in: ancestor) }
        if isSame { earlier = ancestor }
      }
      guard let earlier else { return version }
      version = earlier
    }
    throw .walkTooLong
  }
}

/// Looks for a value at its place in contents.
private struct ValueSearch {
  let path: StablePath
  let value: JSONValue
  let rows: Rows
  private var byteCountLeft: Int

  init(path: StablePath, value: JSONValue, rows: Rows, byteCountMax: Int) {
    self.path = path
    self.value = value
    self.rows = rows
    byteCountLeft = byteCountMax
  }

  mutating func isFound(in version: Version) throws(RepositoryError) -> Bool {
    let document = try rows.document(version.body.content)
    byteCountLeft -= document.text.count
    guard byteCountLeft >= 0 else { throw .walkTooLong }
    let root = document.value
    return path.pointer(in: root).flatMap { root.value(at: $0) } == value
  }
}

extension StablePath {
  /// The path of a place: elements by their keys where all in their list have one of their own.
  init(of pointer: JSONPointer, in root: JSONValue) {
    var (steps, value): ([Step], JSONValue?) = ([], root)
    for token in pointer.tokens {
      let inner = value?.value(at: JSONPointer([token]))
      if let elements = value?.array {
        let keys = elements.compactMap { ElementKey(of: $0) }
        let isKeyed = keys.count == elements.count && Set(keys).count == keys.count
        if isKeyed, let key = inner.flatMap({ ElementKey(of: $0) }) {
          steps.append(.element(key))
        } else {
          steps.append(.position(Int(token) ?? 0))
        }
      } else {
        steps.append(.member(token))
      }
      value = inner
    }
    self.init(steps)
  }
}
