/// Where a supply is taken to be made, and by which rule of the IGST Act.
///
/// For suppliers in India. Services from abroad are taxed where the recipient is, who pays (`ReverseChargeTable`); goods
/// from abroad at customs.
public struct PlaceOfSupply: Hashable, Sendable {
  public let location: Location
  /// Such as `IGST Act s.12(3)`.
  public let citation: String

  public enum Location: Hashable, Sendable {
    case state(StateCode)
    case outsideIndia
  }

  public enum Recipient: Hashable, Sendable {
    case registered(StateCode)
    /// With the address on record, or on the invoice of goods, if there is one.
    case unregistered(address: StateCode?)
    case outsideIndia
  }

  /// What is supplied, with the place that matters for its kind.
  public enum Supply: Hashable, Sendable {
    /// Any service that none of the others names.
    case service
    /// Construction, works and interior work on land or a building, architects, hotels.
    case immovableProperty(at: Location)
    /// Catering, beauty, fitness, health: what a person receives in person.
    case personalService(at: Location)
    /// Training and performance appraisal.
    case training(at: Location)
    case admission(venue: Location)
    /// Organisation of an event, services beside it, sponsorship of it.
    case event(venue: Location)
    /// Goods that move: where the movement ends for delivery.
    case goods(deliveredTo: Location)
    /// Goods delivered to one person on the direction of another: principal place of business of the latter.
    case goodsBilled(to: StateCode)
    /// Goods that do not move, such as those sold where they stand.
    case goodsInPlace(at: StateCode)
    /// Goods assembled or installed at a site.
    case goodsInstalled(at: StateCode)

    var isGoods: Bool {
      switch self {
      case .goods, .goodsBilled, .goodsInPlace, .goodsInstalled: true
      default: false
      }
    }
  }

  /// Source: IGST Act ss. 10 to 13 (DOMAIN 7.1). Goods to who is not registered: as since 1 Oct 2023 (s.10(1)(ca)).
  public init(of supply: Supply, to recipient: Recipient, supplier: StateCode) {
    if supply.isGoods {
      self.init(ofGoods: supply, recipient, supplier)
    } else if recipient == .outsideIndia {
      self.init(ofServiceAbroad: supply)
    } else {
      self.init(ofService: supply, recipient, supplier)
    }
  }

  private init(_ location: Location, _ section: String) {
    self.location = location
    citation = "IGST Act \(section)"
  }
}

extension PlaceOfSupply {
  /// Section 10, and 11(b) for what leaves India.
  private init(ofGoods supply: Supply, _ recipient: Recipient, _ supplier: StateCode) {
    switch (supply, recipient) {
    case (.goods(.outsideIndia), _): self.init(.outsideIndia, "s.11(b)")
    case (.goods, .unregistered(let address)), (.goodsInPlace, .unregistered(let address)):
      self.init(.state(address ?? supplier), "s.10(1)(ca)")
    case (.goods(let place), _): self.init(place, "s.10(1)(a)")
    case (.goodsInPlace(let place), _): self.init(.state(place), "s.10(1)(c)")
    case (.goodsInstalled(let place), _): self.init(.state(place), "s.10(1)(d)")
    case (.goodsBilled(let place), _): self.init(.state(place), "s.10(1)(b)")
    default: self.init(ofService: supply, recipient, supplier)
    }
  }

  /// Section 12: supplier and recipient are in India.
  private init(ofService supply: Supply, _ recipient: Recipient, _ supplier: StateCode) {
    let (home, isRegistered): (StateCode, Bool) =
      switch recipient {
      case .registered(let state): (state, true)
      case .unregistered(let address): (address ?? supplier, false)
      case .outsideIndia: (supplier, false)
      }
    switch supply {
    case .immovableProperty(.outsideIndia): self.init(.state(home), "s.12(3), proviso")
    case .immovableProperty(let place): self.init(place, "s.12(3)")
    case .personalService(let place): self.init(place, "s.12(4)")
    case .training(let place):
      self.init(isRegistered ? .state(home) : place, isRegistered ? "s.12(5)(a)" : "s.12(5)(b)")
    case .admission(let venue): self.init(venue, "s.12(6)")
    case .event(let venue):
      if isRegistered {
        self.init(.state(home), "s.12(7)(i)")
      } else {
        self.init(venue == .outsideIndia ? .state(home) : venue, "s.12(7)(ii)")
      }
    default:
      let section =
        isRegistered ? "s.12(2)(a)" : recipient == .unregistered(address: nil) ? "s.12(2)(b)(ii)" : "s.12(2)(b)(i)"
      self.init(.state(home), section)
    }
  }

  /// Section 13: the recipient is outside India.
  private init(ofServiceAbroad supply: Supply) {
    switch supply {
    case .immovableProperty(let place): self.init(place, "s.13(4)")
    case .personalService(let place), .training(let place): self.init(place, "s.13(3)(b)")
    case .admission(let venue), .event(let venue): self.init(venue, "s.13(5)")
    default: self.init(.outsideIndia, "s.13(2)")
    }
  }
}
