import Marketplace
import Repository
import RepositoryFixtures

/// A story with every kind of change, each a step of its own and one transaction.
struct Story {
  static let tower = Reference.make(.builder, .template, "tower")
  static let shed = Reference.make(.other, .template, "shed")

  typealias Step = @Sendable (Market) throws -> Void

  private static func offer(
    _ label: String, _ reference: Reference, _ publisher: String = "masons", to audience: Audience = .everyone
  ) -> Step {
    { market in
      let versions = try market.repository.history(of: reference, as: .everything).versions
      let version = versions.first { $0.label?.text == label }!
      _ = try market.marketplace.offer(
        version.id, of: reference, signedBy: Slug(publisher)!, .villa, to: audience,
        by: .person("maker", reference.tenant))
    }
  }

  /// What the story begins with: documents of the repository alone.
  static func begin(_ market: Market) throws {
    try market.version("1.0.0")
    try market.version("1.1.0")
    try market.version("2.0.0")
    try market.version("0.1.0", at: tower)
    try market.version("3.0.0", at: shed, signedBy: "others")
  }

  static let steps: [Step] = [
    offer("1.0.0", .villa),
    { _ = try $0.marketplace.verify(.masons, reason: "papers seen", by: .moderator) },
    offer("1.1.0", .villa),
    offer("0.1.0", tower, to: .invited([.guest])),
    offer("3.0.0", shed, "others"),
    { _ = try $0.marketplace.install(.villa, Label("1.0.0"), to: .foreign, by: .stranger) },
    { market in
      let head = try market.repository.state(of: .foreign, as: .everything).head
      _ = try market.marketplace.update(.villa, expecting: head, message: "newer", by: .stranger)
    },
    {
      _ = try $0.marketplace.record(
        [
          Use(of: .other, .villa, Label("1.0.0")!, .made, count: 3, on: 20_000),
          Use(of: .other, .villa, Label("1.0.0")!, .closed, on: 20_001),
          Use(of: .guest, .villa, Label("1.1.0")!, .made, count: 2, on: 20_001),
        ], in: LogStretch(after: 0, through: 70), by: .counter)
    },
    { _ = try $0.marketplace.rate(.villa, stars: 4, "good\nfor us", by: .stranger) },
    { _ = try $0.marketplace.rate(.villa, stars: 2, by: .person("guest", .guest)) },
    { _ = try $0.marketplace.rate(.villa, stars: 5, "better", by: .stranger) },
    { try $0.marketplace.withdrawRating(of: .villa, by: .person("guest", .guest)) },
    { try $0.marketplace.edit(.villa, .titled("Villa", [.make("size", "large")]), to: .invited([.other]), by: .anita) },
    { try $0.marketplace.deprecate(.villa, successor: tower.document, message: "use towers", by: .anita) },
    { try $0.marketplace.report(.villa, .broken, "does not add up", by: .stranger) },
    { try $0.marketplace.proposeTakedown(of: .villa, Label("1.0.0"), for: .broken, reason: "sums", by: .moderator) },
    { try $0.marketplace.confirmTakedown(of: .villa, Label("1.0.0"), by: .secondModerator) },
    { try $0.marketplace.proposeTakedown(of: .villa, for: .harmful, reason: "pays twice", by: .moderator) },
    { try $0.marketplace.confirmTakedown(of: .villa, by: .secondModerator) },
    { try $0.marketplace.settleReport(of: .other, on: .villa, reason: "taken down", by: .moderator) },
    { try $0.marketplace.putBack(.villa, reason: "mended", by: .moderator) },
    { _ = try $0.marketplace.unverify(.masons, reason: "papers old", by: .moderator) },
    { try $0.marketplace.endDeprecation(of: .villa, by: .anita) },
    offer("2.0.0", .villa),
    { try $0.marketplace.uninstall(.villa, by: .stranger) },
    { try $0.marketplace.report(.villa, .spam, "again", by: .stranger) },
    { _ = try $0.marketplace.install(shed.document, to: .make(.builder, .template, "shed"), by: .anita) },
    { try $0.marketplace.proposeTakedown(of: shed.document, for: .other, reason: "asked", by: .moderator) },
  ]

  /// A market in which all of it happened.
  static func told() throws -> Market {
    let market = Market()
    try begin(market)
    for step in steps { try step(market) }
    return market
  }
}
