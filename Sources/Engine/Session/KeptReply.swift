import CIntrinsics
import Kernel
import Store

/// A reply that left the log, as the catalog keeps it.
///
/// ```
/// key    session 8 | request 8          big-endian, so that a session's replies lie together in order
/// value  commit 8 | stamp 8 | slotCount 4 | checksum of the slots 4 | results 16 each
/// ```
struct KeptReply {
  var commit: UInt64
  var stamp: Instant
  var slotCount: UInt32
  /// CRC-32C of the request's slots: a resend must have the same.
  var checksum: UInt32
  var results: [OperationResult]

  /// Replies that left the log.
  static let table = CatalogTable(rawValue: 16)
  private static let headerByteCount = 24

  var byteCount: Int { Self.headerByteCount + results.count * OperationResult.byteCount }

  static func key(session: UInt64, request: UInt64) -> [UInt8] {
    session.catalogKey + request.catalogKey
  }

  init(_ group: LogGroup, _ frame: GroupFrame, commit: UInt64, firstOperation: Int, firstSlot: Int) {
    self.commit = commit
    stamp = group.header.stamp
    slotCount = frame.slotCount
    // The frame's slots lie inside the group: it was parsed.
    checksum = unsafe milepost_crc32c(
      0, group.slots + firstSlot * Operation.byteCount, Int(frame.slotCount) * Operation.byteCount)
    results = (0..<Int(frame.operationCount)).map { group.result(firstOperation + $0) }
  }

  private init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headerByteCount,
      (bytes.count - Self.headerByteCount) % OperationResult.byteCount == 0
    else { return nil }
    var reader = CatalogBytes.Reader(bytes)
    commit = reader.next()
    stamp = Instant(bitPattern: reader.next())
    slotCount = reader.next()
    checksum = reader.next()
    results = unsafe bytes.withUnsafeBytes { raw in
      stride(from: Self.headerByteCount, to: raw.count, by: OperationResult.byteCount).map { offset in
        // Whole results up to the end: checked above.
        unsafe raw.loadUnaligned(fromByteOffset: offset, as: OperationResult.self)
      }
    }
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    CatalogBytes.append(commit, to: &bytes)
    CatalogBytes.append(UInt64(bitPattern: stamp), to: &bytes)
    CatalogBytes.append(slotCount, to: &bytes)
    CatalogBytes.append(checksum, to: &bytes)
    for result in results {
      unsafe withUnsafeBytes(of: result) { unsafe bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  static func load(_ catalog: any Catalog, session: UInt64, request: UInt64) throws(EngineError) -> KeptReply? {
    do {
      guard let value = try catalog.value(table, key: key(session: session, request: request)) else { return nil }
      guard let reply = KeptReply(value) else {
        throw EngineError(.corrupt, "the kept reply to request \(request) of session \(session) has a wrong length")
      }
      return reply
    } catch let error as EngineError {
      throw error
    } catch {
      throw EngineError(.store, "a kept reply could not be read: \(error)")
    }
  }

  func fill(_ submission: Submission) -> SubmissionOutcome {
    guard Int(slotCount) == submission.slotCount, results.count <= submission.slotCapacity,
      // The submission's slots lie inside its memory.
      unsafe milepost_crc32c(0, submission.slotBase, submission.slotCount * Operation.byteCount) == checksum
    else { return .requestMismatch }
    for (index, result) in results.enumerated() { unsafe submission.resultBase[index] = result }
    submission.operationCount = results.count
    submission.stamp = stamp
    submission.commit = commit
    return .repeated
  }
}
