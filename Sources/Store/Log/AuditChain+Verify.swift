extension AuditChain {
  /// What `verify` found.
  public struct Report: Sendable, Hashable {
    /// Seals whose commits were all there and whose hash was recomputed.
    public var verifiedSealCount = 0
    /// Seals that lie wholly or partly before the first commit at hand: only their link was checked.
    public var linkOnlySealCount = 0
    /// The first commit that no seal covers yet.
    public var firstUnsealed = CommitNumber.first
    /// The hash of the newest seal, 32 bytes; empty when there is none. Kept elsewhere, it anchors everything before it.
    public var newestHash: [UInt8] = []
  }

  /// Recomputes every seal whose commits `source` holds (the log, or exported segments in front of it), and checks
  /// that the seals follow each other without a gap and each carries the hash of the one before.
  /// - Throws: `damaged` naming the seal and its commits.
  public static func verify(log: any CommitLog, source: any CommitSource) throws(StoreError) -> Report {
    var report = Report()
    var newest: Seal?
    var failure: StoreError?
    try log.readSeals(from: .zero) { seal in
      do throws(StoreError) {
        try checkLink(seal, behind: newest)
        if seal.first >= source.range.first {
          try checkHash(seal, source)
          report.verifiedSealCount += 1
        } else {
          report.linkOnlySealCount += 1
        }
      } catch {
        failure = error
        return .stop
      }
      newest = seal
      return .next
    }
    if let failure { throw failure }
    if let newest {
      report.firstUnsealed = newest.last.next
      report.newestHash = newest.hash
    }
    return report
  }

  private static func checkLink(_ seal: Seal, behind newest: Seal?) throws(StoreError) {
    let expectedFirst = newest?.last.next ?? .first
    guard seal.first == expectedFirst else {
      throw damaged(seal, "the chain has a gap: commit \(expectedFirst) should be covered next")
    }
    guard seal.previous == newest?.hash ?? [UInt8](repeating: 0, count: 32) else {
      throw damaged(seal, "it does not carry the hash of the seal before")
    }
  }

  private static func checkHash(_ seal: Seal, _ source: any CommitSource) throws(StoreError) {
    guard seal.last < source.range.next else { throw damaged(seal, "it covers commits that are not there") }
    var hash = SegmentHash(first: seal.first, previous: seal.previous)
    while hash.next <= seal.last {
      _ = try source.read(from: hash.next, byteCountMax: 4 << 20) { header, body in
        hash.add(header, body)
        return header.number == seal.last ? .stop : .next
      }
    }
    guard hash.seal() == seal else { throw damaged(seal, "the commits do not give its hash") }
  }

  private static func damaged(_ seal: Seal, _ message: String) -> StoreError {
    StoreError(.damaged, at: "log seal of commits \(seal.first) to \(seal.last)", message)
  }
}
