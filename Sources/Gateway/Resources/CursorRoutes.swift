import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

/// Named places in the log that readers leave behind, to go on from there.
enum CursorRoutes {
  static let all: [Route] = [list, get, set, delete]

  private static let section = "Events"
  private static let cursors = PathParts.tenant + [.literal("cursors")]
  private static let cursor = cursors + [.parameter(.cursor)]

  private static let list = Route(
    method: .get, path: cursors, name: "list_cursors", summary: "A tenant's cursors, by name", section: section,
    answers: [Route.Answer(.ok, "All of them", .named("Cursors"))]
  ) { call in
    let tenant = try await call.readerTenant()
    return call.page(try call.services.cursors.cursors(of: tenant), next: nil) { writer, cursor in
      cursor.write(to: &writer)
    }
  }

  private static let get = Route(
    method: .get, path: cursor, name: "get_cursor", summary: "How far a reader has come", section: section,
    answers: [Route.Answer(.ok, "The cursor", .named("Cursor")), RecordRoutes.notModified]
  ) { call in
    let name = try call.cursor()
    let tenant = try await call.readerTenant()
    guard let cursor = try call.services.cursors.cursor(tenant, name) else { throw Problem.notFound("cursor") }
    return call.record(version: cursor.version) { cursor.write(to: &$0) }
  }

  private static let set = Route(
    method: .put, path: cursor, name: "set_cursor",
    summary: "Says that all events up to one are done with, or makes a cursor. With If-Match one of two readers wins",
    section: section,
    body: .document(
      .object([
        .init(
          "after",
          .described(
            .string(pattern: EventName.pattern),
            "The last event that is done with, or `after` of a page; `0-0` for none"))
      ]), isRequired: true),
    answers: [
      Route.Answer(.ok, "Set", .named("Cursor")), Route.Answer(.created, "Made", .named("Cursor")),
    ], condition: .version
  ) { call in
    try call.refuseKey("a cursor takes no Idempotency-Key: to set it to the same place again changes nothing")
    let name = try call.cursor()
    var reader = DocumentReader(try call.members(of: try await call.body()))
    let after = reader.text("after", "is no id of an event, as 12-0") { EventName.position($0) }
    if !reader.contains("after") { reader.fault("after", "is missing") }
    try reader.finish()
    guard let after else { throw Problem(MemberFaults("after", "is missing")) }
    let tenant = try await call.readerTenant()
    try await call.checkReached(after)
    let (cursor, isNew) = try await call.services.cursors.set(tenant, name, after: after, try call.expectation())
    var writer = JSONWriter()
    cursor.write(to: &writer)
    return Response(
      status: isNew ? .created : .ok,
      headers: [
        .contentType: MediaType.json, .eTag: EntityTag.text(version: cursor.version, of: writer.bytes),
      ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }

  private static let delete = Route(
    method: .delete, path: cursor, name: "delete_cursor", summary: "Takes a cursor away", section: section,
    answers: [Route.Answer(.noContent, "Gone", nil)], condition: .version
  ) { call in
    let name = try call.cursor()
    let tenant = try await call.readerTenant()
    try await call.services.cursors.remove(tenant, name, try call.expectation())
    return Response(status: .noContent)
  }

  static let components: [(String, Schema)] = [
    ("Cursor", EventCursor.schema), ("Cursors", .object([.init("items", .array(.named("Cursor")))])),
  ]
}

extension RouteCall {
  /// The tenant of the path.
  ///
  /// - Throws: `Problem` when the caller may not read it.
  func readerTenant() async throws(Problem) -> UInt32 {
    let tenant = try tenant()
    try await session().checkReader(of: tenant)
    return tenant
  }

  /// - Throws: `Problem` when the log does not reach there: who says that it is done with events that are not there has another log in mind.
  fileprivate func checkReached(_ position: EventPosition) async throws(Problem) {
    let session = try await session()
    do throws(ClientError) {
      let newest = try await session.client.ping().commit
      guard position.commit > newest else { return }
      throw ClientError.subscriptionEnded(EventsEnd(.positionAhead, value: newest))
    } catch { throw session.failed(error) }
  }

  fileprivate func expectation() throws(Problem) -> CursorStore.Expectation {
    if let version = try expectedVersion() { return .version(version) }
    return request.headers[.ifMatch] == nil ? .anything : .some
  }
}
