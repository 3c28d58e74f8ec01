import LMDB

extension StoreError {
  /// What LMDB said, with the place where the store was working.
  init(_ error: LMDBError, at place: String) {
    let kind: Kind =
      switch error.kind {
      case .mapFull: .mapFull
      case .diskFull: .diskFull
      case .readersFull: .readersFull
      case .versionMismatch: .lmdbVersion
      case .invalidFile, .truncated, .corrupted, .missing: .damaged
      case .alreadyOpen: .alreadyOpen
      case .badSize: .outOfRange
      case .keyExists, .transactionTooLarge, .other: .inputOutput
      }
    let hint: String =
      switch error.kind {
      case .mapFull: "the map is full: open the store with a larger map size"
      case .diskFull: "the disk, or the limit on file size, is full"
      case .readersFull: "all reader slots are taken: too many readers, or readers that died"
      default: "the store's file gave an error"
      }
    self.init(kind, at: place, "\(hint): \(error.call): \(error.message)", code: error.code)
  }

  /// A system call's failure.
  init(errno code: Int32, call: String, at place: String) {
    let (kind, hint): (Kind, String) =
      isFull(code) ? (.diskFull, "the disk, or the limit on file size, is full") : (.inputOutput, "the system refused")
    self.init(kind, at: place, "\(hint): \(call): \(systemMessage(code))", code: code)
  }
}

/// Runs work on an environment. What LMDB throws in it becomes an error that names the place; the store's own errors,
/// which name theirs, pass through.
func at<R>(_ place: @autoclosure () -> String, _ body: () throws -> R) throws(StoreError) -> R {
  do {
    return try body()
  } catch let error as StoreError {
    throw error
  } catch let error as LMDBError {
    throw StoreError(error, at: place())
  } catch {
    // The bodies call LMDB and the store only, and both throw their own type.
    preconditionFailure("an error of an unknown type: \(error)")
  }
}
