import Client
import HTTPTypes
import HummingbirdCore
import Wire

extension RouteCall {
  /// Which events are wanted, with what a cursor or a time says of where to begin.
  func eventFilter() async throws(Problem) -> EventFilter {
    var filter = try EventFilter(self)
    let since = try instant("since")
    let places = ["after", "cursor", "since"].filter { parameter($0) != nil }
    guard places.count < 2 else {
      throw .badParameter(places[1], "says where to begin, and \(places[0]) does so, too", .unprocessableContent)
    }
    // A reader that comes again knows better.
    guard request.headers[.lastEventID] == nil else { return filter }
    if let name = parameter("cursor") {
      guard EventCursor.isName(name) else { throw .badParameter("cursor", "is no name of a cursor") }
      let tenant = try await readerTenant()
      guard let cursor = try services.cursors.cursor(tenant, name) else { throw .notFound("cursor") }
      filter.begin(behind: cursor.after)
    }
    if let since { filter.from = try await begin(since: since, filter.scope) }
    return filter
  }

  private func begin(since time: Int64, _ scope: TenantScope) async throws(Problem) -> EventPosition {
    // Who has no good key has nothing looked for.
    let session = try await session()
    let place = try services.searches.place()
    defer { withExtendedLifetime(place) {} }
    // The gateway's own key sees every event, so each look is short. Without one, or when it cannot be had, the caller's session looks at what
    // it may: the same answer, later.
    guard let client = try? await services.webhooks.log.ownClient() else {
      return try await LogSearch(session.client, scope).firstCommit(since: time)
    }
    let result: Result<EventPosition, Problem>
    do throws(Problem) { result = .success(try await LogSearch(client, .all).firstCommit(since: time)) } catch {
      result = .failure(error)
    }
    await client.close()
    return try result.get()
  }
}
