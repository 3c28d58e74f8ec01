import Formats
import Store

/// An event that shows an owner that its receiver works. It is no event of the log.
enum TestEvent {
  static let type = "in.milepost.webhook.test.v1"

  static func document(id: String, tenant: UInt32, at now: Int64) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("specversion", string: "1.0")
      writer.member("id", string: id)
      writer.member("source", string: "/v1/tenants/\(tenant)")
      writer.member("type", string: type)
      writer.member("time", string: RFC3339.text(now))
      writer.member("datacontenttype", string: MediaType.json)
      writer.key("data")
      writer.object { $0.member("message", string: "A test, sent by hand") }
    }
    return writer.bytes
  }

  static let schema = Schema.object([
    .init("specversion", .words(["1.0"])), .init("id", .string(pattern: "^test-")), .init("source", .string()),
    .init("type", .words([type])), .init("time", .instant), .init("datacontenttype", .string()),
    .init("data", .object([.init("message", .string())])),
  ])
}
