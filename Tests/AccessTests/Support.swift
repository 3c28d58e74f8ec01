import Foundation
import Store
import Synchronization
import Testing

@testable import Access

/// A clock that tests set.
final class TestClock: Sendable {
  private let value: Mutex<Int64>
  init(_ start: Int64 = 1_800_000_000_000) { value = Mutex(start) }
  var now: Int64 { value.withLock { $0 } }
  func advance(seconds: Int64) { value.withLock { $0 += seconds * 1_000 } }
}

/// A store in a directory of its own, gone afterwards.
final class Desk {
  let clock = TestClock()
  private let path = NSTemporaryDirectory() + "/milepost-access-" + UUID().uuidString
  private(set) var control: AccessControl
  private let rowCountMax: Int

  init(auditRowCountMax: Int = AuditTrail.rowCountMax) throws {
    rowCountMax = auditRowCountMax
    control = try Self.open(path, clock, auditRowCountMax)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static func open(_ path: String, _ clock: TestClock, _ rowCountMax: Int) throws -> AccessControl {
    let store = try Store.open(path, .createOrOpen(shardCount: 1), options: StoreOptions(mapByteCount: 1 << 28))
    return try AccessControl(catalog: store.catalog, manifest: store.manifest, auditRowCountMax: rowCountMax) {
      clock.now
    }
  }

  /// What a restart of the server would see.
  func reopen() throws {
    // The old one holds the lock until it is gone.
    control = try AccessControl.placeholder()
    control = try Self.open(path, clock, rowCountMax)
  }

  /// Makes a key without asking anybody.
  @discardableResult
  func make(
    _ roles: [Role], person: UInt32 = 0, tenants: [UInt32]? = nil, expires: Int64? = nil
  ) throws -> (key: AccessKey, secret: KeySecret) {
    let secret = KeySecret()
    let content = AccessKey.Content(
      name: roles.map(\.rawValue).joined(separator: " "), tenants: tenants, roles: roles, person: person,
      expires: expires)
    let answer = try control.perform(.create(content: content, credential: secret.credential), by: .local)
    guard case .key(let key) = answer else { throw Unexpected("\(answer)") }
    return (key, secret)
  }

  func ask(_ command: AccessCommand, by key: AccessKey) throws -> AccessAnswer {
    try control.perform(
      command, by: .holder(Holder(key, .credential(key.credentials.last!.identity))), address: "127.0.0.1")
  }

  /// Asks with a secret, by what it proves now.
  func ask(_ command: AccessCommand, with secret: KeySecret) throws -> AccessAnswer {
    try ask(command, showing: secret.text)
  }

  /// Asks with the text of a secret or token, by what it proves now.
  func ask(
    _ command: AccessCommand, showing text: String, secondFactorUntil: Int64? = nil
  ) throws -> AccessAnswer {
    guard var holder = control.holder(of: Proof(presented: text.utf8)) else {
      throw Unexpected("the text proves nothing")
    }
    holder.shown(until: secondFactorUntil)
    return try control.perform(command, by: .holder(holder))
  }

  /// The number of a proposal that was made.
  func propose(_ command: AccessCommand, by key: AccessKey) throws -> UInt32 {
    let answer = try ask(command, by: key)
    guard case .proposed(let id) = answer else { throw Unexpected("\(answer)") }
    return id
  }

  func key(proving secret: KeySecret) -> AccessKey? { control.holder(of: Proof(presented: secret.text.utf8))?.key }

  /// The rows of the trail.
  func trail() throws -> [AuditEvent] {
    try control.audit.flush()
    return try control.audit.events(after: 0, limit: 500)
  }
}

extension AccessControl {
  /// One over a store of its own, to let go of another.
  static func placeholder() throws -> AccessControl {
    let path = NSTemporaryDirectory() + "/milepost-access-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try Store.open(path, .createOrOpen(shardCount: 1), options: StoreOptions(mapByteCount: 1 << 20))
    return try AccessControl(catalog: store.catalog, manifest: store.manifest) { 0 }
  }
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What an access error is about, or nil when `body` throws none.
func kind(_ body: () throws -> some Any) -> AccessError.Kind? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? AccessError)?.kind
  }
}
