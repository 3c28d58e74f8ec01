import AsyncHTTPClient
import Compression
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Compression over HTTP")
struct EncodingTests {
  @Test(
    "gzip is for who wants it",
    arguments: [
      (nil, false), ("", false), ("gzip", true), ("x-gzip", true), ("GZIP", true), ("br, gzip", true),
      ("deflate", false),
      ("gzip;q=0", false), ("gzip;q=0.000", false), ("gzip; q=0.5", true), ("*", true), ("*;q=0", false),
      ("*;q=0.1, gzip;q=0", false),
      ("identity, gzip;q=0.5", false), ("identity;q=0.5, gzip", true), ("gzip;q=0.5, identity;q=0.5", true),
      ("gzip;q=1.001", false),
      ("gzip;q=2", false), ("gzip;q", false), ("gzip;q=.5", false), ("gzip;q=0.1234", false), ("gzip;q=-1", false),
      ("gzip;x=1;q=1", false),
    ] as [(String?, Bool)])
  func wanted(_ header: String?, _ takes: Bool) {
    #expect(AcceptEncoding.takesGzip(header) == takes, "\(header ?? "none")")
  }

  /// The answer as it is on the wire.
  private func raw(_ api: GatewayFixture, _ path: String, _ headers: [(String, String)]) async throws -> (
    status: Int, headers: HTTPHeaders, bytes: [UInt8]
  ) {
    var request = HTTPClientRequest(url: api.base + path)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let response = try await api.client.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 64 << 20)
    return (Int(response.status.code), response.headers, Array(body.readableBytesView))
  }

  private let gzip = [("accept-encoding", "gzip")]

  @Test("what is read comes compressed, with a tag of its own, and both are told apart")
  func answers() async throws {
    try await withGateway { api in
      let plain = try await raw(api, "/openapi.json", [])
      let packed = try await raw(api, "/openapi.json", gzip)
      #expect(plain.headers.first(name: "content-encoding") == nil)
      #expect(packed.headers.first(name: "content-encoding") == "gzip")
      #expect(packed.bytes.count < plain.bytes.count / 4)
      #expect(packed.headers.first(name: "content-length") == String(packed.bytes.count))
      #expect(try Gzip.inflated(packed.bytes, byteCountMax: plain.bytes.count) == plain.bytes)
      for reply in [plain, packed] {
        #expect(reply.headers["vary"].joined(separator: ", ").contains("Accept-Encoding"))
      }
      let tag = try #require(plain.headers.first(name: "etag"))
      let other = try #require(packed.headers.first(name: "etag"))
      #expect(other == String(tag.dropLast()) + "-gzip\"")
      // Who has a representation is told so, with the tag that it has; one that it cannot read now does not count.
      for (known, headers, status, told) in [
        (tag, [], 304, tag), (other, gzip, 304, other), (tag, gzip, 304, tag), (other, [], 200, tag),
        ("\(tag), \(other)", gzip, 304, tag),
        ("\"none-gzip\"", gzip, 200, other), ("W/\(other)", gzip, 304, other),
      ] {
        let reply = try await raw(api, "/openapi.json", headers + [("if-none-match", known)])
        #expect(reply.status == status, "\(known) \(headers)")
        #expect(reply.headers.first(name: "etag") == told, "\(known) \(headers)")
      }
    }
  }

  @Test("a tag of a compressed record is good for a change; small answers, streams and secrets are not compressed")
  func records() async throws {
    try await withGateway { api in
      try await api.fund("42")
      let small = try await raw(api, "/v1/tenants/1/contracts/42", gzip)
      #expect(small.headers.first(name: "content-encoding") == nil)
      let tag = try #require(small.headers.first(name: "etag"))
      let change = try await api.post(
        "/v1/tenants/1/contracts/42/deposits", #"{"amount":1,"reference":"one more"}"#,
        headers: [("if-match", String(tag.dropLast()) + "-gzip\"")])
      #expect(change.status == 200, "\(change.text)")
      for contract in 43...60 { try await api.fund(String(contract)) }
      let page = try await raw(api, "/v1/tenants/1/contracts", gzip)
      #expect(page.headers.first(name: "content-encoding") == "gzip")
      var request = HTTPClientRequest(url: api.base + "/v1/tenants/1/events?after=0-0")
      request.headers.add(name: "accept", value: "text/event-stream")
      request.headers.add(name: "accept-encoding", value: "gzip")
      let stream = try await api.client.execute(request, timeout: .seconds(20))
      #expect(stream.headers.first(name: "content-encoding") == nil)
      let unread = RouteTable.standard.routes.filter { !$0.isCompressed }
      for name in ["create_webhook", "get_authorize", "authorize", "create_key"] {
        if let route = RouteTable.standard.routes.first(where: { $0.name == name }) {
          #expect(!route.isCompressed, "\(name)")
        }
      }
      #expect(unread.allSatisfy { $0.method != .get || $0.section == TokenRoutes.section })
    }
  }

  private func send(
    _ api: GatewayFixture, _ path: String, _ bytes: [UInt8], encoding: String, type: String = "application/json"
  ) async throws -> Reply {
    var request = HTTPClientRequest(url: api.base + path)
    request.method = .POST
    request.headers.add(name: "content-type", value: type)
    request.headers.add(name: "content-encoding", value: encoding)
    request.body = .bytes(ByteBuffer(bytes: bytes))
    let response = try await api.client.execute(request, timeout: .seconds(20))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Reply(status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
  }

  @Test("bodies in gzip are read, up to what they are plain")
  func bodies() async throws {
    try await withGateway { api in
      let path = "/v1/tenants/1/contracts"
      let document = Array(#"{"contract":"7","payer":"10","payee":"20","value":5,"actor":"10"}"#.utf8)
      let packed = try #require(Gzip.compressed(document))
      #expect(try await send(api, path, packed, encoding: "gzip").status == 201)
      #expect(try await send(api, path, document, encoding: "identity").code == "contract_exists")
      for (bytes, code) in [
        (document, "broken_body"), (Array(packed.dropLast()), "broken_body"), (packed + [0], "broken_body"),
      ] {
        let reply = try await send(api, path, bytes, encoding: "gzip")
        #expect(reply.status == 400)
        #expect(try reply.code == code)
      }
      let large = try #require(Gzip.compressed([UInt8](repeating: 0x20, count: RouteCall.byteCountMax + 1)))
      let reply = try await send(api, path, large, encoding: "gzip")
      #expect(reply.status == 413, "\(reply.text)")
      let other = try await send(api, path, document, encoding: "br")
      #expect(other.status == 415)
      #expect(other.header("accept-encoding") == "gzip")
      let stream = try await send(api, "/v1/streams", packed, encoding: "gzip", type: "application/x-ndjson")
      #expect(stream.status == 415)
    }
  }
}
