import Access
import NIOConcurrencyHelpers

/// Codes that a signed-in person has not yet let go to an application, by a number that only the person's page has. In memory: who waits
/// longer than the code lives signs in again.
final class ConsentTickets: Sendable {
  struct Ticket: Sendable {
    var code: TokenText
    var redirectURI: String
    var state: String?
    var expires: Int64
  }

  private static let countMax = 10_000
  static let lifeMilliseconds: Int64 = 240_000
  private let tickets = NIOLockedValueBox<[String: Ticket]>([:])

  /// Keeps a ticket.
  /// - Returns: its name; nil when too many wait.
  func add(_ ticket: Ticket, now: Int64) -> String? {
    let name = randomHex(wordCount: 4)
    return tickets.withLockedValue { tickets in
      if tickets.count >= Self.countMax { tickets = tickets.filter { now < $0.value.expires } }
      guard tickets.count < Self.countMax else { return nil }
      tickets[name] = ticket
      return name
    }
  }

  /// Takes a ticket, once.
  func take(_ name: String, now: Int64) -> Ticket? {
    guard let ticket = tickets.withLockedValue({ $0.removeValue(forKey: name) }), now < ticket.expires else {
      return nil
    }
    return ticket
  }
}
