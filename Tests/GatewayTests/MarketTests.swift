import Access
import Crypto
import Foundation
import Marketplace
import Repository
import Store
import Testing

@testable import Gateway

@Suite("The marketplace over HTTP")
struct MarketTests {
  /// Two persons and a program of tenant 7 who sell, of tenant 8 who buy, one of tenant 9, and two of the platform.
  private let seller = KeySecret()
  private let sellersApprover = KeySecret()
  private let buyer = KeySecret()
  private let buyersApprover = KeySecret()
  private let program = KeySecret()
  private let stranger = KeySecret()
  private let first = KeySecret()
  private let second = KeySecret()
  private let own = "/v1/tenants/7/documents/template/retail~two-stages"
  private let listing = "7/template/retail~two-stages"
  private let publisherKey = Curve25519.Signing.PrivateKey()

  private func prepare(at path: String) throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
    let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
    let keys: [(KeySecret, AccessKey.Content)] = [
      (seller, .init(name: "seller", tenants: [7], roles: [.operator], person: 1)),
      (sellersApprover, .init(name: "seller's approver", tenants: [7], roles: [.operator], person: 2)),
      (buyer, .init(name: "buyer", tenants: [8], roles: [.operator], person: 3)),
      (buyersApprover, .init(name: "buyer's approver", tenants: [8], roles: [.operator], person: 4)),
      (program, .init(name: "buyer's program", tenants: [8], roles: [.platform])),
      (stranger, .init(name: "stranger", tenants: [9], roles: [.operator], person: 5)),
      (first, .init(name: "first", tenants: nil, roles: [.operator], person: 6)),
      (second, .init(name: "second", tenants: nil, roles: [.operator], person: 7)),
    ]
    for (secret, content) in keys {
      _ = try control.perform(.create(content: content, credential: secret.credential), by: .local)
    }
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  private func withMarket(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
    let (library, own) = (try smallLibrary(), KeySecret())
    let prepareOwn: (String) throws -> Void = { path in
      try prepare(at: path)
      let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
      let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
      _ = try control.perform(
        .create(content: .init(name: "gateway", tenants: nil, roles: [.reader]), credential: own.credential), by: .local
      )
    }
    try await withGateway(
      prepareOwn,
      configure: { configuration in
        configuration.templates = library
        configuration.ownKey = own.text
      }, body)
  }

  private func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

  private func steps(
    _ api: GatewayFixture, _ path: String, _ version: String, by author: KeySecret, _ approver: KeySecret,
    _ last: String = "active"
  ) async throws {
    for (to, key) in [("checked", author), ("approved", approver), (last, author)] {
      let reply = try await api.post("\(path)/versions/\(version)/steps", #"{"to":"\#(to)"}"#, headers: bearer(key))
      #expect(reply.status == 200, "\(to): \(reply.text)")
    }
  }

  /// Signs an approved version and offers it.
  private func offer(
    _ api: GatewayFixture, _ version: String, title: String = "Two stages for shops", audience: String = ""
  ) async throws -> Reply {
    let id = try #require(VersionID(hex: version))
    let signature = hex(try publisherKey.signature(for: id.bytes))
    let signed = try await api.post(
      "\(own)/versions/\(version)/signatures",
      #"{"publisher":"us","name":"Us","public_key":"\#(hex(publisherKey.publicKey.rawRepresentation))","signature":"\#(signature)"}"#,
      headers: bearer(seller))
    #expect(signed.status == 201, "\(signed.text)")
    return try await api.post(
      "\(own)/versions/\(version)/offers",
      #"{"publisher":"us","title":"\#(title)","facets":[{"name":"industry","value":"retail"}]\#(audience)}"#,
      headers: bearer(seller))
  }

  /// A template of tenant 7, labelled, approved, in force and offered.
  private func offered(_ api: GatewayFixture, audience: String = "") async throws -> (version: String, source: String) {
    let forked = try await api.post(
      "\(own)/forks", #"{"tenant":"0","document":"retail~two-stages","label":"1.2.0"}"#, headers: bearer(seller))
    let version = try #require(try forked.json["version"]?.text)
    let source = try #require(
      try await api.get(own, headers: bearer(seller)).json["version"]?["source"]?.text)
    try await steps(api, own, version, by: seller, sellersApprover)
    let offered = try await offer(api, version, audience: audience)
    #expect(offered.status == 201, "\(offered.text)")
    return (version, source)
  }

  @Test("a template is offered, found, installed, used; who used it rates it, and the seller sees how often")
  func life() async throws {
    try await withMarket { api in
      let (_, _) = try await offered(api)
      let found = try await api.get(
        "/v1/tenants/8/marketplace?words=shops&facet=industry:retail&kind=template", headers: bearer(buyer)
      ).json["items"]
      #expect(found?.count == 1 && found?[0]?["listing"]?.text == "7~template~retail~two-stages")
      #expect(found?[0]?["newest"]?["verified"] == .bool(false))
      #expect(
        try await api.get("/v1/tenants/8/marketplace?verified=true", headers: bearer(buyer)).json["items"]?.count == 0)
      let verified = try await api.post(
        "/v1/tenants/0/marketplace/publishers",
        #"{"tenant":"7","publisher":"us","verified":true,"reason":"papers seen"}"#, headers: bearer(first))
      #expect(verified.status == 200, "\(verified.text)")
      #expect(
        try await api.get("/v1/tenants/8/marketplace?verified=true", headers: bearer(buyer)).json["items"]?.count == 1)
      let bought = "/v1/tenants/8/marketplace/\(listing)"
      let installed = try await api.post(
        "\(bought)/install", #"{"document":"retail~two-stages"}"#, headers: bearer(buyer))
      #expect(installed.status == 201, "\(installed.text)")
      let version = try #require(try installed.json["version"]?.text)
      let mine = "/v1/tenants/8/documents/template/retail~two-stages"
      try await steps(api, mine, version, by: buyer, buyersApprover)
      let early = try await api.ask(.PUT, "\(bought)/rating", #"{"stars":4}"#, headers: bearer(buyer))
      #expect(try early.code == "not_used")
      for contract in 1...3 {
        let made = try await api.post(
          "/v1/tenants/8/instances",
          #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"\#(contract)","payer":"10","payee":"20","stage":"draft"}"#,
          headers: bearer(program))
        #expect(made.status == 201, "\(made.text)")
      }
      await api.gateway.services.uses.sweep()
      await api.gateway.services.uses.sweep()
      let counted = try await api.get(bought, headers: bearer(buyer)).json
      #expect(counted["contracts"]?.number == 3 && counted["users"]?.number == 1 && counted["installs"]?.number == 1)
      let rated = try await api.ask(
        .PUT, "\(bought)/rating", #"{"stars":4,"text":"does what it says"}"#, headers: bearer(buyer))
      #expect(rated.status == 200, "\(rated.text)")
      let seen = try await api.get(bought, headers: bearer(buyer)).json
      #expect(seen["average"]?.number == 400 && seen["ratings"]?[3]?.number == 1)
      let usage = try await api.get("/v1/tenants/7/marketplace/\(listing)/usage", headers: bearer(seller)).json
      #expect(usage["items"]?[0]?["contracts"]?.number == 3 && usage["items"]?[0]?["label"]?.text == "1.2.0")
      #expect(try await api.get("\(bought)/usage", headers: bearer(buyer)).status == 403)
    }
  }

  /// Installs what is offered, for tenant 8, and puts it in force.
  private func installed(_ api: GatewayFixture) async throws {
    _ = try await offered(api)
    let installed = try await api.post(
      "/v1/tenants/8/marketplace/\(listing)/install", #"{"document":"retail~two-stages"}"#, headers: bearer(buyer))
    let version = try #require(try installed.json["version"]?.text)
    try await steps(
      api, "/v1/tenants/8/documents/template/retail~two-stages", version, by: buyer, buyersApprover)
  }

  private func contractCount(_ api: GatewayFixture) async throws -> Int64? {
    try await api.get("/v1/tenants/8/marketplace/\(listing)", headers: bearer(buyer)).json["contracts"]?.number
  }

  /// Counts as a process does that ends at a write; the gateway's own counter goes on where that one was.
  /// - Returns: whether it came to that write.
  private func sweep(
    _ api: GatewayFixture, stoppingAt call: Int, _ fault: StoppingCatalog.Fault
  ) async throws -> Bool {
    let catalog = StoppingCatalog(api.engine.catalog, at: call, fault)
    let now: @Sendable () -> Int64 = { 1_900_000_000_000 }
    let documents = DocumentService(catalog, checkers: [:], logger: Gateway.quietLogger, now: now)
    let services = api.gateway.services
    let counter = UseCounter(documents, catalog, services.webhooks.log, logger: Gateway.quietLogger, now: now)
    await counter.sweep()
    await documents.stop()
    for _ in 0..<2 { await services.uses.sweep() }
    return catalog.hasStopped
  }

  @Test(
    "whatever write goes wrong while contracts are counted, each is counted once",
    arguments: StoppingCatalog.Fault.allCases)
  func stopped(_ fault: StoppingCatalog.Fault) async throws {
    try await withMarket { api in
      try await installed(api)
      var stopCount = 0
      // What is being counted, the counts, and what becomes of the contracts' rows.
      for call in 1...3 {
        let made = try await api.post(
          "/v1/tenants/8/instances",
          #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"\#(call)","payer":"10","payee":"20","stage":"draft"}"#,
          headers: bearer(program))
        #expect(made.status == 201, "\(made.text)")
        if try await sweep(api, stoppingAt: call, fault) { stopCount += 1 }
        #expect(try await contractCount(api) == Int64(call))
      }
      #expect(stopCount > 0)
    }
  }

  @Test(
    "a use that the marketplace refuses is left out, and what is behind it is counted once, whatever write goes wrong",
    arguments: StoppingCatalog.Fault.allCases)
  func refused(_ fault: StoppingCatalog.Fault) async throws {
    try await withMarket { api in
      try await installed(api)
      let (known, label) = (
        try #require(MarketForms.listing("7~template~retail~two-stages")), try #require(Label("1.2.0"))
      )
      let (unknown, other) = (try #require(MarketForms.listing("7~template~a~b")), try #require(Label("9.0.0")))
      let services = api.gateway.services
      for call in 1...3 {
        var stretch = CountedStretch(position: try await services.documents.trade { try $0.countedThrough() } + 1)
        stretch.uses = [(unknown, label), (known, label), (known, other), (known, label)].map {
          Use(of: Tenant(rawValue: 8), $0.0, $0.1, .made, on: 20_000)
        }
        try api.engine.catalog.apply([.put(.contractUses, key: CountedStretch.key, value: stretch.row)])
        #expect(try await sweep(api, stoppingAt: call, fault))
        #expect(try await contractCount(api) == Int64(2 * call))
        #expect(try api.engine.catalog.value(.contractUses, key: CountedStretch.key) == nil)
      }
    }
  }

  @Test("a newer release must rise far enough, and comes into an install by a merge")
  func update() async throws {
    try await withMarket { api in
      let (version, source) = try await offered(api)
      let bought = "/v1/tenants/8/marketplace/\(listing)"
      let mine = "/v1/tenants/8/documents/template/retail~two-stages"
      let installed = try await api.post(
        "\(bought)/install", #"{"document":"retail~two-stages"}"#, headers: bearer(buyer))
      let head = try #require(try installed.json["version"]?.text)
      func next(_ label: String, over tag: String) async throws -> String {
        let text = source.replacing("share: 4000", with: "share: 2500").replacing(
          "amount: 40000", with: "amount: 25000"
        )
        .replacing("amount: 60000", with: "amount: 75000").replacing("version: 1.2.0", with: "version: \(label)")
        let saved = try await api.ask(
          .PUT, "\(own)?label=\(label)", text, type: "application/yaml",
          headers: bearer(seller) + [("if-match", "\"\(tag)\"")])
        #expect(saved.status == 200, "\(saved.text)")
        let id = try #require(try saved.json["version"]?.text)
        try await steps(api, own, id, by: seller, sellersApprover)
        return id
      }
      let small = try await next("1.3.0", over: version)
      // Forms come to something else, so the first number rises.
      #expect(try await offer(api, small).code == "step_too_small")
      let large = try await next("2.0.0", over: small)
      #expect(try await offer(api, large).status == 201)
      let news = try await api.get("\(bought)/news", headers: bearer(buyer)).json
      #expect(news["newest"]?["label"]?.text == "2.0.0" && (news["changes"]?.count ?? 0) > 0)
      // The buyer's own change is of the same share: it is told, and settled by what the whole is to be.
      let settled = try await api.ask(
        .PUT, mine, source.replacing("share: 4000", with: "share: 5000"), type: "application/yaml",
        headers: bearer(buyer) + [("if-match", "\"\(head)\"")])
      let over = bearer(buyer) + [("if-match", try #require(settled.header("etag")))]
      let told = try await api.post("\(bought)/updates", "{}", headers: over)
      let conflicts = try told.json["conflicts"]
      #expect(told.status == 409 && conflicts?.count == 1, "\(told.text)")
      #expect(try told.json["merged"]?["template"]?["milestones"]?[0]?["share"]?.number == 5_000)
      let broken = try await api.post("\(bought)/updates", #"{"resolved":"{"}"#, headers: over)
      #expect(try broken.code == "invalid_text")
      let updated = try await api.post(
        "\(bought)/updates", #"{"resolved":"{\"template\":{\"milestones\":[{\"share\":2500}]}}"}"#, headers: over)
      #expect(updated.status == 200, "\(updated.text)")
      let whole = try await api.get(mine, headers: bearer(buyer)).json["version"]
      #expect(whole?["document"]?["template"]?["milestones"]?[0]?["share"]?.number == 2_500)
      let releases = try await api.get("\(bought)/releases", headers: bearer(buyer)).json["items"]
      #expect(releases?.count == 2)
    }
  }

  @Test(
    "what is for invited tenants is not there for others; the platform takes down by two persons, and installs are told"
  )
  func moderation() async throws {
    try await withMarket { api in
      _ = try await offered(api, audience: #","audience":["8"]"#)
      let (bought, foreign) = ("/v1/tenants/8/marketplace/\(listing)", "/v1/tenants/9/marketplace/\(listing)")
      #expect(try await api.get(foreign, headers: bearer(stranger)).status == 404)
      #expect(try await api.get("/v1/tenants/9/marketplace", headers: bearer(stranger)).json["items"]?.count == 0)
      // Nobody looks through another tenant's eyes, nor the platform's.
      #expect(try await api.get(bought, headers: bearer(stranger)).status == 403)
      #expect(try await api.get("/v1/tenants/0/marketplace/\(listing)", headers: bearer(stranger)).status == 403)
      #expect(try await api.get("/v1/tenants/0/marketplace/reports", headers: bearer(buyer)).status == 403)
      #expect(
        try await api.post("\(bought)/install", #"{"document":"shops"}"#, headers: bearer(buyer)).status == 201)
      let reported = try await api.post(
        "\(bought)/reports", #"{"objection":"misleading","text":"three stages"}"#, headers: bearer(buyer))
      #expect(reported.status == 204, "\(reported.text)")
      let platform = "/v1/tenants/0/marketplace"
      let reports = try await api.get("\(platform)/reports", headers: bearer(first)).json["items"]
      #expect(reports?.count == 1 && reports?[0]?["objection"]?.text == "misleading")
      func step(_ document: String, as key: KeySecret) async throws -> Reply {
        try await api.post("\(platform)/\(listing)/takedowns", document, headers: bearer(key))
      }
      let proposal = #"{"step":"proposed","objection":"misleading","reason":"it has three"}"#
      #expect(try await step(proposal, as: seller).status == 403)
      #expect(try await step(proposal, as: first).status == 200)
      #expect(try await step(#"{"step":"confirmed"}"#, as: first).code == "other_person_needed")
      #expect(try await api.get("\(platform)/takedowns", headers: bearer(second)).json["items"]?.count == 1)
      #expect(try await step(#"{"step":"confirmed"}"#, as: second).status == 200)
      #expect(try await api.get(bought, headers: bearer(buyer)).status == 404)
      let notices = try await api.get("/v1/tenants/8/marketplace/notices", headers: bearer(buyer)).json["items"]
      #expect(notices?.count == 1 && notices?[0]?["takedown"]?["reason"]?.text == "it has three")
      #expect(try await step(#"{"step":"put_back","reason":"mended"}"#, as: first).status == 200)
      #expect(try await api.get(bought, headers: bearer(buyer)).status == 200)
      let settled = try await api.post(
        "\(platform)/\(listing)/settlements", #"{"tenant":"8","reason":"done"}"#, headers: bearer(first))
      #expect(settled.status == 204)
      #expect(try await api.ask(.DELETE, "\(bought)/install", headers: bearer(buyer)).status == 204)
      #expect(try await api.get("/v1/tenants/8/marketplace/installs", headers: bearer(buyer)).json["items"]?.count == 0)
    }
  }

  @Test("what is being counted, and the row of a contract, are read back as they were written; a part of it is not")
  func rows() throws {
    var stretch = CountedStretch(position: 7)
    let (id, label) = (try #require(MarketForms.listing("7~template~a~b")), try #require(Label("1.0.0")))
    stretch.uses = [Use(of: Tenant(rawValue: 8), id, label, .made, on: 20_000)]
    stretch.changes = [.put(.contractUses, key: [1, 2], value: [3]), .delete(.contractUses, key: [4])]
    let back = try #require(CountedStretch(stretch.row))
    #expect(back.position == 7 && back.uses == stretch.uses && back.changes.count == 2)
    for length in 0..<stretch.row.count { #expect(CountedStretch(Array(stretch.row.prefix(length))) == nil) }
    let version = VersionID(ByteDigest(of: [1]))
    let row = UseRow(version, isCounted: true, at: 1_700_000_000_123)
    #expect(row.bytes.withUnsafeBytes { UseRow(unsafe RawSpan(_unsafeBytes: $0)) } == row)
  }
}
