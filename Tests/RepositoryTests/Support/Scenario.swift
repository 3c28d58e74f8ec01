import Crypto
import Documents
import Repository
import RepositoryFixtures

/// A story with every kind of change, each a step of its own, which needs nothing but what the steps before have kept.
struct Scenario {
  let scene = Scene()
  static let feature = Reference.make(.builder, .template, "villa", Slug("feature")!)

  static let key = try! Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](1...32))
  static let publisher = Publisher(
    .builder, Slug("masons")!, publicKey: Array(key.publicKey.rawRepresentation), name: "Masons' guild")!

  static func at(_ caller: Caller, _ time: Int64) -> Caller {
    var caller = caller
    caller.time = time
    return caller
  }

  private static func save(
    _ text: String, _ reference: Reference, _ caller: Caller
  ) -> (Repository) throws -> Void {
    { repository in
      let head = try? repository.state(of: reference, as: .everything).head
      let draft = Draft(Array(text.utf8), .json, message: "because")
      _ = try repository.save(draft, to: reference, expecting: head, by: caller)
    }
  }

  private static func head(_ repository: Repository, _ reference: Reference) throws -> VersionID {
    try repository.state(of: reference, as: .everything).head
  }

  /// The version of a reference's history, from the newest.
  private static func version(_ repository: Repository, _ reference: Reference, _ back: Int) throws -> VersionID {
    try repository.history(of: reference, as: .everything).versions[back].id
  }

  let steps: [(Repository) throws -> Void] = [
    save(#"{"limit":1,"stages":[{"id":"m1"}]}"#, .library, .librarian),
    { _ = try $0.fork(.library, to: .villa, message: "ours", by: .anita) },
    save(#"{"limit":2,"stages":[{"id":"m1"}]}"#, .villa, .anita),
    {
      let head = try head($0, .villa)
      _ = try $0.promote(head, from: .villa, to: Slug("feature")!, expecting: nil, by: .anita)
    },
    save(#"{"limit":2,"stages":[{"id":"m1"},{"id":"m2"}]}"#, feature, .bela),
    save(#"{"limit":3,"stages":[{"id":"m1"}]}"#, .villa, at(.anita, 3_000)),
    { repository in
      let (mine, theirs) = (try head(repository, .villa), try head(repository, feature))
      _ = try repository.merge(theirs, into: .villa, expecting: mine, message: "both", by: at(.anita, 4_000))
    },
    { _ = try $0.tag(try head($0, .villa), as: Slug("v1")!, by: .anita) },
    { repository in
      let head = try head(repository, .villa)
      _ = try repository.sign(head, try Signature.bytes(of: head, by: key), by: publisher, caller: .anita)
    },
    { _ = try $0.check(try head($0, .villa), at: .villa, report: .report, by: .checker) },
    { _ = try $0.approve(try head($0, .villa), at: .villa, by: .bela) },
    { _ = try $0.activate(try head($0, .villa), at: .villa, by: .bela) },
    { repository in
      let old = try version(repository, .villa, 2)
      _ = try repository.revert(
        .villa, to: old, expecting: try head(repository, .villa), message: "back", by: at(.anita, 5_000))
    },
    { _ = try $0.check(try head($0, .villa), at: .villa, report: .report, by: .checker) },
    { _ = try $0.approve(try head($0, .villa), at: .villa, by: .bela) },
    { _ = try $0.schedule(try head($0, .villa), at: .villa, due: 9_000, by: .bela) },
    { _ = try $0.activateDue(now: 9_000, by: Actor(.program, "clock")!) },
    { _ = try $0.retire(try head($0, .villa), at: .villa, by: at(.bela, 10_000)) },
  ]
}
