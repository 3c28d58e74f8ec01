import Crypto
import RepositoryFixtures
import Testing

@testable import Repository

@Suite("Signatures")
struct SignatureTests {
  let scene = Scene()
  let viewer = Viewer.tenant(.builder)

  private func key(_ seed: UInt8) throws -> Curve25519.Signing.PrivateKey {
    try .init(rawRepresentation: [UInt8](repeating: seed, count: 32))
  }

  private func publisher(
    _ id: String, _ key: Curve25519.Signing.PrivateKey, _ tenant: Tenant = .builder
  ) -> Publisher {
    Publisher(tenant, Slug(id)!, publicKey: Array(key.publicKey.rawRepresentation), name: "The \(id)")!
  }

  @discardableResult
  private func sign(_ version: Version, _ bytes: [UInt8], _ publisher: Publisher) throws -> Signature {
    try scene.repository.sign(version.id, bytes, by: publisher, caller: .anita)
  }

  @Test("a signature is kept with its publisher's public key, and looked at again when it is read")
  func signed() throws {
    let (version, key) = (try scene.save("1"), try key(1))
    let masons = publisher("masons", key)
    try sign(version, Signature.bytes(of: version.id, by: key), masons)
    let signatures = try scene.repository.signatures(of: version.id, as: viewer)
    #expect(signatures.map(\.publisher) == [masons] && signatures.allSatisfy(\.isValid))
    #expect(try scene.repository.publisher(masons.id, of: .builder, as: viewer) == masons)
    #expect(throws: RepositoryError.notFound(.publisher)) {
      try scene.repository.publisher(masons.id, of: .builder, as: .tenant(.other))
    }
    // Another public key in the table: it was not that one.
    let row = scene.catalog.tables[97]!.keys[0]
    let other = Publisher(.builder, masons.id, publicKey: Array(try self.key(2).publicKey.rawRepresentation), name: "")!
    scene.catalog.change(97, row, other.rowBytes)
    #expect(try scene.repository.signatures(of: version.id, as: viewer).map(\.isValid) == [false])
  }

  @Test("a signature of another version, another key, or of no length is refused")
  func refused() throws {
    let (version, other) = (try scene.save("1"), try scene.save("2"))
    let (key, otherKey) = (try key(1), try key(2))
    let good = try Signature.bytes(of: version.id, by: key)
    let bad = [
      try Signature.bytes(of: other.id, by: key), try Signature.bytes(of: version.id, by: otherKey), [],
      good.dropLast(), good + [0], good.dropLast() + [good[63] ^ 1],
    ]
    let before = scene.catalog.tables
    for bytes in bad {
      #expect(throws: RepositoryError.badSignature) { try sign(version, bytes, publisher("masons", key)) }
    }
    #expect(scene.catalog.tables == before)
    #expect(Publisher(.builder, Slug("x")!, publicKey: [1], name: "") == nil)
    let zeros = Publisher(.builder, Slug("x")!, publicKey: [UInt8](repeating: 0, count: 32), name: "")!
    #expect(throws: RepositoryError.badSignature) { try sign(version, good, zeros) }
  }

  @Test("a publisher has one key and signs a version once; ids are a tenant's own")
  func publishers() throws {
    let version = try scene.save("1")
    let (key, otherKey) = (try key(1), try key(2))
    let bytes = try Signature.bytes(of: version.id, by: key)
    try sign(version, bytes, publisher("masons", key))
    #expect(throws: RepositoryError.alreadyThere) { try sign(version, bytes, publisher("masons", key)) }
    #expect(throws: RepositoryError.otherKey) {
      try sign(version, Signature.bytes(of: version.id, by: otherKey), publisher("masons", otherKey))
    }
    #expect(throws: RepositoryError.invalid(.publisher)) {
      try sign(version, bytes, publisher("masons", key, .platform))
    }
    let library = try scene.save("1", .library, by: .librarian)
    _ = try scene.repository.sign(
      library.id, Signature.bytes(of: library.id, by: otherKey), by: publisher("masons", otherKey, .platform),
      caller: .librarian)
    #expect(try scene.repository.signatures(of: library.id, as: viewer).count == 1)
  }

  @Test("a version has at most sixteen")
  func countMax() throws {
    let version = try scene.save("1")
    for number in 1...17 as ClosedRange<UInt8> {
      let key = try key(number)
      let bytes = try Signature.bytes(of: version.id, by: key)
      if number <= 16 {
        try sign(version, bytes, publisher("p\(number)", key))
      } else {
        #expect(throws: RepositoryError.tooMany(.signatures)) { try sign(version, bytes, publisher("p17", key)) }
      }
    }
    #expect(try scene.repository.signatures(of: version.id, as: viewer).count == 16)
  }
}
