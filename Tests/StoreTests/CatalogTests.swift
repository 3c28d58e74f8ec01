import Store
import Testing

@Suite struct CatalogTests {
  let directory = TemporaryDirectory()

  func open() throws -> any Catalog {
    try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small()).catalog
  }

  @Test func aBatchOfChangesIsThereAfterReopening() throws {
    do {
      let catalog = try open()
      try catalog.apply([
        .put(.settings, key: [1], value: [1, 2, 3]), .put(.settings, key: [2], value: []),
        .put(.tenants, key: [1], value: [9]), .put(.settings, key: [3], value: [0]), .delete(.settings, key: [3]),
        .delete(.settings, key: [77]),
      ])
      try catalog.apply([])
    }
    let catalog = try open()
    #expect(try catalog.value(.settings, key: [1]) == [1, 2, 3])
    #expect(try catalog.value(.settings, key: [2]) == [])
    #expect(try catalog.value(.settings, key: [3]) == nil)
    #expect(try catalog.value(.tenants, key: [1]) == [9])
    #expect(try catalog.usage().recordCount == 3)
  }

  @Test func aScanSeesOneTableInOrderAndCanGoOn() throws {
    let catalog = try open()
    try catalog.apply((0..<50).map { .put(.tenants, key: [UInt8($0 % 2), UInt8($0)], value: [UInt8($0)]) })
    try catalog.apply([.put(.sessions, key: [255], value: []), .put(.subscribers, key: [0], value: [])])
    var keys: [[UInt8]] = []
    var next: [UInt8]? = nil
    repeat {
      next = try catalog.scan(.tenants, from: next, countMax: 7) { key, value in
        keys.append(key)
        #expect(copy(value) == [key[1]])
        return .next
      }
    } while next != nil
    #expect(keys.count == 50)
    #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(try catalog.scan(.tenants, from: [1], countMax: 7) { _, _ in .stop } == [1, 3])
    #expect(try catalog.scan(.tenants, from: [1, 49], countMax: 7) { _, _ in .stop } == nil)
    #expect(try catalog.scan(.references, from: nil, countMax: 7) { _, _ in .next } == nil)
  }

  @Test(arguments: [0, 501, 600]) func aKeyOfAWrongSizeIsRefusedByName(byteCount: Int) throws {
    let catalog = try open()
    let key = [UInt8](repeating: 7, count: byteCount)
    for change in [CatalogChange.put(.settings, key: key, value: []), .delete(.settings, key: key)] {
      let error = expectError(.keyTooLong(byteCount: byteCount, limit: 500)) { () throws(StoreError) in
        try catalog.apply([.put(.settings, key: [1], value: [1]), change])
      }
      #expect(error?.place.hasPrefix("catalog table 4 key") == true)
    }
    expectError(.keyTooLong(byteCount: byteCount, limit: 500)) { () throws(StoreError) in
      _ = try catalog.value(.settings, key: key)
    }
    // Nothing of the refused batches was written, and writing goes on.
    #expect(try catalog.value(.settings, key: [1]) == nil)
    let longest = [UInt8](repeating: 7, count: 500)
    try catalog.apply([.put(.settings, key: longest, value: [5])])
    #expect(try catalog.value(.settings, key: longest) == [5])
  }

  @Test func aChangedValueIsNamed() throws {
    do { try open().apply([.put(.settings, key: [0xAB], value: [UInt8]("the value of a setting".utf8))]) }
    directory.damage("catalog/data.mdb", at: [UInt8]("the value of a setting".utf8), offset: 5)
    let catalog = try open()
    let error = expectError(.damaged) { () throws(StoreError) in _ = try catalog.value(.settings, key: [0xAB]) }
    #expect(error?.place == "catalog table 4 key ab")
    expectError(.damaged) { () throws(StoreError) in
      _ = try catalog.scan(.settings, from: nil, countMax: 5) { _, _ in .next }
    }
  }
}
