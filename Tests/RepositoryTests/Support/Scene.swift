import Documents
import Repository
import RepositoryFixtures
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

/// What a test cannot go on after.
struct Unexpected: Error {}
