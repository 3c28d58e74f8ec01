import Access
import Store

extension AccessControl {
  /// The keys of a new store: an administrator for each secret, each of another person, from 1 on.
  static func withAdministrators(_ secrets: [KeySecret], at path: String) throws -> AccessControl {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
    let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { 1_700_000_000_000 }
    for (person, secret) in zip(1..., secrets) {
      _ = try control.perform(
        .create(
          content: .init(name: "administrator \(person)", tenants: nil, roles: [.admin], person: UInt32(person)),
          credential: secret.credential), by: .local)
    }
    return control
  }
}
