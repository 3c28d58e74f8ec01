import Formats
import Hummingbird
import HummingbirdCore
import Kernel

extension RouteCall {
  /// Submits operations that have their ids from the request's `Idempotency-Key`, if it has one.
  ///
  /// The same request again is answered as before. Where the first one's end is not known, or its answer was too long to be kept, the
  /// operations go to the kernel again, which knows them by their ids. Another text under the same key is refused.
  func submitOnce(
    _ chunk: BatchChunk, name: [UInt8]?, fingerprint: String, session: KernelSession
  ) async throws -> Response {
    func submit() async throws(Problem) -> [OperationResult] {
      keepTrace(of: chunk.operations)
      return try await session.submit(chunk.operations)
    }
    guard let name else { return chunk.answers(try await submit()) }
    let repetitions = services.repetitions
    let results: [OperationResult]
    switch try await repetitions.begin(name, fingerprint: fingerprint, commit: try await session.newestCommit()) {
    case .again(let kept): return Self.response(kept)
    case .first: results = try await first(name, fingerprint, submit)
    case .unfinished:
      do throws(Problem) { results = try await submit() } catch {
        // What was sent before may still be on its way to the kernel: its row stays.
        repetitions.abandon(name)
        throw error
      }
    }
    var writer = JSONWriter()
    chunk.write(results, to: &writer)
    if writer.bytes.count <= Self.keptBatchByteCountMax {
      await repetitions.end(name, fingerprint: fingerprint, KeptAnswer(status: 200, body: writer.text))
    } else {
      repetitions.abandon(name)
    }
    return Self.document(writer)
  }

  /// Bytes of an answer to many operations that is kept for a day: that of some hundred.
  private static let keptBatchByteCountMax = 1 << 16
}
