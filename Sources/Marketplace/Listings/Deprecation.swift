public import Repository

/// That a listing is no longer looked after.
public struct Deprecation: Hashable, Sendable {
  /// The listing to take instead; nil, too, for who may not see that one.
  public let successor: DocumentID?
  /// At most 500 bytes.
  public let message: String
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Deprecation {
  func write(to row: inout RowWriter) {
    row.optional(successor) { $0.document($1) }
    row.longText(message)
    row.integer(time)
  }

  init(from row: inout RowReader) throws(RowFault) {
    successor = try row.optional { (row) throws(RowFault) in try row.document() }
    message = try row.prose(0...Prose.byteCountMax)
    time = try row.time()
  }
}

extension Marketplace {
  /// Marks a listing as no longer looked after. It is still found and installed.
  ///
  /// - Parameters:
  ///   - successor: another listing that the caller sees.
  ///   - message: at most 500 bytes.
  public func deprecate(
    _ listing: DocumentID, successor: DocumentID? = nil, message: String, by caller: Caller
  ) throws(MarketplaceError) {
    guard Prose.isValid(message, byteCounts: 0...Prose.byteCountMax) else { throw .invalid(.text) }
    if let successor {
      guard successor != listing, try open(successor, as: caller.viewer) != nil else { throw .notFound(.successor) }
    }
    let mark = Deprecation(successor: successor, message: message, time: caller.time)
    try setDeprecation(mark, of: listing, successor.map { "by \($0)" } ?? "", by: caller)
  }

  /// Takes the mark away; there may be none.
  public func endDeprecation(of listing: DocumentID, by caller: Caller) throws(MarketplaceError) {
    try setDeprecation(nil, of: listing, "ended", by: caller)
  }

  private func setDeprecation(
    _ mark: Deprecation?, of listing: DocumentID, _ detail: String, by caller: Caller
  ) throws(MarketplaceError) {
    try changeOwn(listing, by: caller) { row, last, set throws(MarketplaceError) in
      row.deprecation = mark
      set.log(.deprecated, row.source, last.version, detail)
    }
  }
}
