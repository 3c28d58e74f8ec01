/// Where a supply is taken to be made, and by which rule of the IGST Act.
public struct PlaceOfSupply: Hashable, Sendable {
  public let state: StateCode
  /// Such as `IGST Act s.12(3)`.
  public let citation: String

  /// Who receives a service.
  public enum Recipient: Hashable, Sendable {
    case registered(StateCode)
    /// With the address on record, if there is one.
    case unregistered(address: StateCode?)
  }

  /// What is supplied, with the places that matter for its kind.
  public enum Supply: Hashable, Sendable {
    /// Any service that none of the others names.
    case service(to: Recipient)
    /// Construction, works and interior work on land or a building, architects, hotels.
    case immovableProperty(at: StateCode)
    case training(of: Recipient, at: StateCode)
    case event(of: Recipient, venue: StateCode)
    /// Goods that move: where the movement ends for delivery.
    case goods(deliveredTo: StateCode)
    /// Goods delivered to one person on the direction of another: principal place of business of the latter.
    case goodsBilled(to: StateCode)
    /// Goods assembled or installed at a site.
    case goodsInstalled(at: StateCode)
  }

  /// Source: IGST Act ss. 10 and 12 (DOMAIN 7.1).
  public init(of supply: Supply, supplier: StateCode) {
    switch supply {
    case .service(.registered(let place)): self.init(place, "s.12(2)(a)")
    case .service(.unregistered(let address)): self.init(address ?? supplier, "s.12(2)(b)")
    case .immovableProperty(let place): self.init(place, "s.12(3)")
    case .training(.registered(let place), _): self.init(place, "s.12(5)(a)")
    case .training(.unregistered, let place): self.init(place, "s.12(5)(b)")
    case .event(.registered(let place), _): self.init(place, "s.12(7)(a)")
    case .event(.unregistered, let venue): self.init(venue, "s.12(7)(b)")
    case .goods(let place): self.init(place, "s.10(1)(a)")
    case .goodsBilled(let place): self.init(place, "s.10(1)(b)")
    case .goodsInstalled(let place): self.init(place, "s.10(1)(d)")
    }
  }

  private init(_ state: StateCode, _ section: String) {
    self.state = state
    citation = "IGST Act \(section)"
  }
}
