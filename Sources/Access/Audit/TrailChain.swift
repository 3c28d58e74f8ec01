/// Whether rows of an audit trail are as they were written: each carries a digest of itself and of the row before it in its list, so none
/// can be changed, taken out or put in between without all later ones being written anew, and that shows to whoever kept a later digest.
///
/// ```swift
/// var chain = TrailChain(kept: [17: digest])
/// for event in events { try chain.add(event) }
/// let verdict = try chain.verdict()
/// ```
public struct TrailChain: Sendable {
  /// What the rows come to.
  public struct Verdict: Hashable, Sendable {
    /// Rows whose digest was recomputed.
    public var sound = 0
    /// Rows of before there were digests.
    public var unchained = 0
    /// Number and digest of the newest row of each list: to be kept elsewhere.
    public var newest: [UInt64: String] = [:]
    /// Kept digests that were found, and those of rows that went for their age.
    public var found = 0
    public var gone = 0
  }

  private struct End {
    var number: UInt64
    var digest: String
  }
  /// By whether a list is that of decisions.
  private var ends: [Bool: End] = [:]
  private var firsts: [Bool: UInt64] = [:]
  private var kept: [UInt64: String]
  private var last: UInt64 = 0
  private var state = Verdict()

  /// - Parameter kept: digests that somebody kept, by number of their row.
  public init(kept: [UInt64: String] = [:]) { self.kept = kept }

  /// The digest of a row behind the one with digest `previous`; nil for the first of its list.
  static func digest(of event: AuditEvent, behind previous: String?) -> String {
    var event = event
    event.chain = nil
    return hexDigest(Array((previous ?? "").utf8) + encodeRow(event))
  }

  /// Looks at the next row, in order of numbers. The first one of each list is taken as it is, if rows before it are gone.
  ///
  /// - Throws: `store`, with the number of the row that is not as it was written.
  public mutating func add(_ event: AuditEvent) throws(AccessError) {
    guard event.number > last else {
      throw AccessError(.store, "row \(event.number) comes behind row \(last)")
    }
    last = event.number
    if firsts[event.isDecision] == nil { firsts[event.isDecision] = event.number }
    let end = ends[event.isDecision]
    guard let digest = event.chain else {
      guard end == nil else { throw AccessError(.store, "row \(event.number) has lost its digest") }
      state.unchained += 1
      return
    }
    let isSound = digest == Self.digest(of: event, behind: end?.digest)
    if isSound { state.sound += 1 }
    // The first one of a list may stand behind rows that are gone.
    guard isSound || end == nil else {
      throw AccessError(
        .store, "row \(event.number), or one between it and row \(end?.number ?? 0), is not as it was written")
    }
    ends[event.isDecision] = End(number: event.number, digest: digest)
    guard let own = kept.removeValue(forKey: event.number) else { return }
    guard own == digest else {
      throw AccessError(.store, "row \(event.number) has another digest than the one that was kept")
    }
    state.found += 1
  }

  /// What all rows come to.
  ///
  /// - Throws: `store` when a row is gone whose digest was kept, and which is not among those that went for their age.
  public func verdict() throws(AccessError) -> Verdict {
    let oldest = firsts.values.max() ?? 0
    if let missing = kept.keys.filter({ $0 >= oldest }).min() {
      throw AccessError(.store, "row \(missing) is gone, whose digest was kept")
    }
    var verdict = state
    verdict.gone = kept.count
    for end in ends.values { verdict.newest[end.number] = end.digest }
    return verdict
  }
}
