import Client
import HTTPTypes
import Kernel
import Wire

/// The movements of one subject, read from the log once and kept up to date by what has come since.
actor LedgerBook {
  private let subject: LedgerSubject
  private let pool: BlockPool
  private var selection: ContractSelection
  private var replay: LedgerReplay
  private(set) var list = MovementList()
  /// Everything before it was looked at.
  private var next = LedgerBook.start
  private var fault: ReplayFault?
  private let turns = Turns()

  /// The log is read from its first commit on: a balance that begins later would be a guess.
  private static let start = EventPosition(commit: 1)
  /// Events of the tenant that one request looks at. Who needs more comes again, and it goes on there.
  static let eventCountMax = 1 << 17
  private static let countAtOnce = 1_024
  /// Milliseconds in which a server that is well says something.
  private static let patience: Int64 = 30_000

  init(_ subject: LedgerSubject, _ pool: BlockPool) {
    (self.subject, self.pool) = (subject, pool)
    selection = ContractSelection(subject)
    replay = LedgerReplay(pool)
  }

  /// Reads on to the end of the log, when those that were asked before are through.
  ///
  /// - Returns: the movements through a commit that was durable after the call, and that commit.
  /// - Throws: `Problem`: there is more to be read than one request may, the log no longer begins at its beginning, or it cannot be read.
  func read(_ client: MilepostClient) async throws(Problem) -> (list: MovementList, commit: UInt64) {
    try await turns.take { await self.readOn(client) }.get()
  }

  private func readOn(_ client: MilepostClient) async -> Result<(list: MovementList, commit: UInt64), Problem> {
    do throws(Problem) {
      let commit: UInt64
      do throws(ClientError) { commit = try await client.ping().commit } catch { throw Problem(error) }
      // The log is another one than before, as after a restore: what was read of it is not in it.
      if next.commit > commit + 1 { restart() }
      try checkFault()
      guard next.commit <= commit else { return .success((list, commit)) }
      let subscription: EventSubscription
      do throws(ClientError) {
        subscription = try await client.subscribe(
          from: next, scope: .one(subject.tenant), acceptedOnly: true, reportsProgress: true)
      } catch { throw Problem(error) }
      defer { subscription.cancel() }
      try await follow(subscription, through: commit)
      try checkFault()
      return .success((list, commit))
    } catch { return .failure(error) }
  }

  private func follow(_ subscription: EventSubscription, through commit: UInt64) async throws(Problem) {
    var left = Self.eventCountMax
    while next.commit <= commit, fault == nil {
      if let end = subscription.progress, end.commit > commit {
        next = max(next, end)
        return
      }
      guard left > 0 else { throw .unfinishedStatement }
      let arrival: EventSubscription.Arrival?
      do throws(ClientError) {
        arrival = try await subscription.next(countMax: min(left, Self.countAtOnce), within: Self.patience)
      } catch { throw Problem(error) }
      switch arrival {
      case nil, .timedOut: throw Problem(.closed)
      case .progress(let place): next = max(next, place)
      case .events(let events):
        left -= events.count
        for event in events { take(event) }
      }
    }
  }

  private func take(_ event: Event) {
    guard fault == nil else { return }
    next = EventPosition(commit: event.position.commit, index: event.position.index + 1)
    guard selection.takes(event.record.operation) else { return }
    do throws(ReplayFault) {
      let change = try replay.apply(event)
      if change != Totals() { try list.append(Movement(event, change)) }
    } catch { fault = error }
  }

  private func checkFault() throws(Problem) {
    switch fault {
    case nil: return
    case .disagrees: throw .disagreeingStatement
    case .full: throw .statementTooLong
    }
  }

  private func restart() {
    selection = ContractSelection(subject)
    replay = LedgerReplay(pool)
    (list, next, fault) = (MovementList(), Self.start, nil)
  }
}

extension Problem {
  static let unfinishedStatement = unavailable(
    "statement_unfinished", "the log is long: what was read so far is kept, and the same request goes on from there")

  static let disagreeingStatement = Problem(
    .internalServerError, "statement_disagrees",
    "the log, applied again, does not give what the ledger has: nothing is said rather than something wrong")

  static let statementTooLong = Problem(
    .unprocessableContent, "statement_too_long",
    "there are more than \(LedgerReplay.operationCountMax) operations, or sums past 64 bits: ask for single contracts")
}
