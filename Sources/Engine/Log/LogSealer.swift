import Store
import Synchronization

/// Seals the log as it is committed, from the commit's own bytes.
///
/// A commit is hashed after its replies have gone out and before its place in the ring is free again.
final class LogSealer: @unchecked Sendable {
  /// Guarded by the engine's `ringIsCommitting`, but in `init`.
  private var chain: AuditChain
  private let isWanted = Atomic<Bool>(false)

  /// Hashes what the log holds behind its last seal.
  init(_ log: any CommitLog) throws(EngineError) {
    chain = AuditChain(log: log)
    do throws(StoreError) { while try chain.step() {} } catch { throw EngineError(reading: error) }
  }

  /// Asks for a seal before a segment is full, so that what lies before it can be trimmed. From any thread.
  func want() { isWanted.store(true, ordering: .releasing) }

  /// Hashes a commit that was just appended.
  func add(_ header: CommitHeader, _ body: UnsafeRawBufferPointer) throws(StoreError) {
    chain.add(header, unsafe RawSpan(_unsafeBytes: body))
    try sealIfWanted()
  }

  func sealIfWanted() throws(StoreError) {
    if isWanted.exchange(false, ordering: .acquiringAndReleasing) { try chain.sealNow() }
  }
}
