import Documents
import Fiscal
import Foundation
import Store
import Templates
import Testing

@testable import Gateway

@Suite("Templates over HTTP")
struct TemplateTests {
  private func withTemplates(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
    let library = try smallLibrary()
    try await withGateway(configure: { $0.templates = library }, body)
  }

  @Test("templates are listed by facets and words, and shown with their form")
  func list() async throws {
    try await withTemplates { fixture in
      let all = try await fixture.get("/v1/templates?industry=retail&search=end%20two&language=hi").json
      #expect(all["items"]?[0]?["template"]?.text == "retail/two-stages")
      #expect(all["items"]?[0]?["title"]?.text == "Two stages hi")
      let none = try await fixture.get("/v1/templates?industry=education").json
      #expect(none["items"]?[0] == nil)
      for wrong in [
        "industry=x", "region=XX", "language=xx", "search=\(String(repeating: "a", count: 201))", "other=1",
      ] {
        #expect(try await fixture.get("/v1/templates?\(wrong)").status == 400, "\(wrong)")
      }
      let one = try await fixture.get("/v1/templates/retail/two-stages").json
      #expect(one["version"]?.text == "1.2.0" && one["schema"]?["properties"]?["days"] != nil)
      #expect(try await fixture.get("/v1/templates/retail/three-stages").status == 404)
    }
  }

  @Test("a preview shows the schedule, and every fault of a form at its place")
  func preview() async throws {
    try await withTemplates { fixture in
      let path = "/v1/templates/retail/two-stages/previews"
      let schedule = try await fixture.post(path, #"{"form":{"value":100001,"start":"2030-01-01"}}"#).json
      #expect(schedule["milestones"]?[0]?["amount"] == .integer(40_000))
      #expect(schedule["milestones"]?[1]?["amount"] == .integer(60_001))
      #expect(schedule["milestones"]?[1]?["due"]?.text == "2030-01-21")
      let wrong = try await fixture.post(path, #"{"form":{"value":1,"days":"x","other":true}}"#)
      let errors = try wrong.json["errors"]
      #expect(wrong.status == 422)
      #expect(errors?[0]?["pointer"]?.text == "/form/value" && errors?[1]?["pointer"]?.text == "/form")
      #expect(errors?[2]?["pointer"]?.text == "/form/days" && errors?[3]?["pointer"]?.text == "/form/other")
      for text in [
        "", "{", "[]", #"{"form":{}}"#, #"{"form":1}"#, #"{"form":{},"x":1}"#, #"{"form":{},"accept_unconfirmed":1}"#,
      ] {
        let status = try await fixture.post(path, text).status
        #expect([400, 415, 422].contains(status), "\(text): \(status)")
      }
    }
  }

  @Test("a due day for which no holidays are known is told, in a preview and with the contract")
  func holidays() async throws {
    let library = try smallLibrary(businessDays: true)
    try await withGateway(configure: { $0.templates = library }) { fixture in
      let form = #""form":{"value":100001,"start":"2030-01-01"}"#
      let preview = try await fixture.post("/v1/templates/retail/two-stages/previews", "{\(form)}").json
      let order = #"{"template":"retail/two-stages",\#(form),"contract":"78","payer":"10","payee":"20"}"#
      let made = try await fixture.post("/v1/tenants/3/instances", order).json
      for schedule in [preview, try #require(made["schedule"])] {
        // The tenth working day behind 11 January, over weekends of banks.
        #expect(schedule["milestones"]?[1]?["due"]?.text == "2030-01-24")
        #expect(schedule["calendar"]?["without_holidays"]?[0] == .integer(2))
        #expect(schedule["findings"]?[0]?["code"]?.text == "schedule.holidays-unknown")
        #expect(schedule["findings"]?[0]?["level"]?.text == "warning")
        #expect(schedule["findings"]?[0]?["pointer"]?.text == "/milestones/1/due")
      }
    }
  }

  @Test("a form is drawn as what is paid over time, in the words of a language")
  func drawing() async throws {
    try await withTemplates { fixture in
      let path = "/v1/templates/retail/two-stages/drawings"
      let form = #"{"form":{"value":100001,"start":"2030-01-01"}}"#
      let drawn = try await fixture.post("\(path)?language=hi", form)
      #expect(drawn.status == 200 && drawn.header("content-type") == "image/svg+xml")
      #expect(drawn.text.hasPrefix("<svg ") && drawn.text.hasSuffix("</svg>") && drawn.text.contains("<polyline"))
      #expect(try await fixture.post(path, form).text != drawn.text)
      #expect(try await fixture.post(path, #"{"form":{"value":1,"start":"2030-01-01"}}"#).status == 422)
      #expect(try await fixture.post("/v1/tenants/7/templates/retail/two-stages/drawings", form).status == 404)
    }
  }

  @Test("a contract of a form runs; asked again it is the same; what it was made of is remembered")
  func instance() async throws {
    try await withTemplates { fixture in
      let order =
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"77","payer":"10","payee":"20","stage":"funded","deposit_reference":"UTR 1"}"#
      let first = try await fixture.post("/v1/tenants/3/instances", order)
      #expect(first.status == 201, "\(first.text)")
      #expect(first.header("location") == "/v1/tenants/3/contracts/77")
      let contract = try await fixture.get("/v1/tenants/3/contracts/77").json
      #expect(contract["state"]?.text == "ACTIVE" && contract["value"] == .integer(100_000))
      #expect(contract["buckets"]?["held"] == .integer(100_000))
      #expect(try await fixture.post("/v1/tenants/3/instances", order).status == 200)
      let instance = try await fixture.get("/v1/tenants/3/contracts/77/instance").json
      #expect(instance["template"]?.text == "retail/two-stages" && instance["version"]?.text == "1.2.0")
      #expect(instance["form"]?["days"] == .integer(10))
      let other = order.replacing("100000", with: "200000")
      let refused = try await fixture.post("/v1/tenants/3/instances", other)
      let code = try refused.code
      #expect(refused.status == 409 && code == "contract_exists")
      #expect(try await fixture.get("/v1/tenants/3/contracts/77/instance").json == instance)
    }
  }

  @Test("what the kernel refuses leaves nothing behind, and a contract made otherwise is not taken over")
  func refused() async throws {
    try await withTemplates { fixture in
      try await fixture.fund("9", tenant: 3)
      func order(_ contract: String, _ reference: String) -> String {
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"\#(contract)","payer":"10","payee":"20","stage":"funded","deposit_reference":"\#(reference)"}"#
      }
      let taken = try await fixture.post("/v1/tenants/3/instances", order("9", "UTR 2"))
      #expect(taken.status == 409)
      #expect(try await fixture.get("/v1/tenants/3/contracts/9/instance").status == 404)
      // The bank's reference was used by another contract.
      let twice = try await fixture.post("/v1/tenants/3/instances", order("10", "UTR 3 9"))
      let code = try twice.code
      #expect(twice.status == 409 && code == "duplicate_deposit", "\(twice.text)")
      #expect(try await fixture.get("/v1/tenants/3/contracts/10").status == 404)
      #expect(try await fixture.post("/v1/tenants/3/instances", order("10", "UTR 4")).status == 201)
    }
  }

  @Test("the same order many times at once makes one contract, which knows what it was made of")
  func atOnce() async throws {
    try await withTemplates { fixture in
      let order =
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"5","payer":"10","payee":"20"}"#
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<16 { group.addTask { try await fixture.post("/v1/tenants/3/instances", order).status } }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.count { $0 == 201 } == 1 && statuses.allSatisfy { [200, 201, 409].contains($0) }, "\(statuses)")
      let instance = try await fixture.get("/v1/tenants/3/contracts/5/instance")
      #expect(instance.status == 200)
    }
  }

  @Test("every fault of an order is told at its place")
  func faults() async throws {
    try await withTemplates { fixture in
      let reply = try await fixture.post(
        "/v1/tenants/3/instances",
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2030-01-01"},"contract":"x","payer":1,"stage":"y","approvers":[{"person":"1","step":9}],"deposit_reference":""}"#
      )
      #expect(reply.status == 422)
      let pointers = ["/contract", "/payer", "/payee", "/stage", "/deposit_reference", "/approvers/0"]
      let errors = try reply.json["errors"]
      for (index, pointer) in pointers.enumerated() { #expect(errors?[index]?["pointer"]?.text == pointer) }
      let same = try await fixture.post(
        "/v1/tenants/3/instances",
        #"{"template":"retail/two-stages","form":{"value":100000,"start":"2020-01-01"},"payer":"1","payee":"1"}"#)
      #expect(same.status == 422 && same.text.contains("/payee") && same.text.contains("/milestones/begin"))
      #expect(try await fixture.post("/v1/tenants/3/instances", #"{"template":"retail/none"}"#).status == 422)
    }
  }

  @Test("a gateway without templates says so")
  func none() async throws {
    try await withGateway { fixture in
      let list = try await fixture.get("/v1/templates")
      let instance = try await fixture.post("/v1/tenants/3/instances", "{}")
      #expect(list.status == 404 && instance.status == 404)
    }
  }
}
