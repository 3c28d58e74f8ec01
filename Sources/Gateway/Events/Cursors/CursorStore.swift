import HTTPTypes
import NIOConcurrencyHelpers
import Store
import Wire

/// The cursors of readers. Changes that come together wait for the disk once, and each is compared with the one before it.
final class CursorStore: Sendable {
  private let catalog: any Catalog
  private let writer: CatalogWriter
  private let now: @Sendable () -> Int64
  private let state = NIOLockedValueBox(State())

  private struct State {
    /// On their way to the disk, by key; without a cursor where it is taken away.
    var changes: [[UInt8]: (cursor: EventCursor?, number: UInt64)] = [:]
    var lastNumber: UInt64 = 0
  }

  init(_ catalog: any Catalog, now: @escaping @Sendable () -> Int64) {
    self.catalog = catalog
    self.now = now
    writer = CatalogWriter(catalog)
  }

  /// The durable one; nil when there is none.
  func cursor(_ tenant: UInt32, _ name: String) throws(Problem) -> EventCursor? {
    do throws(StoreError) { return try read(EventCursor.key(tenant, name)) } catch { throw Self.unreadable }
  }

  /// The durable ones of a tenant, by name.
  func cursors(of tenant: UInt32) throws(Problem) -> [EventCursor] {
    do throws(StoreError) { return try readAll(of: tenant) } catch { throw Self.unreadable }
  }

  /// Sets a cursor, also back; durable on return.
  ///
  /// - Parameter expectation: what the cursor must be like.
  /// - Returns: the cursor, and whether it is a new one.
  /// - Throws: `Problem` also when the tenant has too many.
  func set(
    _ tenant: UInt32, _ name: String, after: EventPosition, _ expectation: Expectation
  ) async throws(Problem) -> (cursor: EventCursor, isNew: Bool) {
    let time = now()
    return try await change(tenant, name) { old throws(Problem) in
      try expectation.check(old)
      guard var cursor = old else {
        let cursor = EventCursor(tenant: tenant, name: name, after: after, created: time, changed: time)
        return (cursor, (cursor, true))
      }
      if cursor.after != after {
        cursor.after = after
        cursor.version += 1
        cursor.changed = time
      }
      return (cursor, (cursor, false))
    }
  }

  /// Takes a cursor away; durable on return.
  ///
  /// - Throws: `Problem` also when there is none.
  func remove(_ tenant: UInt32, _ name: String, _ expectation: Expectation) async throws(Problem) {
    try await change(tenant, name) { old throws(Problem) in
      guard old != nil else { throw .notFound("cursor") }
      try expectation.check(old)
      return (nil, ())
    }
  }

  /// What a request expects of the cursor that it changes.
  enum Expectation: Sendable {
    case anything
    /// That there is one.
    case some
    case version(UInt32)

    func check(_ cursor: EventCursor?) throws(Problem) {
      switch self {
      case .anything: return
      case .some: if cursor != nil { return }
      case .version(let version): if cursor?.version == version { return }
      }
      throw Problem(.preconditionFailed, "version_conflict", "the cursor was changed since, or is gone")
    }
  }

  // MARK: Changing

  private func change<Value: Sendable>(
    _ tenant: UInt32, _ name: String, _ body: (EventCursor?) throws(Problem) -> (EventCursor?, Value)
  ) async throws(Problem) -> Value {
    let key = EventCursor.key(tenant, name)
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, Problem>, Never>) in
      // The place in the writer's line is taken in the same step as the comparison.
      let refusal = state.withLockedValue { state -> Problem? in
        do throws(Problem) {
          let old = try current(key, state)
          let (new, value) = try body(old)
          if old == nil, new != nil { try checkCount(of: tenant, state) }
          state.lastNumber += 1
          let number = state.lastNumber
          state.changes[key] = (new, number)
          let change = new.map { CatalogChange.put(.eventCursors, key: key, value: $0.bytes) }
          writer.write([change ?? .delete(.eventCursors, key: key)]) { written in
            self.ended(key, number)
            continuation.resume(returning: written.map { value }.mapError { _ in Self.unwritable })
          }
          return nil
        } catch { return error }
      }
      if let refusal { continuation.resume(returning: .failure(refusal)) }
    }
    return try result.get()
  }

  /// A change is on disk, or failed.
  private func ended(_ key: [UInt8], _ number: UInt64) {
    state.withLockedValue { if $0.changes[key]?.number == number { $0.changes[key] = nil } }
  }

  /// With what is on its way.
  private func current(_ key: [UInt8], _ state: State) throws(Problem) -> EventCursor? {
    if let change = state.changes[key] { return change.cursor }
    do throws(StoreError) { return try read(key) } catch { throw Self.unreadable }
  }

  private func checkCount(of tenant: UInt32, _ state: State) throws(Problem) {
    var names = Set(try cursors(of: tenant).map(\.name))
    for change in state.changes.values {
      if let cursor = change.cursor, cursor.tenant == tenant { names.insert(cursor.name) }
    }
    guard names.count < EventCursor.countMax else {
      throw Problem(
        .conflict, "too_many_cursors", "a tenant has at most \(EventCursor.countMax) cursors: take one away first")
    }
  }

  // MARK: Reading

  private static let unwritable = Problem(.serviceUnavailable, "store", "cursors cannot be written")
  private static let unreadable = Problem(.serviceUnavailable, "store", "cursors cannot be read")

  private func read(_ key: [UInt8]) throws(StoreError) -> EventCursor? {
    guard let bytes = try catalog.value(.eventCursors, key: key) else { return nil }
    guard let cursor = EventCursor(bytes) else { throw Self.damaged }
    return cursor
  }

  private func readAll(of tenant: UInt32) throws(StoreError) -> [EventCursor] {
    var rows: [[UInt8]] = []
    // A tenant has no more than that.
    try catalog.visit(.eventCursors, from: tenant.catalogKey, countMax: EventCursor.countMax) { key, value in
      if key.starts(with: tenant.catalogKey) { rows.append(value) }
    }
    return try rows.map { row throws(StoreError) in
      guard let cursor = EventCursor(row) else { throw Self.damaged }
      return cursor
    }
  }

  private static let damaged = StoreError(
    .damaged, at: "catalog", "a cursor of a reader")

  /// Ends the thread. Nothing may be changed any more.
  func stop() async { await writer.stop() }
}
