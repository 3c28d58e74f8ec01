import Documents
import Repository
import Testing

/// A repository with some people around it.
struct Scene {
  let catalog: MemoryCatalog
  let repository: Repository

  init(_ catalog: MemoryCatalog = MemoryCatalog()) {
    self.catalog = catalog
    repository = Repository(catalog: catalog)
  }

  /// Saves a JSON text at a reference's head, or as its first version.
  @discardableResult
  func save(
    _ text: String, _ reference: Reference = .villa, merging other: VersionID? = nil, by caller: Caller = .anita,
    at time: Int64? = nil, movesMoney: Bool = false
  ) throws -> Version {
    var caller = caller
    caller.time = time ?? caller.time
    let draft = Draft(Array(text.utf8), .json, message: "why", movesMoney: movesMoney)
    return try repository.save(draft, to: reference, expecting: head(reference), merging: other, by: caller)
  }

  func head(_ reference: Reference = .villa) -> VersionID? { state(reference)?.head }

  func state(_ reference: Reference = .villa) -> ReferenceState? {
    try? repository.state(of: reference, as: .everything)
  }

  /// From draft to approved.
  func approve(_ version: Version, _ reference: Reference = .villa, by caller: Caller = .bela) throws {
    _ = try repository.check(version.id, at: reference, report: .report, by: .checker)
    _ = try repository.approve(version.id, at: reference, by: caller)
  }

  func lifecycle(_ version: Version, _ reference: Reference = .villa) throws -> Lifecycle.State {
    try repository.lifecycle(of: version.id, at: reference, as: .everything).state
  }

  func content(_ version: Version) throws -> String {
    String(decoding: try repository.content(of: version.id, as: .everything), as: UTF8.self)
  }
}

extension Tenant {
  static let builder = Tenant(rawValue: 7)
  static let other = Tenant(rawValue: 8)
}

extension Slug {
  static let sandbox = Slug("sandbox")!
  static let live = Slug("live")!
}

extension Reference {
  static let villa = make(.builder, .template, "villa")
  static let library = make(.platform, .template, "construction/villa")
  static let foreign = make(.other, .template, "villa")

  static func make(
    _ tenant: Tenant, _ kind: DocumentKind, _ name: String, _ environment: Slug = .sandbox
  ) -> Reference {
    Reference(DocumentID(tenant, kind, DocumentName(name)!), in: environment)
  }
}

extension Caller {
  static let anita = Caller(Actor(.person, "anita")!, as: .tenant(.builder), at: 1_000)
  static let bela = Caller(Actor(.person, "bela")!, as: .tenant(.builder), at: 2_000)
  static let checker = Caller(Actor(.program, "checker")!, as: .tenant(.builder), at: 1_500)
  static let librarian = Caller(Actor(.person, "librarian")!, as: .tenant(.platform), at: 500)
  static let stranger = Caller(Actor(.person, "stranger")!, as: .tenant(.other), at: 900)
}

/// What a test cannot go on after.
struct Unexpected: Error {}

extension ByteDigest {
  static let report = ByteDigest(of: Array("no findings".utf8))
}

/// Numbers from a seed: the same seed, the same ones.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func one<Element>(of elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
}
