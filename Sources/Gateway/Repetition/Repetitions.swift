import Formats
import HTTPTypes
import NIOConcurrencyHelpers
import Store

/// What was answered to requests with an `Idempotency-Key`: the same request with the same key gets the same answer, for a day.
///
/// A row is on disk before the kernel is asked, with the place of the log from which on its operations would be found; the answer
/// follows when there is one. After a crash in between, the log says what became of it: nothing is guessed, nothing done twice.
final class Repetitions: Sendable {
  private let catalog: any Catalog
  private let writer: CatalogWriter
  private let now: @Sendable () -> Int64
  private let running = NIOLockedValueBox<[[UInt8]: Running]>([:])

  /// How long an answer is kept, milliseconds.
  static let lifeMilliseconds: Int64 = 86_400_000

  private enum Running {
    /// When it began.
    case request(Int64)
    /// On its way to the disk.
    case answer(KeptRequest)
  }

  /// What becomes of a request that begins.
  enum Beginning {
    /// It is new: do it, then call `end`.
    case first
    /// It was answered before.
    case again(KeptAnswer)
    /// It began before, and its end is not known: look in the log from there on, then do as if it were new.
    case unfinished(after: UInt64)
  }

  init(_ catalog: any Catalog, now: @escaping @Sendable () -> Int64) {
    self.catalog = catalog
    self.now = now
    writer = CatalogWriter(catalog)
  }

  /// A request begins.
  ///
  /// - Parameters:
  ///   - name: 16 bytes for caller, route and key.
  ///   - fingerprint: of its body, in hexadecimal.
  ///   - commit: the newest that is known: the operations lie behind it, if anywhere.
  /// - Throws: `Problem`: the same key is at work now, or was used for something else; the disk does not take it.
  func begin(_ name: [UInt8], fingerprint: String, commit: UInt64) async throws(Problem) -> Beginning {
    let time = now()
    let known = running.withLockedValue { running in
      if let known = running[name] { return Optional(known) }
      running[name] = .request(time)
      return nil
    }
    switch known {
    case .request:
      throw Problem(.conflict, "request_in_flight", "a request with this Idempotency-Key is being done")
    case .answer(let kept): return .again(try kept.answer(to: fingerprint))
    case nil: break
    }
    do throws(Problem) {
      if let kept = try row(name) {
        guard kept.fingerprint == fingerprint else { throw Self.otherBody }
        if let answer = kept.answer {
          forget(name)
          return .again(answer)
        }
        running.withLockedValue { $0[name] = .request(kept.time) }
        return .unfinished(after: kept.commit)
      }
      let kept = KeptRequest(fingerprint: fingerprint, time: time, commit: commit)
      try await write([
        .put(.repetitions, key: name, value: kept.bytes),
        .put(.repetitionTimes, key: time.catalogKey + name, value: [1]),
      ])
      return .first
    } catch {
      forget(name)
      throw error
    }
  }

  /// A request that began has an answer; or nothing was done, and it may be tried again as if it were new.
  ///
  /// The answer may be given at once: if it does not reach the disk, the log has what is needed to make it again.
  func end(_ name: [UInt8], fingerprint: String, _ answer: KeptAnswer?) async {
    guard case .request(let time)? = running.withLockedValue({ $0[name] }) else { return }
    guard let answer else {
      // Rows that stay although nothing was done cost a look into the log.
      try? await write([.delete(.repetitions, key: name), .delete(.repetitionTimes, key: time.catalogKey + name)])
      return forget(name)
    }
    let kept = KeptRequest(fingerprint: fingerprint, time: time, commit: 0, answer: answer)
    running.withLockedValue { $0[name] = .answer(kept) }
    Task {
      // Without it the row says that the end is not known, and the log is asked.
      try? await write([.put(.repetitions, key: name, value: kept.bytes)])
      forget(name)
    }
  }

  /// What became of a request cannot be told; its row stays as it is.
  func abandon(_ name: [UInt8]) { forget(name) }

  private func forget(_ name: [UInt8]) { running.withLockedValue { $0[name] = nil } }

  private func write(_ changes: [CatalogChange]) async throws(Problem) {
    do throws(StoreError) { try await writer.write(changes) } catch { throw Self.store }
  }

  private func row(_ name: [UInt8]) throws(Problem) -> KeptRequest? {
    do throws(StoreError) {
      guard let value = try catalog.value(.repetitions, key: name) else { return nil }
      guard let kept = KeptRequest(value) else {
        throw StoreError(.damaged, at: "catalog", "a row of an Idempotency-Key")
      }
      return kept
    } catch { throw Self.store }
  }

  static let otherBody = Problem(
    .unprocessableContent, "idempotency_key_reused", "this Idempotency-Key was used for another request")
  private static let store = Problem(
    .serviceUnavailable, "store", "what a repetition needs could not be kept; nothing was applied")

  /// Forgets answers that are too old, some at a time.
  /// - Returns: whether there may be more.
  func sweep() async -> Bool {
    var changes: [CatalogChange] = []
    let limit = now() - Self.lifeMilliseconds
    do throws(StoreError) {
      _ = try catalog.scan(.repetitionTimes, from: nil, countMax: 1_000) { key, _ in
        guard let time = Int64(catalogKey: key.prefix(8)), time < limit else { return .stop }
        // One that is at work now ends first.
        guard running.withLockedValue({ $0[Array(key.dropFirst(8))] == nil }) else { return .next }
        changes += [.delete(.repetitionTimes, key: key), .delete(.repetitions, key: Array(key.dropFirst(8)))]
        return .next
      }
      try await writer.write(changes)
    } catch {
      // The next request that needs the catalog is told.
      return false
    }
    return changes.count >= 2_000
  }

  func stop() async { await writer.stop() }
}

/// A row.
struct KeptRequest: Sendable {
  var fingerprint: String
  var time: Int64
  /// The newest commit that was known when it began.
  var commit: UInt64
  var answer: KeptAnswer?

  init(fingerprint: String, time: Int64, commit: UInt64, answer: KeptAnswer? = nil) {
    self.fingerprint = fingerprint
    self.time = time
    self.commit = commit
    self.answer = answer
  }

  func answer(to fingerprint: String) throws(Problem) -> KeptAnswer {
    guard self.fingerprint == fingerprint, let answer else { throw Repetitions.otherBody }
    return answer
  }

  private static let version: Int64 = 1

  var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version", Self.version)
      writer.member("request", string: fingerprint)
      writer.member("time", time)
      writer.member("commit", string: String(commit))
      guard let answer else { return }
      writer.member("status", Int64(answer.status))
      writer.member("body", string: answer.body)
      if let location = answer.location { writer.member("location", string: location) }
    }
    return writer.bytes
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    // What is no JSON is no such row, whatever the reason.
    guard case .object(let members)? = try? JSONValue(reading: bytes.span) else { return nil }
    func find(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
    guard case .integer(Self.version)? = find("version"), case .string(let fingerprint)? = find("request"),
      case .integer(let time)? = find("time"), case .string(let text)? = find("commit"), let commit = UInt64(text)
    else { return nil }
    self.init(fingerprint: fingerprint, time: time, commit: commit)
    guard case .integer(let status)? = find("status"), case .string(let body)? = find("body") else { return }
    var answer = KeptAnswer(status: Int(status), body: body)
    if case .string(let location)? = find("location") { answer.location = location }
    self.answer = answer
  }
}

/// An answer as it was given.
struct KeptAnswer: Sendable, Equatable {
  var status: Int
  var body: String
  var location: String?
}

extension CatalogTable {
  /// Requests with an `Idempotency-Key`. Key: 16 bytes for caller, route and key. Value: a `KeptRequest`.
  static let repetitions = CatalogTable(rawValue: 64)
  /// The same by time. Key: the instant, i64 big-endian, and the other key. Value: 1.
  static let repetitionTimes = CatalogTable(rawValue: 65)
}
