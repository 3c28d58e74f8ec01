import LMDB

/// The catalog in an LMDB environment: one table, keys led by the table number, values led by their CRC-32C (u32,
/// little-endian, over key and value).
public final class LMDBCatalog: Catalog {
  let environment: Environment
  let entries: Database
  let gate: WriteGate

  /// Opens the table in an open environment; makes it unless that is read-only.
  init(environment: Environment, gate: WriteGate) throws(StoreError) {
    self.environment = environment
    self.gate = gate
    entries = try at("catalog") { try environment.openDatabase(named: "entries") }
  }

  public func apply(_ changes: [CatalogChange]) throws(StoreError) {
    for change in changes {
      switch change {
      case .put(let table, let key, _), .delete(let table, let key): try check(table, key)
      }
    }
    guard !changes.isEmpty else { return }
    try gate.write(at: "catalog") { () throws(StoreError) in
      try at("catalog") {
        var transaction = try environment.beginWriting()
        for change in changes {
          switch change {
          case .put(let table, let key, let value):
            let full = [table.rawValue] + key
            var bytes: [UInt8] = []
            bytes.reserveCapacity(4 + value.count)
            bytes.appendInteger(checksum(full, value.withRawSpan { crc32c($0) }))
            bytes += value
            unsafe try transaction.put(bytes.span.bytes, for: full.span.bytes, in: entries)
          case .delete(let table, let key):
            let full = [table.rawValue] + key
            _ = unsafe try transaction.delete(full.span.bytes, in: entries)
          }
        }
        try transaction.commit()
      }
    }
  }

  public func value(_ table: CatalogTable, key: [UInt8]) throws(StoreError) -> [UInt8]? {
    try check(table, key)
    return try at(place(table, key)) {
      let transaction = try environment.beginReading()
      let full = [table.rawValue] + key
      guard let stored = unsafe try transaction.value(for: full.span.bytes, in: entries) else { return nil }
      return try verified(stored, full).array
    }
  }

  public func scan(
    _ table: CatalogTable, from start: [UInt8]?, countMax: Int, _ visit: (_ key: [UInt8], _ value: RawSpan) -> ReadStep
  ) throws(StoreError) -> [UInt8]? {
    if let start { try check(table, start) }
    return try at("catalog table \(table.rawValue)") {
      let transaction = try environment.beginReading()
      var cursor = try transaction.cursor(in: entries)
      let first = [table.rawValue] + (start ?? [])
      var isThere = unsafe try cursor.move(atOrAfter: first.span.bytes)
      var count = 0
      while isThere {
        let full = cursor.key.array
        guard full.first == table.rawValue else { return nil }
        let key = [UInt8](full.dropFirst())
        if count >= countMax { return key }
        count += 1
        let step = visit(key, try verified(cursor.value, full))
        isThere = try cursor.moveToNext()
        if step == .stop {
          guard isThere, cursor.key.array.first == table.rawValue else { return nil }
          return [UInt8](cursor.key.array.dropFirst())
        }
      }
      return nil
    }
  }

  public func usage() throws(StoreError) -> StoreUsage {
    try at("catalog") { try StoreUsage(of: [entries], in: environment) }
  }

  private func check(_ table: CatalogTable, _ key: [UInt8]) throws(StoreError) {
    guard (1...catalogKeyByteCountMax).contains(key.count) else {
      throw StoreError(
        .keyTooLong(byteCount: key.count, limit: catalogKeyByteCountMax), at: place(table, key),
        "a key has 1 to \(catalogKeyByteCountMax) bytes, this one \(key.count)")
    }
  }

  @_lifetime(copy stored)
  private func verified(_ stored: RawSpan, _ full: [UInt8]) throws(StoreError) -> RawSpan {
    guard stored.byteCount >= 4 else {
      throw StoreError(.damaged, at: place(full), "the value has no checksum")
    }
    let value = stored.extracting(4...)
    guard stored.integer(UInt32.self, at: 0) == checksum(full, crc32c(value)) else {
      throw StoreError(.damaged, at: place(full), "the value does not match its checksum")
    }
    return value
  }

  /// The value's checksum, tied to the key by a second pass over it.
  private func checksum(_ full: [UInt8], _ value: UInt32) -> UInt32 {
    full.withRawSpan { crc32c($0, seed: value) }
  }

  /// A place that names the key by its first bytes, in hex: keys may hold anything.
  private func place(_ full: [UInt8]) -> String {
    place(CatalogTable(rawValue: full.first ?? 0), [UInt8](full.dropFirst()))
  }

  private func place(_ table: CatalogTable, _ key: [UInt8]) -> String {
    let shown = key.prefix(16).map { hex($0) }.joined()
    return "catalog table \(table.rawValue) key \(shown)\(key.count > 16 ? "..." : "")"
  }
}
