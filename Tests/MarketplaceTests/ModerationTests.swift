import Repository
import RepositoryFixtures
import Testing

@testable import Marketplace

@Suite("Reports and takedowns")
struct ModerationTests {
  let market = Market()
  let first = Label("1.0.0")!

  private func propose(_ label: Label? = nil, by caller: Caller = .moderator) throws {
    try market.marketplace.proposeTakedown(of: .villa, label, for: .harmful, reason: "pays twice", by: caller)
  }

  private func confirm(_ label: Label? = nil, by caller: Caller = .secondModerator) throws {
    try market.marketplace.confirmTakedown(of: .villa, label, by: caller)
  }

  private func isFound() throws -> Bool {
    let listing = try? market.marketplace.listing(.villa, as: .tenant(.other))
    let isFound = try market.found() == [.villa]
    #expect((listing != nil) == isFound)
    return isFound
  }

  @Test("a takedown is proposed by one and confirmed by another person; nothing changes in between")
  func fourEyes() throws {
    try market.offer()
    #expect(throws: MarketplaceError.notFound(.takedown)) { try confirm() }
    try propose()
    #expect(try isFound())
    #expect(throws: MarketplaceError.alreadyThere) { try propose() }
    #expect(throws: MarketplaceError.needsOtherPerson(.proposer)) { try confirm(by: .moderator) }
    let program = Caller(Actor(.program, "scanner")!, as: .tenant(.platform), at: 1)
    #expect(throws: MarketplaceError.needsOtherPerson(.program)) { try confirm(by: program) }
    try confirm()
    #expect(try !isFound())
    #expect(throws: MarketplaceError.alreadyThere) { try confirm(by: .moderator) }
    #expect(throws: MarketplaceError.alreadyThere) { try propose() }
    let cause = try market.marketplace.listing(.villa, as: .tenant(.builder)).takedown
    #expect(cause == TakedownCause.expected)
    try market.marketplace.putBack(.villa, reason: "mended", by: .moderator)
    #expect(try isFound())
    #expect(throws: MarketplaceError.notFound(.takedown)) {
      try market.marketplace.putBack(.villa, reason: "again", by: .moderator)
    }
    // A program may propose; what is proposed may be dropped.
    try propose(by: program)
    try market.marketplace.putBack(.villa, reason: "a mistake", by: .moderator)
    #expect(throws: MarketplaceError.notFound(.takedown)) { try confirm() }
  }

  @Test("the platform alone takes down and puts back")
  func platformAlone() throws {
    try market.offer()
    for caller in [Caller.anita, .stranger] {
      #expect(throws: MarketplaceError.notYours) { try propose(by: caller) }
      #expect(throws: MarketplaceError.notYours) { try confirm(by: caller) }
      #expect(throws: MarketplaceError.notYours) { try market.marketplace.putBack(.villa, reason: "x", by: caller) }
      #expect(throws: MarketplaceError.notYours) { try market.marketplace.proposedTakedowns(as: caller.viewer) }
      #expect(throws: MarketplaceError.notYours) { try market.marketplace.reports(as: caller.viewer) }
      #expect(throws: MarketplaceError.notYours) {
        try market.marketplace.settleReport(of: .other, on: .villa, reason: "x", by: caller)
      }
    }
    #expect(throws: MarketplaceError.notFound(.listing)) {
      try market.marketplace.proposeTakedown(of: Reference.library.document, for: .spam, reason: "x", by: .moderator)
    }
    #expect(throws: MarketplaceError.notFound(.release)) { try propose(Label("9.9.9")) }
    for reason in ["", String(repeating: "x", count: 501), "a\nb"] {
      #expect(throws: MarketplaceError.invalid(.reason)) {
        try market.marketplace.proposeTakedown(of: .villa, for: .spam, reason: reason, by: .moderator)
      }
      #expect(throws: MarketplaceError.invalid(.reason)) {
        try market.marketplace.putBack(.villa, reason: reason, by: .moderator)
      }
    }
  }

  @Test("who installed it keeps theirs and gets to know why")
  func notices() throws {
    try market.offer("1.0.0")
    let install = try market.install()
    func notices(_ tenant: Tenant = .other) throws -> [Notice] {
      try market.marketplace.notices(of: tenant, as: .tenant(tenant)).notices
    }
    #expect(try notices().isEmpty)
    try propose()
    #expect(try notices().isEmpty)
    try confirm()
    #expect(try notices() == [Notice(install, .takenDown(.expected))])
    #expect(try market.repository.content(of: install.version, as: .tenant(.other)).isEmpty == false)
    #expect(try market.marketplace.installs(of: .other, as: .tenant(.other)).installs == [install])
    #expect(try notices(.guest).isEmpty)
    #expect(throws: MarketplaceError.notYours) {
      try market.marketplace.notices(of: .other, as: .tenant(.builder))
    }
    try market.marketplace.putBack(.villa, reason: "mended", by: .moderator)
    #expect(try notices().isEmpty)
    // One release, for those who have that one.
    try market.offer("1.1.0")
    try market.install(.villa, "1.1.0", to: .make(.guest, .template, "x"))
    try market.takeDown(.villa, "1.0.0")
    #expect(try notices() == [Notice(install, .releaseTakenDown(.expected))] && notices(.guest).isEmpty)
    try market.marketplace.deprecate(.villa, message: "old", by: .anita)
    #expect(try notices().count == 2 && notices(.guest).count == 1)
    // Also who may no longer see it.
    try market.marketplace.edit(.villa, .villa, to: .invited([]), by: .anita)
    try market.takeDown()
    #expect(try notices().map(\.event).first == .takenDown(.expected) && notices().count == 3)
  }

  @Test("of a listing the newest release that was not taken down is shown, and none when there is none")
  func releases() throws {
    for label in ["1.0.0", "1.1.0", "1.2.0"] { try market.offer(label) }
    func shown() -> String? { try? market.marketplace.listing(.villa, as: .tenant(.other)).newest.label.text }
    try market.takeDown(.villa, "1.2.0")
    #expect(shown() == "1.1.0")
    try market.takeDown(.villa, "1.0.0")
    #expect(shown() == "1.1.0")
    let releases = try market.marketplace.releases(of: .villa, as: .tenant(.other)).releases
    #expect(releases.map(\.label.text) == ["1.1.0"])
    #expect(try market.marketplace.releases(of: .villa, as: .tenant(.builder)).releases.count == 3)
    #expect(throws: MarketplaceError.notFound(.release)) {
      try market.marketplace.content(of: .villa, first, as: .tenant(.other))
    }
    _ = try market.marketplace.content(of: .villa, first, as: .tenant(.builder))
    try market.takeDown(.villa, "1.1.0")
    #expect(try !isFound() && shown() == nil)
    let own = try market.marketplace.listing(.villa, as: .tenant(.builder))
    #expect(own.newest.label.text == "1.2.0" && own.newest.takedown == .expected && own.takedown == nil)
    // A new release brings it back; labels are not given twice.
    let old = try market.version("1.2.0")
    #expect(throws: MarketplaceError.stepTooSmall(behind: Label("1.2.0")!)) {
      try market.marketplace.offer(
        old.id, of: .villa, signedBy: PublisherID.masons.id, .villa, to: .everyone, by: .anita)
    }
    try market.offer("1.3.0")
    #expect(try isFound() && shown() == "1.3.0")
    try market.marketplace.putBack(.villa, first, reason: "fine", by: .moderator)
    #expect(shown() == "1.3.0")
  }

  @Test("a listing that was taken down gets no release, and its text does not bring it back")
  func noWayAround() throws {
    try market.offer()
    try market.takeDown()
    let version = try market.version("2.0.0")
    #expect(throws: MarketplaceError.takenDown) {
      try market.marketplace.offer(
        version.id, of: .villa, signedBy: PublisherID.masons.id, .villa, to: .everyone, by: .anita)
    }
    try market.marketplace.edit(.villa, .titled("Other"), to: .everyone, by: .anita)
    try market.marketplace.deprecate(.villa, message: "", by: .anita)
    #expect(try !isFound())
    try market.marketplace.putBack(.villa, reason: "fine", by: .moderator)
    #expect(try market.found(SearchQuery(words: "other")) == [.villa])
  }

  @Test("takedowns that wait are listed until somebody decides", arguments: [1, 2, 10])
  func waiting(countMax: Int) throws {
    try market.offer("1.0.0")
    try market.offer("1.1.0")
    try market.offer("1.0.0", .foreign)
    try propose(first)
    try propose()
    try market.marketplace.proposeTakedown(of: Reference.foreign.document, for: .spam, reason: "x", by: .moderator)
    var (found, last): ([ProposedTakedown], ProposedTakedown?) = ([], nil)
    repeat {
      let page = try market.marketplace.proposedTakedowns(after: last, countMax: countMax, as: .tenant(.platform))
      found += page
      last = page.last
    } while last != nil
    #expect(found.map(\.listing) == [.villa, .villa, Reference.foreign.document])
    #expect(found.map(\.release) == [nil, first, nil] && found.map(\.objection) == [.harmful, .harmful, .spam])
    try confirm(first)
    try market.marketplace.putBack(.villa, reason: "x", by: .moderator)
    #expect(try market.marketplace.proposedTakedowns(as: .everything) == [found[2]])
  }

  @Test("a tenant reports what it sees or has, once; the platform settles it")
  func reports() throws {
    try market.offer()
    let marketplace = market.marketplace
    #expect(throws: MarketplaceError.ownListing) { try marketplace.report(.villa, .spam, "", by: .anita) }
    #expect(throws: MarketplaceError.invalid(.text)) {
      try marketplace.report(.villa, .spam, String(repeating: "x", count: 501), by: .stranger)
    }
    #expect(throws: MarketplaceError.notFound(.listing)) {
      try marketplace.report(Reference.library.document, .spam, "", by: .stranger)
    }
    try marketplace.report(.villa, .spam, "first", by: .stranger)
    try marketplace.report(.villa, .broken, "second", by: .stranger)
    try marketplace.report(.villa, .other, "third", by: .person("guest", .guest))
    let reports = try marketplace.reports(as: .tenant(.platform))
    #expect(reports.map(\.text) == ["second", "third"] && reports.map(\.tenant) == [.other, .guest])
    #expect(try marketplace.reports(countMax: 1, as: .everything) == [reports[0]])
    #expect(try marketplace.reports(after: reports[0], as: .everything) == [reports[1]])
    try marketplace.settleReport(of: .other, on: .villa, reason: "looked at", by: .moderator)
    #expect(throws: MarketplaceError.notFound(.report)) {
      try marketplace.settleReport(of: .other, on: .villa, reason: "again", by: .moderator)
    }
    #expect(try marketplace.reports(as: .everything) == [reports[1]])
    // Who has it may report what they no longer see.
    try market.install()
    try market.marketplace.edit(.villa, .villa, to: .invited([]), by: .anita)
    try marketplace.report(.villa, .misleading, "", by: .stranger)
    #expect(throws: MarketplaceError.notFound(.listing)) {
      try marketplace.report(.villa, .misleading, "", by: .person("guest", .guest))
    }
  }
}

extension TakedownCause {
  /// Of what `Market.takeDown` does.
  static let expected = TakedownCause(objection: .harmful, text: "pays twice", time: 7_000)
}

extension Notice {
  init(_ install: Install, _ event: Event) { self.init(install: install, event: event) }
}
