/// Whether rows of an audit trail are as they were written: each carries a digest of itself and of the row before it in its list, so none
/// can be changed, taken out or put in between without all later ones being written anew, and that shows to whoever kept a later digest.
///
/// ```swift
/// var chain = TrailChain(kept: [kept])
/// for event in events { try chain.add(event) }
/// let verdict = try chain.verdict()
/// ```
public struct TrailChain: Sendable {
  /// A row's digest, as somebody keeps it elsewhere.
  public struct Kept: Hashable, Sendable {
    /// Whether it is in the list of decisions.
    public var isDecision: Bool
    public var number: UInt64
    public var digest: String

    public init(isDecision: Bool, number: UInt64, digest: String) {
      self.isDecision = isDecision
      self.number = number
      self.digest = digest
    }
  }

  /// What the rows come to.
  public struct Verdict: Hashable, Sendable {
    /// Rows whose digest was recomputed.
    public var sound = 0
    /// Rows of before there were digests.
    public var unchained = 0
    /// The newest row of each list: to be kept elsewhere.
    public var newest: [Kept] = []
    /// Kept digests that were found, and those of rows that went for their age.
    public var found = 0
    public var gone = 0
  }

  /// By whether a list is that of decisions.
  private var ends: [Bool: Kept] = [:]
  private var firsts: [Bool: UInt64] = [:]
  private var kept: [UInt64: Kept]
  private var last: UInt64 = 0
  /// Rows are numbered from 1 over both lists: while none is missing, none is gone.
  private var isWhole = true
  private var state = Verdict()

  /// - Parameter kept: digests that somebody kept.
  public init(kept: [Kept] = []) {
    self.kept = Dictionary(kept.map { ($0.number, $0) }, uniquingKeysWith: { _, last in last })
  }

  /// The digest of a row behind the one with digest `previous`; nil for the first of its list.
  static func digest(of event: AuditEvent, behind previous: String?) -> String {
    var event = event
    event.chain = nil
    return hexDigest(Array((previous ?? "").utf8) + encodeRow(event))
  }

  /// Looks at the next row, in order of numbers. The first one of each list is taken as it is, if rows before it may be gone.
  ///
  /// - Throws: `store`, with the number of the row that is not as it was written.
  public mutating func add(_ event: AuditEvent) throws(AccessError) {
    guard event.number > last else {
      throw AccessError(.store, "row \(event.number) comes behind row \(last)")
    }
    isWhole = isWhole && event.number == last + 1
    last = event.number
    if firsts[event.isDecision] == nil { firsts[event.isDecision] = event.number }
    let before = ends[event.isDecision]
    guard let digest = event.chain else {
      guard before == nil else { throw AccessError(.store, "row \(event.number) has lost its digest") }
      state.unchained += 1
      return
    }
    let isSound = digest == Self.digest(of: event, behind: before?.digest)
    if isSound { state.sound += 1 }
    // The first one of a list may stand behind rows that are gone.
    guard isSound || before == nil && !isWhole else {
      throw AccessError(
        .store,
        before.map { "row \(event.number), or one between it and row \($0.number), is not as it was written" }
          ?? "row \(event.number) is not as it was written")
    }
    let end = Kept(isDecision: event.isDecision, number: event.number, digest: digest)
    ends[event.isDecision] = end
    guard let own = kept.removeValue(forKey: event.number) else { return }
    guard own == end else {
      throw AccessError(.store, "row \(event.number) has another digest than the one that was kept")
    }
    state.found += 1
  }

  /// What all rows come to.
  ///
  /// - Throws: `store` when a row is gone whose digest was kept, and which is not among those that went for their age.
  public func verdict() throws(AccessError) -> Verdict {
    // Each list loses its own oldest rows.
    let missing = kept.values.filter { $0.number >= firsts[$0.isDecision] ?? 0 }
    if let missing = missing.map(\.number).min() {
      throw AccessError(.store, "row \(missing) is gone, whose digest was kept")
    }
    var verdict = state
    verdict.gone = kept.count
    verdict.newest = ends.values.sorted { $0.number < $1.number }
    return verdict
  }
}
