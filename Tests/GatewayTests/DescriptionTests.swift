import Kernel
import Testing

@testable import Gateway

@Suite("Description")
struct DescriptionTests {
  @Test("every operation of the kernel is reachable, and every route has its own name")
  func reach() {
    let names = RouteTable.standard.routes.map(\.name)
    #expect(Set(names).count == names.count)
    for code in OperationCode.allCases {
      #expect(names.contains { $0.hasSuffix(code.name.lowercased()) }, "\(code)")
    }
  }

  @Test("paths lead to their routes")
  func match() throws {
    for route in RouteTable.standard.routes {
      let path = route.template.replacing("{tenant}", with: "1").replacing("{contract}", with: "2")
        .replacing("{milestone}", with: "3").replacing(#/\{[a-z]+\}/#, with: "3")
      guard case .found(let found, let parameters) = RouteTable.standard.match(route.method, path[...]) else {
        Issue.record("\(path) leads nowhere")
        continue
      }
      #expect(found.name == route.name)
      #expect(parameters.values.allSatisfy { ["1", "2", "3"].contains($0) })
    }
    for path in ["", "/", "//", "/v1", "/v1/tenants", "/v1/tenants//ledger", "/v1/tenants/1/ledger/"] {
      if case .found(let route, _) = RouteTable.standard.match(.get, path[...]) {
        Issue.record("\(path): \(route.name)")
      }
    }
  }

  @Test("the descriptions have everything that they refer to")
  func references() throws {
    let documents = [OpenAPI.document(of: .standard), AsyncAPI.document(of: EventRoutes.all)]
    for document in try documents.map({ try JSONValue(reading: $0.span) }) {
      func check(_ value: JSONValue) {
        switch value {
        case .array(let elements): elements.forEach(check)
        case .object(let members):
          for member in members {
            if member.name == "$ref", let text = member.value.text {
              let place = text.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
              #expect(place != nil, "\(text)")
            }
            check(member.value)
          }
        default: break
        }
      }
      check(document)
    }
  }

  @Test("AsyncAPI has a message for every type of event, and a channel for every way that events come")
  func asyncAPI() throws {
    let document = try JSONValue(reading: AsyncAPI.document(of: EventRoutes.all).span)
    #expect(document["asyncapi"]?.text == "3.0.0")
    for type in CloudEvent.types {
      #expect(document["components"]?["messages"]?[type]?["payload"]?["properties"]?["type"]?["enum"]?[0]?.text == type)
      #expect(document["channels"]?["webhook"]?["messages"]?[type] != nil)
    }
    #expect(document["channels"]?.count == 5)
    #expect(document["operations"]?.count == 5)
    let stream = document["channels"]?["follow_tenant_events_stream"]
    #expect(stream?["address"]?.text == "/v1/tenants/{tenant}/events")
    #expect(stream?["messages"]?.count == CloudEvent.types.count)
    #expect(stream?["parameters"]?["tenant"] != nil)
  }

  @Test("the pages are served")
  func pages() async throws {
    try await withGateway { api in
      let description = try await api.get("/openapi.json")
      #expect(description.status == 200)
      #expect(description.header("content-type") == "application/json")
      let events = try await api.get("/asyncapi.json")
      #expect(events.status == 200)
      #expect(events.header("content-type") == "application/json")
      let page = try await api.get("/reference")
      #expect(page.text.contains("id=\"problem-insufficient_funds\""))
      #expect(page.header("content-security-policy")?.hasPrefix("default-src 'none'") ?? false)
      let tag = try #require(description.header("etag"))
      #expect(try await api.get("/openapi.json", headers: [("if-none-match", tag)]).status == 304)
    }
  }
}
