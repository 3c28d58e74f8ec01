import Access
import Store
import Testing

@testable import Gateway

@Suite("Usage")
struct UsageTests {
  private let hour: Int64 = 3_600_000

  /// A meter over a catalog of its own.
  private func withMeter(_ body: (UsageMeter, any Catalog) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let catalog = try Store.openCatalog(folder.url.path)
    let meter = UsageMeter(catalog, logger: Gateway.quietLogger)
    try await body(meter, catalog)
    await meter.stop()
    withExtendedLifetime(folder) {}
  }

  private func record(tenant: UInt32?, key: UInt32?) -> CallRecord {
    let record = CallRecord(trace: nil)
    (record.tenant, record.key) = (tenant, key)
    return record
  }

  private func rows(
    _ meter: UsageMeter, _ hours: Range<UInt32> = 0..<UInt32.max, tenant: UInt32? = nil
  ) throws -> [UsageKey: UsageCounts] {
    var rows: [UsageKey: UsageCounts] = [:]
    try meter.rows(of: hours, tenant: tenant) {
      #expect(rows.updateValue($1, forKey: $0) == nil)
      return true
    }
    return rows
  }

  @Test("keys and rows come back as they were written")
  func rowsComeBack() {
    for key in [
      UsageKey(hour: 7, tenant: nil, key: nil, route: "none"), UsageKey(hour: .max, tenant: 0, key: 0, route: "a"),
      UsageKey(hour: 0, tenant: .max, key: .max, route: "get_contract"),
    ] { #expect(UsageKey(key.bytes) == key) }
    var counts = UsageCounts(status: 404, microseconds: 5)
    counts += UsageCounts(status: 503, microseconds: .max - 9)
    #expect(UsageCounts(counts.bytes) == counts)
    #expect([counts.requests, counts.refused, counts.failed] == [2, 1, 1])
    for bad in [[], [1], Array(repeating: 0, count: 33), Array(repeating: 1, count: 34)] as [[UInt8]] {
      #expect(UsageCounts(bad) == nil)
    }
    #expect(UsageKey([]) == nil)
    for text in ["-.-.-.-", "1.2.3.get_contract", "5.-.0.-"] { #expect(UsageReport.Group(text)?.text == text) }
    for text in ["", "1.2.3", "1.2.3.", "x.-.-.-", "01.-.-.-"] { #expect(UsageReport.Group(text) == nil) }
  }

  @Test("each request counts once, whoever writes when, also over a restart")
  func exact() async throws {
    let folder = try TemporaryFolder()
    let catalog = try Store.openCatalog(folder.url.path)
    for _ in 0..<2 {
      let meter = UsageMeter(catalog, logger: Gateway.quietLogger)
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<8 as Range<UInt32> {
          group.addTask {
            for number in 0..<500 {
              meter.count(
                record(tenant: worker % 2, key: worker), route: "a", status: number % 10 == 0 ? 404 : 200,
                nanoseconds: 2_000, at: Int64(number % 3) * hour)
              if number % 100 == 0 { try? await meter.flush() }
            }
          }
        }
      }
      await meter.stop()
    }
    let meter = UsageMeter(catalog, logger: Gateway.quietLogger)
    let rows = try rows(meter)
    #expect(rows.count == 8 * 3)
    var sum = UsageCounts()
    for counts in rows.values { sum += counts }
    #expect(sum.requests == 8_000)
    #expect(sum.refused == 800)
    #expect(sum.microseconds == 16_000)
    await meter.stop()
    withExtendedLifetime(folder) {}
  }

  @Test("a tenant's rows are found among those of others, hour by hour")
  func tenantRows() async throws {
    try await withMeter { meter, _ in
      for hours in 0..<20 as Range<Int64> {
        for tenant in 0..<30 as Range<UInt32> where (Int64(tenant) + hours) % 3 == 0 {
          meter.count(record(tenant: tenant, key: 1), route: "a", status: 200, nanoseconds: 0, at: hours * hour)
        }
        meter.count(record(tenant: nil, key: nil), route: "none", status: 404, nanoseconds: 0, at: hours * hour)
      }
      try await meter.flush()
      let all = try rows(meter)
      #expect(all.count == 20 * 11)
      for tenant in [0, 7, 29, 30] as [UInt32] {
        for hours in [0..<20, 5..<9, 19..<20, 20..<30] as [Range<UInt32>] {
          let expected = all.filter { $0.key.tenant == tenant && hours.contains($0.key.hour) }
          #expect(try rows(meter, hours, tenant: tenant) == expected)
        }
      }
    }
  }

  @Test("too many different ones count together, and none is lost")
  func bounded() async throws {
    try await withMeter { meter, _ in
      let count = UsageMeter.rowCountMax + 500
      for tenant in 0..<UInt32(count) {
        meter.count(record(tenant: tenant, key: 1), route: "a", status: 200, nanoseconds: 0, at: 0)
      }
      // One that is known has its own row as before.
      meter.count(record(tenant: 3, key: 1), route: "a", status: 200, nanoseconds: 0, at: 0)
      try await meter.flush()
      let rows = try rows(meter)
      #expect(rows.count == UsageMeter.rowCountMax + 1)
      #expect(rows[UsageKey(hour: 0, tenant: nil, key: nil, route: "other")]?.requests == 500)
      #expect(rows[UsageKey(hour: 0, tenant: 3, key: 1, route: "a")]?.requests == 2)
    }
  }

  @Test("rows older than 92 days are taken away")
  func sweep() async throws {
    try await withMeter { meter, _ in
      for hours in 0..<40 as Range<Int64> {
        meter.count(record(tenant: 1, key: 1), route: "a", status: 200, nanoseconds: 0, at: hours * hour)
      }
      try await meter.flush()
      #expect(await meter.sweep(at: (Int64(UsageMeter.hourCountMax) + 10) * hour) == false)
      #expect(try rows(meter).keys.map(\.hour).min() == 10)
      #expect(await meter.sweep(at: 0) == false)
      #expect(try rows(meter).count == 30)
    }
  }

  @Test("usage is shown by what is asked for, and adds up")
  func report() async throws {
    try await withGateway { api in
      try await api.fund("77")
      for _ in 0..<5 { #expect(try await api.get("/v1/tenants/1/ledger").status == 200) }
      for _ in 0..<3 { #expect(try await api.get("/v1/tenants/1/contracts/78").status == 404) }
      #expect(try await api.get("/v1/tenants/2/ledger").status == 200)
      #expect(try await api.get("/nowhere").status == 404)
      let routes = try await api.get("/v1/tenants/1/usage?by=route").json["items"]?.elements ?? []
      func requests(_ route: String) -> Int64? { routes.first { $0["route"]?.text == route }?["requests"]?.number }
      #expect(requests("get_ledger") == 5)
      #expect(requests("get_contract") == 3)
      let refused = routes.first { $0["route"]?.text == "get_contract" }?["refused"]?.number
      #expect(refused == 3)
      #expect(requests("deposit") == 1)
      // Six that made the contract, eight that looked, and the one that asked for usage before.
      let total = try await api.get("/v1/tenants/1/usage").json["items"]
      #expect(total?.count == 1)
      #expect(total?[0]?["requests"]?.number == 15)
      let all = try await api.get("/v1/usage?by=tenant,route").json["items"]?.elements ?? []
      #expect(all.contains { $0["tenant"]?.text == "2" && $0["route"]?.text == "get_ledger" })
      #expect(all.contains { $0["tenant"] == nil && $0["route"]?.text == "none" })
      var (paged, path): ([JSONValue], String?) = ([], "/v1/tenants/1/usage?by=day,route&to=2100-01-01T00:00:00Z")
      #expect(try await api.get(path ?? "").json["items"]?.count == 0)
      path = "/v1/tenants/1/usage?by=day,route&limit=2"
      while let place = path {
        let page = try await api.get(place)
        paged += try page.json["items"]?.elements ?? []
        path = page.header("link").map { String($0.dropFirst().prefix(while: { $0 != ">" })) }
      }
      let names = Set(paged.compactMap { $0["route"]?.text })
      let missing = routes.compactMap { $0["route"]?.text }.filter { !names.contains($0) }
      #expect(missing == [])
      let starts = paged.filter { $0["start"]?.text?.hasSuffix("T00:00:00.000Z") ?? false }
      #expect(starts.count == paged.count)
    }
  }

  @Test("what is refused")
  func refused() async throws {
    let reader = KeySecret()
    let platform = KeySecret()
    try await withGateway({ path in
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(content: .init(name: "reader", tenants: [2], roles: [.platform]), credential: reader.credential),
        by: .local)
      _ = try control.perform(
        .create(content: .init(name: "all", tenants: nil, roles: [.platform]), credential: platform.credential),
        by: .local)
    }) { api in
      func ask(_ path: String, _ secret: KeySecret) async throws -> Reply {
        try await api.get(path, headers: [("authorization", "Bearer \(secret.text)")])
      }
      #expect(try await ask("/v1/tenants/2/usage", reader).status == 200)
      #expect(try await ask("/v1/tenants/1/usage", reader).status == 403)
      #expect(try await ask("/v1/tenants/999/usage", reader).status == 403)
      #expect(try await ask("/v1/usage", reader).status == 403)
      for query in ["by=king", "by=", "by=tenant", "cursor=x", "from=yesterday"] {
        #expect(try await ask("/v1/tenants/2/usage?\(query)", reader).status == 400, "\(query)")
      }
      for query in ["by=hour,day", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2020-01-01T00:00:00Z"] {
        #expect(try await ask("/v1/tenants/2/usage?\(query)", reader).status == 422, "\(query)")
      }
      // Refused requests for another tenant are not the tenant's.
      let all = try await ask("/v1/usage?by=tenant,key", platform)
      #expect(all.status == 200)
      let tenants = try all.json["items"]?.elements.compactMap { $0["tenant"]?.text } ?? []
      #expect(Set(tenants) == ["2"])
    }
  }
}
