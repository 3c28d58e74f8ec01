import Marketplace
import Repository
import RepositoryFixtures
import Testing

/// Generated orders: the marketplace and a model are told the same, and both must answer the same. The seed of a failure
/// reproduces it.
@Suite("Generated orders")
struct ModelTests {
  @Test("agree with the model in every answer", arguments: 0..<4 as Range<UInt64>)
  func orders(seed: UInt64) throws {
    var run = try Run(seed: seed)
    for step in 1...2_500 {
      try run.step(Int64(step))
      if step % 250 == 0 { try run.compareAll() }
    }
    // Every kind of order was done and refused.
    #expect(run.done.count == 15 && run.done.values.allSatisfy { $0 > 5 }, "\(run.done)")
    #expect(run.refused.count > 25, "\(run.refused)")
  }
}

private struct Run {
  static let tenants = [Tenant.platform, .builder, .other, .guest, Tenant(rawValue: 20)]
  static let labels = ["0.9.0", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.1", "3.0.0"].map { Label($0)! }
  static let publishers = ["masons", "others"].map { Slug($0)! }
  static let titles = ["Villa", "Villa tower", "Tower", "Event and villa"]
  static let sizes = ["small", "large"]

  let market: Market
  var model = Model()
  var generator: Generator
  var done: [String: Int] = [:]
  var refused: [String: Int] = [:]
  private let offers: [Model.Offered]
  private let ids: [DocumentID]
  private let entriesBefore: UInt64
  private var forkCount = 0

  /// What may be offered is the same for all seeds.
  private static let begun: (tables: [UInt8: SortedTable], offers: [Model.Offered]) = {
    let market = Market()
    var offers: [Model.Offered] = []
    for tenant in tenants.prefix(3) {
      for name in ["a", "b"] {
        let reference = Reference.make(tenant, .template, name)
        for (position, label) in labels.enumerated() {
          let (isApproved, isOdd) = (position != 6, position % 3 == 1)
          let version = try! market.version(
            label.text, at: reference, signedBy: isOdd ? "others" : "masons", isApproved: isApproved)
          if position == 5 { try! market.sign(version.id, "others") }
          let signers: Set = position == 5 ? Set(publishers) : [publishers[isOdd ? 1 : 0]]
          offers.append(
            Model.Offered(
              source: reference, version: version.id, label: label, isApproved: isApproved, publishers: signers))
        }
      }
    }
    return (market.catalog.tables, offers)
  }()

  init(seed: UInt64) throws {
    generator = Generator(seed: seed + 40)
    market = Market(MemoryCatalog(Self.begun.tables))
    offers = Self.begun.offers
    ids = Array(Set(offers.map(\.source.document))).sorted { "\($0)" < "\($1)" }
    entriesBefore = try market.repository.logEnd()!.sequence
  }

  mutating func step(_ time: Int64) throws {
    let (order, tenant) = order()
    let actor = Actor(generator.chance(85) ? .person : .program, generator.one(of: ["a", "b", "c"]))!
    let caller = Caller(actor, as: .tenant(generator.chance(94) ? tenant : generator.one(of: Self.tenants)), at: time)
    var (failure, expected): (MarketplaceError?, MarketplaceError?)
    do throws(MarketplaceError) { try perform(order, caller) } catch { failure = error }
    do throws(MarketplaceError) { try model.perform(order, by: caller) } catch { expected = error }
    try #require(failure == expected, "\(order) by \(caller)")
    let name = String("\(order)".prefix { $0 != "(" })
    if let failure { refused["\(name) \(failure)", default: 0] += 1 } else { done[name, default: 0] += 1 }
  }

  private mutating func audience() -> Audience {
    generator.chance(70) ? .everyone : .invited(Set(Self.tenants.filter { _ in generator.chance(40) }))
  }

  private mutating func label(_ id: DocumentID) -> Label {
    let known = model.listings[id]?.releases.map(\.label) ?? []
    return known.isEmpty || generator.chance(5) ? generator.one(of: Self.labels) : generator.one(of: known)
  }

  /// An order, and a tenant who may give it.
  private mutating func order() -> (Model.Order, Tenant) {
    let id = generator.one(of: ids)
    let (tenant, title, size) = (
      generator.one(of: Self.tenants), generator.one(of: Self.titles), generator.one(of: Self.sizes)
    )
    switch generator.number(0...99) {
    case 0..<12:
      let next = model.listings[id]?.releases.count ?? 0
      let some = offers.filter { $0.source.document == id }
      let offered = generator.chance(50) ? some[min(next, some.count - 1)] : generator.one(of: some)
      let publisher = generator.chance(90) ? offered.publishers.first! : generator.one(of: Self.publishers)
      let step = generator.chance(80) ? LabelStep.patch : generator.one(of: LabelStep.allCases)
      return (.offer(offered, by: publisher, title: title, size: size, audience(), step), id.tenant)
    case 12..<18: return (.edit(id, title: title, size: size, audience()), id.tenant)
    case 18..<22:
      return (.deprecate(id, successor: generator.chance(50) ? generator.one(of: ids) : nil, title), id.tenant)
    case 22..<34:
      let buyer = generator.one(of: Self.tenants)
      forkCount += 1
      let target = Reference.make(buyer, .template, "fork-\(forkCount)")
      // Whose document it becomes gives the order.
      return (.install(id, generator.chance(50) ? label(id) : nil, target), buyer)
    case 34..<38: return (.uninstall(id), tenant)
    case 38..<46: return (.update(id, generator.chance(30) ? label(id) : nil), tenant)
    case 46..<57: return (stretch(), .platform)
    case 57..<67: return (.rate(id, generator.number(1...5)), tenant)
    case 67..<70: return (.unrate(id), tenant)
    case 70..<76: return (.report(id, title), tenant)
    case 76..<80: return (.settle(id, tenant), .platform)
    case 80..<85: return (.propose(id, generator.chance(60) ? label(id) : nil), .platform)
    case 85..<90: return (.confirm(id, generator.chance(60) ? label(id) : nil), .platform)
    case 90..<95: return (.putBack(id, generator.chance(60) ? label(id) : nil), .platform)
    default:
      let publisher = PublisherID(generator.one(of: Array(Self.tenants.prefix(3))), generator.one(of: Self.publishers))
      return (.verify(publisher, generator.chance(50)), .platform)
    }
  }

  private mutating func stretch() -> Model.Order {
    let uses = (0..<generator.number(0...6)).map { _ in
      let id = generator.chance(97) ? generator.one(of: Array(model.listings.keys) + ids.prefix(1)) : ids[0]
      return Use(
        of: generator.one(of: Self.tenants), id, label(id), generator.one(of: Use.Event.allCases),
        count: UInt32(generator.number(1...3)), on: UInt32(generator.number(1...3)))
    }
    let start = Int64(model.position) + (generator.chance(80) ? 0 : Int64(generator.number(-3...3)))
    let after = UInt64(max(0, start))
    return .record(uses, LogStretch(after: after, through: after + UInt64(generator.number(0...4))))
  }

  private func perform(_ order: Model.Order, _ caller: Caller) throws(MarketplaceError) {
    let marketplace = market.marketplace
    func text(_ title: String, _ size: String) -> ListingText { .titled(title, [.make("size", size)]) }
    switch order {
    case .offer(let offered, let publisher, let title, let size, let audience, let step):
      _ = try marketplace.offer(
        offered.version, of: offered.source, signedBy: publisher, text(title, size), to: audience, step: step,
        by: caller)
    case .edit(let id, let title, let size, let audience):
      try marketplace.edit(id, text(title, size), to: audience, by: caller)
    case .deprecate(let id, let successor, let message):
      try marketplace.deprecate(id, successor: successor, message: message, by: caller)
    case .install(let id, let label, let target):
      _ = try marketplace.install(id, label, to: target, by: Caller(caller.actor, as: .tenant(target.tenant), at: 1))
    case .update(let id, let label):
      // Where the tenant has none, any version does.
      let target = try? marketplace.install(of: id, as: caller.viewer).target
      let head = target.flatMap { try? market.repository.state(of: $0, as: .everything).head } ?? offers[0].version
      _ = try marketplace.update(id, to: label, expecting: head, message: "m", by: caller)
    case .uninstall(let id): try marketplace.uninstall(id, by: caller)
    case .record(let uses, let stretch): _ = try marketplace.record(uses, in: stretch, by: .counter)
    case .rate(let id, let stars): _ = try marketplace.rate(id, stars: stars, by: caller)
    case .unrate(let id): try marketplace.withdrawRating(of: id, by: caller)
    case .report(let id, let text): try marketplace.report(id, .other, text, by: caller)
    case .settle(let id, let tenant): try marketplace.settleReport(of: tenant, on: id, reason: "r", by: caller)
    case .propose(let id, let label):
      try marketplace.proposeTakedown(of: id, label, for: .broken, reason: "r", by: caller)
    case .confirm(let id, let label): try marketplace.confirmTakedown(of: id, label, by: caller)
    case .putBack(let id, let label): try marketplace.putBack(id, label, reason: "r", by: caller)
    case .verify(let publisher, true): _ = try marketplace.verify(publisher, reason: "r", by: caller)
    case .verify(let publisher, false): _ = try marketplace.unverify(publisher, reason: "r", by: caller)
    }
  }

  /// All that anybody sees, of what is on the disk.
  mutating func compareAll() throws {
    let again = Market(MemoryCatalog(market.catalog.tables))
    let comparison = Comparison(model: model, marketplace: again.marketplace)
    for tenant in Self.tenants {
      for id in ids { try comparison.compare(id, as: tenant) }
      try comparison.compareInstalls(of: tenant)
      try comparison.compareSearch(as: tenant, countMax: generator.number(1...4))
    }
    try comparison.comparePlatform()
    #expect(try again.marketplace.countedThrough() == model.position)
    let end = try again.repository.logEnd()
    #expect(end?.sequence == entriesBefore + UInt64(model.entryCount))
    #expect(try again.repository.verify() == .sound(end: end))
  }
}
