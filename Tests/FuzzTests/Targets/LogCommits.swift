import Kernel

@testable import Engine
@testable import Store

/// A commit of the log: its record, and the groups in its body, as the change feed, the index of contracts and the
/// session table read them.
///
/// Input: a byte whose bit 0 asks for right checksums; the record. What was decoded encodes to the bytes it came from.
enum LogCommits {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let repairs = input.byte() & 1 != 0
    var record = input.rest()
    if repairs { repair(&record) }
    guard let body = try body(of: record) else { return }
    readFeed(body)
    readContracts(body)
    readSessions(body)
  }

  /// Gives a record the length and the checksums that fit its bytes.
  static func repair(_ record: inout [UInt8]) {
    guard record.count >= CommitRecord.headerByteCount else { return }
    record.put(UInt64(record.count - CommitRecord.headerByteCount), at: 32)
    let body = [UInt8](record[CommitRecord.headerByteCount...])
    record.put(body.withRawSpan { crc32c($0) }, at: 4)
    let head = [UInt8](record[..<44])
    record.put(head.withRawSpan { crc32c($0) }, at: 44)
  }

  /// The record's body, or nil when it is refused.
  private static func body(of record: [UInt8]) throws(Finding) -> [UInt8]? {
    let number = record.count < 24 ? CommitNumber.first : CommitNumber(record.integer(UInt64.self, at: 16))
    var header: CommitHeader?
    var body: [UInt8] = []
    do throws(StoreError) {
      try record.withRawSpan { (span) throws(StoreError) in
        let found = try CommitRecord.header(of: span, number: number, at: "the input")
        body = try CommitRecord.body(of: span, found, at: "the input").copied
        header = found
      }
    } catch { return nil }
    guard let header else { return nil }
    var again = [UInt8](repeating: 0xA5, count: record.count)
    unsafe again.withUnsafeMutableBytes { target in
      // As large as the record that was read.
      unsafe CommitRecord.write(header, into: target) { unsafe $0.copyBytes(from: body) }
    }
    try must(again == record, "a commit record encodes to other bytes")
    return body
  }

  /// Follows the feed with little credit, so that it stops inside groups.
  private static func readFeed(_ body: [UInt8]) {
    var filter = FeedFilter()
    filter.acceptedOnly = false
    var position = FeedPosition(commit: 1, index: 0)
    for _ in 0..<8 {
      var reading = FeedReading(position: position, filter: filter, credit: 3, shardCount: 4)
      do throws(EngineError) {
        try unsafe body.withBytes { (bytes) throws(EngineError) in try unsafe reading.visit(bytes, commit: 1) }
      } catch { return }
      if reading.position.commit != 1 { return }
      position = reading.position
    }
  }

  private static func readContracts(_ body: [UInt8]) {
    var index = ContractIndex()
    let header = CommitHeader(number: .first, epoch: 1, timeMilliseconds: 0, bodyByteCount: body.count)
    do throws(EngineError) {
      try body.withRawSpan { (span) throws(EngineError) in try index.add(header, span) }
      _ = try ContractIndex(index.bytes())
    } catch {}
    _ = try? ContractIndex(body)
  }

  /// Every frame's kept reply, as it is made before the log forgets its commit.
  private static func readSessions(_ body: [UInt8]) {
    do throws(EngineError) {
      try unsafe body.withBytes { (bytes) throws(EngineError) in
        try unsafe LogGroup.forEach(in: bytes, commit: 1) { group in
          var operation = 0
          var slot = 0
          for index in 0..<Int(group.header.frameCount) {
            let frame = group.frame(index)
            _ = KeptReply(group, frame, commit: 1, firstOperation: operation, firstSlot: slot).bytes
            operation += Int(frame.operationCount)
            slot += Int(frame.slotCount)
          }
        }
      }
    } catch {}
  }
}
