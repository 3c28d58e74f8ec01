import Crypto
import Documents
import Formats
import Kernel
import Logging
import NIOConcurrencyHelpers
import Store

/// Which trace an operation came with, so that its event can say it, and go on with it to receivers.
///
/// The log has no place for it, and gets none: the kernel knows nothing of traces. An event carries its operation's id, and that is what a row
/// is found by. There are `slotCount` rows; an operation's row has the place that its name's digest says, and is written over by the
/// next one that has the same. So what is kept is bounded whatever comes, and the oldest goes first, roughly. Nobody waits for a row:
/// it counts in memory at once, and goes to the disk with others behind it, so a crash may lose those of the last moments.
final class TraceStore: Sendable {
  static let slotCount = 1 << 17
  /// Rows that are older are not read, and swept. Longer than the ladder of webhooks. Milliseconds.
  static let lifeMilliseconds: Int64 = 7 * 86_400_000
  /// Of a batch, and of each piece of a stream, so many of the first have one.
  static let operationCountMax = 1_024
  /// Rows on their way to the disk. Past it none are taken.
  private static let waitingCountMax = 1 << 15
  /// Rows that are looked at in one sweep.
  private static let sweepCount = 4_096

  private let catalog: any Catalog
  private let writer: CatalogWriter
  private let logger: Logger
  private let now: @Sendable () -> Int64
  private let state: NIOLockedValueBox<State>

  private struct State {
    /// On their way to the disk, by place.
    var waiting: [UInt32: TraceRow] = [:]
    /// A bit for each place that has a row: for most events there is nothing to be read.
    var occupied = [UInt64](repeating: 0, count: slotCount / 64)
    var count = 0
    var swept: UInt32 = 0

    mutating func set(_ slot: UInt32, _ isThere: Bool) {
      let (word, bit) = (Int(slot / 64), UInt64(1) << UInt64(slot % 64))
      guard (occupied[word] & bit != 0) != isThere else { return }
      occupied[word] ^= bit
      count += isThere ? 1 : -1
    }

    func has(_ slot: UInt32) -> Bool { occupied[Int(slot / 64)] & 1 << UInt64(slot % 64) != 0 }
  }

  /// - Throws: what the catalog throws.
  init(_ catalog: any Catalog, logger: Logger, now: @escaping @Sendable () -> Int64) throws(StoreError) {
    self.catalog = catalog
    self.logger = logger
    self.now = now
    var state = State()
    try catalog.visit(.traces) { key, _ in
      if let slot = UInt32(catalogKey: key), slot < Self.slotCount { state.set(slot, true) }
    }
    self.state = NIOLockedValueBox(state)
    writer = CatalogWriter(catalog)
  }

  /// Keeps the trace of operations that are about to be submitted.
  func keep(_ trace: TraceContext, _ operations: some Collection<SlottedOperation>) {
    let time = now()
    // An operation that is sent again has the trace that it came with first.
    let rows = operations.prefix(Self.operationCountMax).map { Self.name($0.operation) }
      .filter { row(named: $0) == nil }.map { TraceRow(name: $0, time: time, trace: trace) }
    guard !rows.isEmpty else { return }
    let taken = state.withLockedValue { state in
      guard state.waiting.count + rows.count <= Self.waitingCountMax else { return false }
      for row in rows {
        state.waiting[Self.slot(row.name)] = row
        state.set(Self.slot(row.name), true)
      }
      return true
    }
    guard taken else { return }
    writer.write(rows.map { .put(.traces, key: Self.slot($0.name).catalogKey, value: $0.bytes) }) { [self] result in
      if case .failure(let error) = result { tell("traces cannot be written", error) }
      // Without the disk it is lost, and nothing else is.
      state.withLockedValue { state in
        for row in rows where state.waiting[Self.slot(row.name)]?.name == row.name {
          state.waiting[Self.slot(row.name)] = nil
        }
      }
    }
  }

  /// The trace that an operation came with; nil when it came with none, or it is no longer known.
  func trace(of operation: Operation) -> TraceContext? {
    guard state.withLockedValue({ $0.count > 0 }) else { return nil }
    return row(named: Self.name(operation))?.trace
  }

  private func row(named name: [UInt8]) -> TraceRow? {
    let slot = Self.slot(name)
    let (isThere, waiting) = state.withLockedValue { ($0.has(slot), $0.waiting[slot]) }
    guard isThere, let row = waiting ?? kept(slot), row.name == name, row.time > now() - Self.lifeMilliseconds else {
      return nil
    }
    return row
  }

  /// What cannot be read is as good as lost: an event is sent without it.
  private func kept(_ slot: UInt32) -> TraceRow? {
    do throws(StoreError) {
      return try catalog.value(.traces, key: slot.catalogKey).flatMap { TraceRow($0) }
    } catch {
      tell("a trace cannot be read", error)
      return nil
    }
  }

  private func tell(_ what: String, _ error: any Error) { logger.error("\(what)", metadata: ["error": "\(error)"]) }

  /// Forgets rows that are too old, some at a time; all are looked at in half an hour.
  func sweep() async {
    let limit = now() - Self.lifeMilliseconds
    let start = state.withLockedValue { $0.count > 0 ? $0.swept : nil }
    guard let start else { return }
    var old: [UInt32] = []
    var next: [UInt8]?
    do throws(StoreError) {
      next = try catalog.scan(.traces, from: start.catalogKey, countMax: Self.sweepCount) { key, value in
        let row = TraceRow(unsafe value.withUnsafeBytes { unsafe Array($0) })
        if row.map({ $0.time < limit }) ?? true, let slot = UInt32(catalogKey: key) { old.append(slot) }
        return .next
      }
    } catch { return tell("old traces cannot be found", error) }
    // One that is being written is a new one.
    let gone = state.withLockedValue { state in
      state.swept = next.flatMap { UInt32(catalogKey: $0) } ?? 0
      let gone = old.filter { state.waiting[$0] == nil }
      for slot in gone { state.set(slot, false) }
      return gone
    }
    // Rows that stay are too old to be read, and swept again.
    do { try await writer.write(gone.map { .delete(.traces, key: $0.catalogKey) }) } catch {
      tell("old traces cannot be taken away", error)
    }
  }

  /// Writes what is left, and ends the thread. Nothing may be kept any more.
  func stop() async { await writer.stop() }

  /// 16 bytes of the SHA-256 of tenant, contract and operation.
  private static func name(_ operation: Operation) -> [UInt8] {
    let bytes = operation.tenant.catalogKey + operation.contract.catalogKey + operation.id.catalogKey
    return Array(SHA256.hash(data: bytes).prefix(16))
  }

  private static func slot(_ name: [UInt8]) -> UInt32 {
    name.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } % UInt32(slotCount)
  }
}

/// A row of the table.
struct TraceRow: Sendable, Equatable {
  /// 16 bytes.
  var name: [UInt8]
  /// When it was kept. Milliseconds.
  var time: Int64
  var trace: TraceContext

  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      writer.member("operation", string: Hexadecimal.text(name))
      writer.member("time", time)
      writer.write(trace)
    }
  }

  init(name: [UInt8], time: Int64, trace: TraceContext) {
    (self.name, self.time, self.trace) = (name, time, trace)
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let name = row.text("operation").flatMap(Hexadecimal.bytes),
      let time = row.integer("time"), let trace = row.trace
    else { return nil }
    self.init(name: name, time: time, trace: trace)
  }
}

extension RowDocument {
  /// The trace that a row has; nil for none.
  var trace: TraceContext? { text("traceparent").flatMap { TraceContext(parent: $0, state: text("tracestate")) } }
}

extension JSONWriter {
  /// Members of an event or a row: attributes of the CloudEvents extension for distributed tracing.
  mutating func write(_ trace: TraceContext?) {
    guard let trace else { return }
    member("traceparent", string: trace.parent)
    if let state = trace.state { member("tracestate", string: state.text) }
  }
}

extension CatalogTable {
  /// Traces of operations. Key: a place, u32 big-endian. Value: a `TraceRow`.
  static let traces = CatalogTable(rawValue: 82)
}
