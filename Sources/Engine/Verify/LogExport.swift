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
  /// - Throws: `invalid` when the directory holds segments that these do not follow: commits are missing in between, which the log
  ///   no longer has, or a file is of another history, that of a store which was restored since, say. Nothing is written then.
  ///   `corrupt` when commits do not give the seal's hash, `store`.
  public func run() throws(EngineError) -> [Segment] {
    var seals: [Seal] = []
    do throws(StoreError) {
      try log.readSeals(from: log.range.first) { seal in
        seals.append(seal)
        return .next
      }
    } catch { throw EngineError(reading: error) }
    seals.removeAll { $0.first < log.range.first }
    let hasFile = try written(among: seals)
    var segments: [Segment] = []
    for seal in seals {
      let path = directory + "/" + SegmentFile.fileName(for: seal)
      let isNew = !hasFile.contains(seal.first)
      if isNew { try write(seal, to: path) }
      segments.append(Segment(path: path, first: seal.first.rawValue, last: seal.last.rawValue, isNew: isNew))
    }
    return segments
  }

  /// The first commits of the seals that have their file. What else is in the directory must be what came before.
  private func written(among kept: [Seal]) throws(EngineError) -> Set<CommitNumber> {
    var written: Set<CommitNumber> = []
    let paths: [String]
    do throws(StoreError) { paths = try SegmentFile.paths(at: directory) } catch { throw EngineError(reading: error) }
    // With nothing whole in the log what it begins with has lost its front.
    let floor = kept.first?.first ?? log.range.first
    var last: Seal?
    for path in paths {
      let seal: Seal
      do throws(StoreError) { seal = try SegmentFile(path: path).seal } catch { throw EngineError(reading: error) }
      if seal.last < floor || kept.isEmpty {
        if seal.last > last?.last ?? CommitNumber(0) { last = seal }
      } else if kept.contains(seal) {
        written.insert(seal.first)
      } else {
        throw EngineError(
          .invalid,
          "\(path) holds commits \(seal.first) to \(seal.last) of another history than the store's: export into a directory of its own"
        )
      }
    }
    if let last, let oldest = kept.first, last.last.next == oldest.first, last.hash != oldest.previous {
      throw EngineError(
        .invalid,
        "\(directory) ends with commits of another history than the store's: export into a directory of its own")
    }
    if let last, last.last.next < floor {
      throw EngineError(
        .invalid,
        "\(directory) ends with commit \(last.last), and the log has whole segments from commit \(floor) on: what is between is in neither. Keep more of the log (--retain-mebibytes, --retain-hours) or export more often; to go on, export into another directory"
      )
    }
    return written
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
