import CIntrinsics
import Glibc
import Kernel
import Store

/// Finds kept replies: in the log, or in the catalog when the log no longer has them.
struct ReplyReader {
  let store: Store

  /// Fills `submission` with the reply to the same request, if it is the same: the slots must be equal too.
  func load(_ entry: ReplyEntry, session: UInt64, into submission: Submission) throws(EngineError) -> SubmissionOutcome
  {
    var outcome = SubmissionOutcome.requestTooOld
    let isInLog = try visit(entry, session) { group, frame, operation, slot in
      outcome = Self.fill(submission, group, frame, firstOperation: operation, firstSlot: slot)
      submission.commit = entry.commit
    }
    if isInLog { return outcome }
    guard let kept = try KeptReply.load(store.catalog, session: session, request: entry.request) else {
      return .requestTooOld
    }
    return kept.fill(submission)
  }

  /// Visits the frame that an entry points to.
  /// - Returns: false when the log no longer has it.
  func visit(
    _ entry: ReplyEntry, _ session: UInt64, _ body: (LogGroup, GroupFrame, _ operation: Int, _ slot: Int) -> Void
  ) throws(EngineError) -> Bool {
    var failure: EngineError?
    do throws(StoreError) {
      _ = try store.log.read(from: CommitNumber(entry.commit), byteCountMax: 1) { header, span in
        guard header.number.rawValue == entry.commit else { return .stop }
        unsafe span.withUnsafeBytes { bytes in
          do throws(EngineError) {
            let group = try unsafe LogGroup(bytes, at: Int(entry.offset), commit: entry.commit)
            try Self.find(entry, session, in: group, body)
          } catch { failure = error }
        }
        return .stop
      }
    } catch {
      if case .tooOld = error.kind { return false }
      throw EngineError(.store, "a kept reply could not be read: \(error)")
    }
    if let failure { throw failure }
    return true
  }

  private static func find(
    _ entry: ReplyEntry, _ session: UInt64, in group: LogGroup, _ body: (LogGroup, GroupFrame, Int, Int) -> Void
  ) throws(EngineError) {
    var operation = 0
    var slot = 0
    for index in 0..<Int(group.header.frameCount) {
      let frame = group.frame(index)
      if index == Int(entry.frame), frame.session == session, frame.request == entry.request {
        return body(group, frame, operation, slot)
      }
      operation += Int(frame.operationCount)
      slot += Int(frame.slotCount)
    }
    throw EngineError(
      .corrupt, "commit \(entry.commit) does not hold request \(entry.request) of session \(session) where it must")
  }

  private static func fill(
    _ submission: Submission, _ group: LogGroup, _ frame: GroupFrame, firstOperation: Int, firstSlot: Int
  ) -> SubmissionOutcome {
    // The frame's slots lie inside the group (parsed), the submission's inside its memory.
    guard Int(frame.slotCount) == submission.slotCount,
      unsafe memcmp(
        group.slots + firstSlot * Operation.byteCount, submission.slotBase, submission.slotCount * Operation.byteCount)
        == 0
    else { return .requestMismatch }
    unsafe group.copyResults(first: firstOperation, count: Int(frame.operationCount), to: submission.resultBase)
    submission.operationCount = Int(frame.operationCount)
    submission.stamp = group.header.stamp
    return .repeated
  }
}
