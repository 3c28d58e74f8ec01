import Client
import Kernel
import Wire

/// Which events of its tenant an endpoint gets.
struct WebhookFilter: Sendable, Equatable {
  /// Only these types; nil for all.
  var types: [String]?
  /// Only of this contract and its milestones.
  var contract: UInt128?
  /// Also refused operations.
  var takesRefused = false
  /// Only events of which it is true; nil for all.
  var expression: EventExpression?

  func passes(_ event: Event) -> Bool {
    if !takesRefused, !event.record.result.isAccepted { return false }
    if let contract, event.record.operation.contract != contract { return false }
    guard types?.contains(CloudEvent.type(event)) ?? true else { return false }
    return expression?.holds(for: event) ?? true
  }

  /// Whether a dead letter would still be wanted. Its contract is the endpoint's, which does not change.
  func passes(_ letter: DeadLetter) -> Bool {
    if !takesRefused, letter.event.type == CloudEvent.refusedType { return false }
    guard types?.contains(letter.event.type) ?? true else { return false }
    guard let expression else { return true }
    // It was written as JSON.
    guard let document = try? JSONValue(reading: letter.event.body.span) else { return true }
    return expression.holds(for: document)
  }
}
