public import Store

/// Writes sealed runs of the log to segment files, each with its index of contracts.
public struct LogExport {
  /// A segment that was written, or was there already.
  public struct Segment: Sendable {
    public var path: String
    public var first: UInt64
    public var last: UInt64
    public var isNew: Bool
  }

  private let log: any CommitLog
  private let directory: String

  /// - Parameters:
  ///   - store: open in any mode.
  ///   - directory: where the files go; must exist.
  public init(store: Store, directory: String) {
    log = store.log
    self.directory = directory
  }

  /// Writes every kept seal that has no file yet, oldest first.
  /// - Parameter exists: whether there is a file at a path.
  /// - Throws: `corrupt` when commits do not give the seal's hash, `store`.
  public func run(exists: (String) -> Bool) throws(EngineError) -> [Segment] {
    var seals: [Seal] = []
    do throws(StoreError) {
      try log.readSeals(from: log.range.first) { seal in
        seals.append(seal)
        return .next
      }
    } catch { throw EngineError(reading: error) }
    var segments: [Segment] = []
    for seal in seals where seal.first >= log.range.first {
      let path = directory + "/" + SegmentFile.fileName(for: seal)
      let isNew = !exists(path)
      if isNew { try write(seal, to: path) }
      segments.append(Segment(path: path, first: seal.first.rawValue, last: seal.last.rawValue, isNew: isNew))
    }
    return segments
  }

  private func write(_ seal: Seal, to path: String) throws(EngineError) {
    var index = ContractIndex()
    var failure: EngineError?
    do throws(StoreError) {
      try SegmentFile.export(
        seal, from: log, to: path,
        visit: { header, body in
          guard failure == nil else { return }
          do throws(EngineError) { try index.add(header, body) } catch { failure = error }
        }, index: { index.bytes() })
    } catch { throw EngineError(reading: error) }
    if let failure { throw failure }
  }
}
