import Access
import Crypto
import Foundation
import Repository
import Store
import Testing

@testable import Gateway

@Suite("Documents in versions over HTTP")
struct VersionTests {
  /// Persons 1 and 2 of tenant 7, a program of it, a person for all tenants, and two of another one.
  private let author = KeySecret()
  private let approver = KeySecret()
  private let program = KeySecret()
  private let platform = KeySecret()
  private let stranger = KeySecret()
  private let neighbour = KeySecret()
  private let path = "/v1/tenants/7/documents/template/retail~two-stages"

  private func prepare(at path: String) throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
    let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
    let keys: [(KeySecret, AccessKey.Content)] = [
      (author, .init(name: "author", tenants: [7], roles: [.operator], person: 1)),
      (approver, .init(name: "approver", tenants: [7], roles: [.operator], person: 2)),
      (program, .init(name: "program", tenants: [7], roles: [.platform])),
      (platform, .init(name: "platform", tenants: nil, roles: [.platform], person: 3)),
      (neighbour, .init(name: "neighbour", tenants: [8], roles: [.platform])),
      (stranger, .init(name: "stranger", tenants: [8], roles: [.operator], person: 4)),
    ]
    for (secret, content) in keys {
      _ = try control.perform(.create(content: content, credential: secret.credential), by: .local)
    }
  }

  private func bearer(_ secret: KeySecret) -> [(String, String)] { [("authorization", "Bearer \(secret.text)")] }

  private func withDocuments(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
    let library = try smallLibrary()
    try await withGateway(prepare, configure: { $0.templates = library }, body)
  }

  /// Saves over the version that a tag names.
  private func save(
    _ api: GatewayFixture, _ path: String, _ text: String, over tag: String?, as key: KeySecret,
    type: String = "application/json"
  ) async throws -> Reply {
    try await api.ask(.PUT, path, text, type: type, headers: bearer(key) + (tag.map { [("if-match", $0)] } ?? []))
  }

  private func step(
    _ api: GatewayFixture, _ version: String, _ document: String, as key: KeySecret
  ) async throws -> Reply {
    try await api.post("\(path)/versions/\(version)/steps", document, headers: bearer(key))
  }

  @Test(
    "a tenant forks a template of the library, changes it, and makes contracts of its own once another person approved")
  func ownTemplate() async throws {
    try await withDocuments { api in
      let forked = try await api.post(
        "\(path)/forks", #"{"tenant":"0","document":"retail~two-stages","message":"ours"}"#, headers: bearer(author))
      #expect(forked.status == 201, "\(forked.text)")
      let whole = try await api.get(path, headers: bearer(author))
      let source = try #require(try whole.json["version"]?["source"]?.text)
      #expect(try whole.json["version"]?["origin"]?["tenant"]?.text == "0")
      let order =
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"77","payer":"10","payee":"20"}"#
      let changed = source.replacing("share: 4000", with: "share: 2500").replacing(
        "amount: 40000", with: "amount: 25000"
      )
      .replacing("amount: 60000", with: "amount: 75000").replacing("version: 1.2.0", with: "version: 2.0.0")
      let saved = try await save(
        api, path, changed, over: forked.header("etag"), as: author, type: "application/yaml")
      #expect(saved.status == 200, "\(saved.text)")
      let version = try #require(try saved.json["version"]?.text)
      #expect(saved.header("etag") == "\"\(version)\"")
      // Nothing is in force yet, and no step is left out.
      #expect(try await api.get("/v1/tenants/7/templates", headers: bearer(author)).json["items"]?.count == 0)
      #expect(try await step(api, version, #"{"to":"active"}"#, as: approver).code == "illegal_step")
      #expect(try await step(api, version, #"{"to":"checked"}"#, as: author).status == 200)
      for (key, code) in [
        (author, "other_person_needed"), (program, "other_person_needed"), (stranger, "tenant_mismatch"),
      ] {
        let refused = try await step(api, version, #"{"to":"approved"}"#, as: key)
        #expect(refused.status == 403)
        #expect(try refused.code == code, "\(refused.text)")
      }
      #expect(try await step(api, version, #"{"to":"approved"}"#, as: approver).status == 200)
      #expect(try await step(api, version, #"{"to":"active"}"#, as: author).status == 200)
      let own = try await api.get("/v1/tenants/7/templates", headers: bearer(author)).json["items"]
      #expect(own?.count == 1 && own?[0]?["version"]?.text == "2.0.0")
      let preview = try await api.post(
        "/v1/tenants/7/templates/retail/two-stages/previews", #"{"form":{"value":100000,"start":"2030-01-01"}}"#,
        headers: bearer(author))
      #expect(try preview.json["milestones"]?[0]?["amount"]?.number == 25_000, "\(preview.text)")
      let made = try await api.post("/v1/tenants/7/instances", order, headers: bearer(program))
      #expect(made.status == 201, "\(made.text)")
      #expect(try made.json["instance"]?["document_version"]?.text == version)
      let milestone = try await api.get("/v1/tenants/7/contracts/77/milestones/1", headers: bearer(program))
      #expect(try milestone.json["amount"]?.number == 25_000)
      // The library is as it was, and so is another tenant's contract.
      let other = try await api.post("/v1/tenants/8/instances", order, headers: bearer(neighbour))
      #expect(try other.json["instance"]?["document_version"] == nil)
      #expect(try other.json["schedule"]?["milestones"]?[0]?["amount"]?.number == 40_000)
    }
  }

  @Test("the library is kept in versions: what did not change has no new one at the next start, what did has")
  func published() async throws {
    try await withDocuments { api in
      let services = api.gateway.services
      func versionCount() async throws -> Int {
        try await services.documents.run { repository in
          let name = try #require(DocumentName("retail/two-stages"))
          let reference = Reference(DocumentID(.platform, .template, name), in: DocumentService.live)
          return try repository.history(of: reference, as: .everything).versions.count
        }
      }
      #expect(try await versionCount() == 1)
      let shelf = try #require(services.templates)
      try await shelf.publish(at: 1_900_000_000_000)
      #expect(try await versionCount() == 1)
      let next = TemplateShelf(try smallLibrary(businessDays: true), services.documents, api.engine.catalog)
      for _ in 0..<2 { try await next.publish(at: 1_900_000_000_000) }
      await next.stop()
      #expect(try await versionCount() == 2)
    }
  }

  @Test("what is wrong with a text is told with its place, and such a version does not get on")
  func wrong() async throws {
    try await withDocuments { api in
      let source = try #require(
        try await api.get(
          "/v1/tenants/0/documents/template/retail~two-stages", headers: bearer(author)
        ).json["version"]?["source"]?.text)
      let text = source.replacing("share: 4000", with: "share: 10000")
      let report = try await api.ask(
        .POST, "\(path)/checks", text, type: "application/yaml", headers: bearer(author))
      #expect(report.status == 200)
      #expect(try report.json["usable"] == .bool(false))
      let findings = try report.json["findings"]
      let places = (0..<(findings?.count ?? 0)).compactMap { findings?[$0]?["pointer"]?.text }
      #expect(
        places.allSatisfy { $0.hasPrefix("/template") || $0.hasPrefix("/samples") } && !places.isEmpty, "\(report.text)"
      )
      #expect((findings?[0]?["line"]?.number ?? 0) > 1)
      let saved = try await save(api, path, text, over: nil, as: author, type: "application/yaml")
      #expect(saved.status == 201)
      let version = try #require(try saved.json["version"]?.text)
      let refused = try await step(api, version, #"{"to":"checked"}"#, as: author)
      #expect(refused.status == 422)
      #expect(try refused.json["errors"]?.count == places.count)
      // No document at all.
      let broken = try await save(
        api, path, "a: &x 1\n", over: saved.header("etag"), as: author, type: "application/yaml")
      #expect(broken.status == 422)
      #expect(try broken.code == "invalid_text" && broken.text.contains("line 1, column"), "\(broken.text)")
      #expect(try await save(api, path, "{}", over: nil, as: author, type: "text/plain").status == 415)
      // A kind that nobody here can check stays a draft.
      let rules = path.replacing("/template/", with: "/ruleset/")
      let first = try await save(api, rules, "{}", over: nil, as: author)
      let id = try #require(try first.json["version"]?.text)
      let unchecked = try await api.post("\(rules)/versions/\(id)/steps", #"{"to":"checked"}"#, headers: bearer(author))
      #expect(try unchecked.code == "no_checker")
    }
  }

  @Test("who is not known has no text read")
  func strangers() async throws {
    try await withDocuments { api in
      for method in ["\(path)/checks", "\(path)/versions/\(String(repeating: "0", count: 64))/merges"] {
        let told = try await api.ask(.POST, method, "a: [", type: "application/yaml", headers: [])
        #expect(told.status == 401, "\(told.text)")
        let known = try await api.ask(.POST, method, "a: [", type: "application/yaml", headers: bearer(author))
        #expect(try known.code == "invalid_text")
      }
      let saved = try await api.ask(.PUT, path, "a: [", type: "application/yaml", headers: [])
      #expect(saved.status == 401)
    }
  }

  @Test(
    "templates that one belongs to are a tenant's own in force, or else the library's; what is wrong with them is told")
  func dependencies() async throws {
    try await withDocuments { api in
      let source = try #require(
        try await api.get(
          "/v1/tenants/0/documents/template/retail~two-stages", headers: bearer(author)
        ).json["version"]?["source"]?.text)
      func text(_ name: String, _ other: String, _ versions: String) -> String {
        source.replacing("name: two-stages", with: "name: \(name)").replacing(
          "  parameters:\n",
          with: "  dependencies:\n    - { template: \(other), versions: \"\(versions)\" }\n  parameters:\n")
      }
      func check(_ name: String, _ text: String, _ language: String = "en") async throws -> Reply {
        try await api.ask(
          .POST, "/v1/tenants/7/documents/template/retail~\(name)/checks?language=\(language)", text,
          type: "application/yaml", headers: bearer(author))
      }
      func steps(_ name: String, _ text: String, over head: String? = nil) async throws -> (last: Reply, head: String?)
      {
        let path = "/v1/tenants/7/documents/template/retail~\(name)"
        let saved = try await save(api, path, text, over: head, as: author, type: "application/yaml")
        let version = try #require(try saved.json["version"]?.text)
        var done = saved
        for (to, key) in [("checked", author), ("approved", approver), ("active", author)] {
          done = try await api.post("\(path)/versions/\(version)/steps", #"{"to":"\#(to)"}"#, headers: bearer(key))
          guard done.status == 200 else { break }
        }
        return (done, saved.header("etag"))
      }
      func activate(_ name: String, _ text: String, over head: String? = nil) async throws -> String? {
        let (last, head) = try await steps(name, text, over: head)
        #expect(last.status == 200, "\(last.text)")
        return head
      }
      #expect(try await check("own", text("own", "retail/two-stages", "^1.0.0")).json["usable"] == .bool(true))
      let missing = try await check("own", text("own", "retail/nowhere", "^1.0.0")).json["findings"]
      #expect(missing?.count == 1 && missing?[0]?["code"]?.text == "template.dependency-missing")
      #expect(missing?[0]?["pointer"]?.text == "/template/dependencies/0" && missing?[0]?["line"]?.number ?? 0 > 1)
      let old = text("own", "retail/two-stages", "^2.0.0")
      let (english, hindi) = (
        try await check("own", old).json["findings"], try await check("own", old, "hi").json["findings"]
      )
      #expect(english?.count == 1 && english?[0]?["code"]?.text == "template.dependency-version")
      #expect(english?[0]?["message"]?.text != hindi?[0]?["message"]?.text)
      // The tenant's own one of that name comes first once it is in force.
      let stages = try await activate("two-stages", source.replacing("version: 1.2.0", with: "version: 2.0.0"))
      #expect(try await check("own", old).json["usable"] == .bool(true))
      // Approved while its own other template would do, and put in force when that is another one.
      let otherPath = "/v1/tenants/7/documents/template/retail~other"
      let other = try await save(
        api, otherPath, text("other", "retail/two-stages", "^2.0.0"), over: nil, as: author, type: "application/yaml")
      let waiting = try #require(try other.json["version"]?.text)
      for (to, key) in [("checked", author), ("approved", approver)] {
        let done = try await api.post(
          "\(otherPath)/versions/\(waiting)/steps", #"{"to":"\#(to)"}"#, headers: bearer(key))
        #expect(done.status == 200, "\(done.text)")
      }
      let next = try await activate(
        "two-stages", source.replacing("version: 1.2.0", with: "version: 3.0.0"), over: stages)
      let late = try await api.post(
        "\(otherPath)/versions/\(waiting)/steps", #"{"to":"active"}"#, headers: bearer(author))
      #expect(try late.status == 422 && late.json["errors"]?[0]?["pointer"]?.text == "/template/dependencies/0")
      var again = try await activate(
        "two-stages", source.replacing("version: 1.2.0", with: "version: 2.1.0"), over: next)
      // Scheduled while its other template would do, and due when that is another one.
      let scheduled = try await api.post(
        "\(otherPath)/versions/\(waiting)/steps", #"{"to":"scheduled","due":"2040-01-01T00:00:00Z"}"#,
        headers: bearer(author))
      #expect(scheduled.status == 200, "\(scheduled.text)")
      again = try await activate(
        "two-stages", source.replacing("version: 1.2.0", with: "version: 3.0.1"), over: again)
      let clock = DocumentService(
        api.engine.catalog, checkers: [.template: TemplateChecker(library: try smallLibrary())],
        logger: Gateway.quietLogger, now: { 2_300_000_000_000 })
      var taken: JSONValue?
      for _ in 0..<100 where taken?[4] == nil {
        taken = try await api.get("\(otherPath)/versions/\(waiting)", headers: bearer(author)).json["steps"]
        if taken?[4] == nil { try await Task.sleep(for: .milliseconds(100)) }
      }
      await clock.stop()
      #expect(taken?[4]?["state"]?.text == "retired", "\(String(describing: taken))")
      let log = try await api.get("/v1/documents/log?limit=1000", headers: bearer(platform)).text
      #expect(log.contains("template.dependency-version"))
      again = try await activate(
        "two-stages", source.replacing("version: 1.2.0", with: "version: 2.2.0"), over: again)
      // Those that belong to a template and are in force keep it from leaving their range.
      _ = try await activate("own", old)
      let refused = try await steps(
        "two-stages", source.replacing("version: 1.2.0", with: "version: 3.1.0"), over: again
      ).last
      #expect(try refused.status == 422 && refused.json["errors"]?[0]?["pointer"]?.text == "/template/version")
      #expect(refused.text.contains("retail/own") && refused.text.contains("^2.0.0"), "\(refused.text)")
      let circle = try await check(
        "two-stages", text("two-stages", "retail/own", "^1.0.0").replacing("version: 1.2.0", with: "version: 2.1.0")
      ).json
      #expect(circle["usable"] == .bool(false) && circle["findings"]?.count == 1)
      #expect(circle["findings"]?[0]?["code"]?.text == "template.dependency-cycle")
      // Another tenant sees the library's.
      let neighbours = try await api.ask(
        .POST, "/v1/tenants/8/documents/template/retail~own/checks", old, type: "application/yaml",
        headers: bearer(neighbour))
      #expect(try neighbours.json["findings"]?[0]?["code"]?.text == "template.dependency-version", "\(neighbours.text)")
    }
  }

  @Test("who saves over what was not seen is refused, and learns where the document is")
  func compareAndSet() async throws {
    try await withDocuments { api in
      let first = try await save(api, path, #"{"a":1}"#, over: nil, as: author)
      let tag = try #require(first.header("etag"))
      let again = try await save(api, path, #"{"a":2}"#, over: nil, as: author)
      #expect(again.status == 412 && again.header("etag") == tag)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<16 {
          group.addTask { try await save(api, path, #"{"a":\#(number + 2)}"#, over: tag, as: author).status }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 412 } == 15, "\(statuses)")
      #expect(try await save(api, path, "{}", over: "\"x\"", as: author).status == 412)
      let merge = try await api.post(
        "\(path)/merges", #"{"version":"\#(tag.dropFirst().dropLast())"}"#, headers: bearer(author))
      #expect(merge.status == 428)
    }
  }

  @Test("a fork takes in what became of its origin; what both changed is told as conflicts")
  func upstream() async throws {
    try await withDocuments { api in
      let origin = "/v1/tenants/0/documents/table/limits"
      let fork = "/v1/tenants/7/documents/table/our~limits"
      let first = try await save(api, origin, #"{"low":1,"high":9}"#, over: nil, as: platform)
      #expect(first.status == 201, "\(first.text)")
      #expect(try await save(api, origin, "{}", over: first.header("etag"), as: author).status == 403)
      let forked = try await api.post(
        "\(fork)/forks", #"{"tenant":"0","document":"limits"}"#, headers: bearer(author))
      let own = try await save(api, fork, #"{"low":2,"high":9}"#, over: forked.header("etag"), as: author)
      let second = try await save(api, origin, #"{"low":1,"high":8}"#, over: first.header("etag"), as: platform)
      let news = try await api.get("\(fork)/upstream", headers: bearer(author)).json
      #expect(news["changes"]?.count == 1 && news["patch"]?[0]?["path"]?.text == "/high")
      let current = try #require(news["current"]?.text)
      let merged = try await api.post(
        "\(fork)/merges", #"{"version":"\#(current)","message":"new ceiling"}"#,
        headers: bearer(author) + [("if-match", own.header("etag") ?? "")])
      #expect(merged.status == 200, "\(merged.text)")
      #expect(try merged.json["parents"]?.count == 2)
      let head = try await api.get(fork, headers: bearer(author)).json["version"]
      #expect(head?["document"]?["low"]?.number == 2 && head?["document"]?["high"]?.number == 8)
      let third = try await save(api, origin, #"{"low":5,"high":8}"#, over: second.header("etag"), as: platform)
      let conflict = try await api.post(
        "\(fork)/merges", #"{"version":"\#(try third.json["version"]?.text ?? "")"}"#,
        headers: bearer(author) + [("if-match", merged.header("etag") ?? "")])
      #expect(conflict.status == 409)
      let found = try conflict.json["conflicts"]?[0]
      #expect(found?["base"]?.number == 1 && found?["mine"]?.number == 2 && found?["theirs"]?.number == 5)
      #expect(try await api.get(fork, headers: bearer(stranger)).status == 403)
      #expect(try await api.get(origin, headers: bearer(stranger)).status == 200)
    }
  }

  @Test("the API tells by which kinds money can change, and which are checked here; a version says the same")
  func kinds() async throws {
    try await withDocuments { api in
      let reply = try await api.get("/v1/tenants/7/documents", headers: bearer(author))
      #expect(reply.status == 200, "\(reply.text)")
      let kinds = try reply.json["items"]?.elements ?? []
      let names = kinds.compactMap { $0["kind"]?.text }
      #expect(names == names.sorted() && Set(names).isSuperset(of: ["template", "mapping", "messages", "table"]))
      for kind in kinds {
        let name = try #require(kind["kind"]?.text)
        let path = "/v1/tenants/7/documents/\(name)/one"
        let version = try await save(api, path, "{}", over: nil, as: author)
        #expect(try version.json["moves_money"] == kind["moves_money"], "\(name)")
        let check = try await api.post("\(path)/checks", "{}", headers: bearer(author))
        #expect((check.status == 200) == (kind["checked"] == .bool(true)), "\(name): \(check.text)")
      }
      let moving = kinds.filter { $0["moves_money"] == .bool(true) }.compactMap { $0["kind"]?.text }
      #expect(moving == ["config", "mapping", "refdata", "ruleset", "table", "template", "workflow"])
      #expect(try await api.get("/v1/tenants/7/documents", headers: bearer(stranger)).status == 403)
    }
  }

  @Test("a text that was made of an older version is put together with the newest one, and nothing is kept")
  func mergedText() async throws {
    try await withDocuments { api in
      let limits = "/v1/tenants/7/documents/table/limits"
      let first = try await save(api, limits, #"{"low":1,"high":9,"rows":[{"id":"a","n":1}]}"#, over: nil, as: author)
      let base = try #require(try first.json["version"]?.text)
      let second = try await save(
        api, limits, #"{"low":2,"high":9,"rows":[{"id":"a","n":3}]}"#, over: first.header("etag"), as: approver)
      let head = try #require(try second.json["version"]?.text)
      func merge(_ text: String, of version: String, as key: KeySecret) async throws -> Reply {
        try await api.ask(
          .POST, "\(limits)/versions/\(version)/merges", text, type: "application/yaml", headers: bearer(key))
      }
      // What only one side changed is there, what both did is a conflict with what puts the other side in.
      let reply = try await merge("low: 1\nhigh: 8\nrows: [{ id: a, n: 2 }]\n", of: base, as: author)
      #expect(reply.status == 200, "\(reply.text)")
      let merged = try reply.json
      #expect(merged["head"]?.text == head && merged["base"]?.text == base)
      #expect(merged["merged"]?["low"]?.number == 2 && merged["merged"]?["high"]?.number == 8)
      #expect(merged["merged"]?["rows"]?[0]?["n"]?.number == 2)
      // Members are in the author's order, which columns of a mapping have, too.
      let low = try #require(reply.text.range(of: "\"low\""))
      #expect(reply.text.range(of: "\"high\"", range: low.upperBound..<reply.text.endIndex) != nil)
      #expect(reply.text.range(of: "\"high\"", range: reply.text.startIndex..<low.lowerBound) == nil)
      #expect(merged["conflicts"]?.count == 1)
      let conflict = merged["conflicts"]?[0]
      #expect(conflict?["path"]?.text == "/rows/[id=a]/n" && conflict?["theirs"]?.number == 3)
      let patch = conflict?["patch"]?[0]
      #expect(patch?["op"]?.text == "replace" && patch?["path"]?.text == "/rows/0/n" && patch?["value"]?.number == 3)
      #expect(try await api.get(limits, headers: bearer(author)).json["version"]?["version"]?.text == head)
      #expect(try await merge("a: &x 1\n", of: base, as: author).code == "invalid_text")
      #expect(try await merge("{}", of: String(repeating: "0", count: 64), as: author).status == 404)
      #expect(try await merge("{}", of: base, as: stranger).status == 403)
      // Each version of the list has what became of it.
      let list = try await api.get("\(limits)/versions", headers: bearer(author)).json["items"]
      #expect(list?.count == 2 && list?[0]?["steps"]?[0]?["actor"]?.text == "person:2")
    }
  }

  @Test("history by pages, differences, who changed a value, tags, reverts and promotions")
  func history() async throws {
    try await withDocuments { api in
      let document = "/v1/tenants/7/documents/config/limits"
      var tag: String?
      var versions: [String] = []
      for number in 0..<5 {
        let saved = try await save(
          api, "\(document)?environment=sandbox&message=step%20\(number)&label=1.\(number).0",
          #"{"fixed":true,"number":\#(number)}"#, over: tag, as: author)
        tag = saved.header("etag")
        versions.append(try #require(try saved.json["version"]?.text))
      }
      var found: [String] = []
      var next = ""
      repeat {
        let page = try await api.get(
          "\(document)/versions?environment=sandbox&limit=2\(next)", headers: bearer(author)
        ).json
        for index in 0..<(page["items"]?.count ?? 0) { found.append(page["items"]?[index]?["version"]?.text ?? "") }
        next = page["next"]?[0]?.text.map { "&from=\($0)" } ?? ""
      } while !next.isEmpty
      #expect(found == versions.reversed())
      let one = "\(document)/versions/\(versions[4])"
      let changes = try await api.get("\(one)/differences?since=\(versions[0])", headers: bearer(author)).json
      #expect(changes["changes"]?.count == 1 && changes["changes"]?[0]?["after"]?.number == 4)
      let blamed = try await api.get("\(one)/blame?pointer=/fixed", headers: bearer(author)).json
      #expect(blamed["version"]?.text == versions[0] && blamed["message"]?.text == "step 0")
      #expect(try await api.get("\(one)/blame?pointer=/none", headers: bearer(author)).status == 404)
      let tagged = try await api.post(
        "\(document)/tags", #"{"version":"\#(versions[1])","tag":"agreed"}"#, headers: bearer(author))
      #expect(tagged.status == 201)
      let moved = try await api.post(
        "\(document)/tags", #"{"version":"\#(versions[2])","tag":"agreed"}"#, headers: bearer(author))
      #expect(try moved.code == "tag_taken")
      #expect(
        try await api.get("\(document)/tags", headers: bearer(author)).json["items"]?[0]?["version"]?.text
          == versions[1])
      let reverted = try await api.post(
        "\(document)/reverts?environment=sandbox", #"{"version":"\#(versions[1])"}"#,
        headers: bearer(author) + [("if-match", tag ?? "")])
      #expect(reverted.status == 200)
      let promoted = try await api.post(
        "\(document)/promotions", #"{"version":"\#(try reverted.json["version"]?.text ?? "")","from":"sandbox"}"#,
        headers: bearer(author))
      #expect(promoted.status == 200, "\(promoted.text)")
      let live = try await api.get(document, headers: bearer(author)).json["version"]
      #expect(live?["document"]?["number"]?.number == 1 && live?["steps"]?[0]?["state"]?.text == "draft")
      // A version of another document is none of this one.
      let other = try await save(api, "/v1/tenants/7/documents/config/others", "{}", over: nil, as: author)
      let foreign = try other.json["version"]?.text ?? ""
      #expect(try await api.get("\(document)/versions/\(foreign)", headers: bearer(author)).status == 404)
      let list = try await api.get("/v1/tenants/7/documents/config?limit=1", headers: bearer(author)).json
      #expect(list["items"]?.count == 1 && list["next"]?.text == "limits")
    }
  }

  @Test("the log of all that was done is for the platform, and each line names the one before")
  func log() async throws {
    try await withDocuments { api in
      _ = try await save(api, path, "{}", over: nil, as: author)
      #expect(try await api.get("/v1/documents/log", headers: bearer(author)).status == 403)
      var lines: [String] = []
      var isAtEnd = false
      while !isAtEnd {
        let page = try await api.get("/v1/documents/log?after=\(lines.count)&limit=1", headers: bearer(platform))
        let line = try page.json["lines"]?[0]?.text
        if let line { lines.append(line) }
        isAtEnd = line == nil
      }
      // The library's template, and what was saved here.
      #expect(lines.count == 2)
      #expect(lines[1].contains(#""previous":"\#(ByteDigest(of: Array(lines[0].utf8)))""#), "\(lines)")
      #expect(lines[1].contains("person:1"))
    }
  }

  @Test("a version that is due comes in force by itself; a publisher's signature is checked")
  func dueAndSigned() async throws {
    try await withDocuments { api in
      let forked = try await api.post(
        "\(path)/forks", #"{"tenant":"0","document":"retail~two-stages"}"#, headers: bearer(author))
      let version = try #require(try forked.json["version"]?.text)
      #expect(try await step(api, version, #"{"to":"checked"}"#, as: author).status == 200)
      #expect(try await step(api, version, #"{"to":"approved"}"#, as: approver).status == 200)
      #expect(try await step(api, version, #"{"to":"scheduled"}"#, as: author).status == 422)
      let scheduled = try await step(
        api, version, #"{"to":"scheduled","due":"2026-01-01T00:00:00Z"}"#, as: author)
      #expect(scheduled.status == 200, "\(scheduled.text)")
      var active: String?
      for _ in 0..<100 where active == nil {
        active = try await api.get(path, headers: bearer(author)).json["state"]?["active"]?.text
        if active == nil { try await Task.sleep(for: .milliseconds(100)) }
      }
      #expect(active == version)
      let key = Curve25519.Signing.PrivateKey()
      func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
      let id = try #require(VersionID(hex: version))
      let signature = hex(try key.signature(for: id.bytes))
      func sign(_ signature: String) async throws -> Reply {
        try await api.post(
          "\(path)/versions/\(version)/signatures",
          #"{"publisher":"us","name":"Us","public_key":"\#(hex(key.publicKey.rawRepresentation))","signature":"\#(signature)"}"#,
          headers: bearer(author))
      }
      #expect(try await sign(String(repeating: "0", count: 128)).status == 422)
      let signed = try await sign(signature)
      #expect(signed.status == 201, "\(signed.text)")
      #expect(try signed.json["signatures"]?[0]?["valid"] == .bool(true))
      #expect(try await sign(signature).status == 409)
    }
  }
}
