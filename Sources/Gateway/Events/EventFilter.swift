import Client
import Expressions
import HTTPTypes
import HummingbirdCore
import Kernel
import Wire

/// Which events somebody wants.
struct EventFilter: Sendable {
  /// The first one; nil for what comes from now on.
  var from: EventPosition?
  var scope = TenantScope.all
  var takesRefused = false
  private var types: Set<String>?
  private var contract: UInt128?
  private var expression: EventExpression?
  /// What the caller named as known.
  private var after: EventPosition?

  init(_ call: RouteCall) throws(Problem) {
    if let name = call.request.headers[.lastEventID] ?? call.parameter("after") {
      guard let position = EventName.position(name) else {
        throw .badParameter("after", "is no id of an event, as 12-0")
      }
      begin(behind: position)
    }
    if call.names(.tenant) { scope = .one(try call.tenant()) }
    takesRefused = call.parameter("refused") == "true"
    if let text = call.parameter("refused"), text != "true", text != "false" {
      throw .badParameter("refused", "is neither true nor false")
    }
    if let text = call.parameter("type") {
      let types = Set(text.split(separator: ",").map(String.init))
      guard !types.isEmpty, types.isSubset(of: CloudEvent.types) else {
        throw .badParameter("type", "names a type of event that there is not")
      }
      self.types = types
    }
    if let text = call.parameter("contract") {
      guard let id = Identifier.id(text) else { throw .badParameter("contract", "is no id") }
      contract = id
    }
    if let text = call.parameter("filter") {
      do throws(ExpressionFault) { expression = try EventExpression(text) } catch {
        throw .badParameter("filter", error.detail, .unprocessableContent)
      }
    }
  }

  /// From behind what is known.
  mutating func begin(behind position: EventPosition) {
    after = position
    // Commits are numbered from 1: nothing lies before the first.
    from = position.commit == 0 ? position : EventPosition(commit: position.commit, index: position.index &+ 1)
  }

  func passes(_ event: Event) -> Bool {
    if let contract, event.record.operation.contract != contract { return false }
    if let types, !types.contains(CloudEvent.type(event)) { return false }
    return expression?.holds(for: event) ?? true
  }

  /// The id to name as known by who goes on at `next`.
  func name(before next: EventPosition) -> String {
    if next.index > 0 { return EventName.text(EventPosition(commit: next.commit, index: next.index - 1)) }
    // Nothing was looked at.
    if let after, next == from { return EventName.text(after) }
    // From the beginning of a commit: the one before has fewer events than that.
    return EventName.text(EventPosition(commit: next.commit - 1, index: 999_999_999))
  }
}
