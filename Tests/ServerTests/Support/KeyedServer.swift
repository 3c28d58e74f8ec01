import Access
import Kernel
import Store
import Wire

@testable import Server

/// Two administrators, by their secrets.
struct Administrators {
  let first = KeySecret()
  let second = KeySecret()
}

/// Runs `body` against a server whose store has the keys of two administrators.
func withKeyedServer(
  _ change: (inout ServerConfiguration) -> Void = { _ in },
  _ body: (ServerFixture, Administrators) async throws -> Void
) async throws {
  try await withDirectory { directory in
    let administrators = Administrators()
    try makeAdministrators(administrators, directory)
    try await withServer(at: directory, change) { try await body($0, administrators) }
  }
}

/// Makes the keys, and lets go of the store.
private func makeAdministrators(_ administrators: Administrators, _ directory: String) throws {
  let store = try Store.open(directory, .createOrOpen(shardCount: 4), options: StoreOptions(mapByteCount: 1 << 30))
  let control = try AccessControl(catalog: store.catalog, manifest: store.manifest) { WallClock.milliseconds() }
  for (person, secret) in [(1, administrators.first), (2, administrators.second)] {
    _ = try control.perform(
      .create(
        content: .init(name: "administrator \(person)", tenants: nil, roles: [.admin], person: UInt32(person)),
        credential: secret.credential), by: .local)
  }
}

extension HelloBody {
  /// A hello with a secret.
  init(_ secret: KeySecret, scope: Wire.TenantScope = .all) {
    self.init()
    authentication = .key
    credential = Array(secret.text.utf8)
    self.scope = scope
  }
}

extension RawClient {
  /// Connects and says hello with a secret.
  static func connect(port: Int, _ secret: KeySecret, session: UInt128 = 0) async throws -> (RawClient, Welcome) {
    let client = try await RawClient(port: port)
    return (client, try await client.hello(session: session, HelloBody(secret)))
  }

  /// Sends a hello and returns the error that it is answered with.
  func refusal(session: UInt128 = 0, _ hello: HelloBody) async throws -> ErrorBody {
    try await send(
      encodeFrame(FrameHeader(.hello, session: session), bodyByteCount: hello.encodedByteCount) {
        hello.store(into: &$0)
      })
    return try await expectError()
  }

  /// Sends a command and returns its answer.
  func manage(_ command: AccessCommand, session: UInt128) async throws -> AccessAnswer {
    let json = command.json
    try await send(
      encodeFrame(FrameHeader(.manage, session: session, request: 77), bodyByteCount: json.count) { body in
        for (offset, byte) in json.enumerated() { body.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
      })
    let frame = try await expect(.managed)
    return try AccessAnswer(json: frame.body)
  }

  /// Submits operations and returns the codes of their results.
  func codes(_ operations: [Operation], session: UInt128, request: UInt64) async throws -> [ResultCode?] {
    try await send(Sample.submit(operations, session: session, request: request))
    let frame = try await expect(.result)
    return frame.results.map { ResultCode(rawValue: $0.code) }
  }
}

extension Sample {
  /// A submit frame of operations without extensions.
  static func submit(_ operations: [Operation], session: UInt128, request: UInt64) -> [UInt8] {
    let header = FrameHeader(.submit, count: UInt32(operations.count), session: session, request: request)
    return encodeFrame(header, bodyByteCount: operations.count * Operation.byteCount) { body in
      for (index, operation) in operations.enumerated() {
        body.storeBytes(of: operation, toByteOffset: index * Operation.byteCount, as: Operation.self)
      }
    }
  }
}

/// Makes a key through a server, by both administrators.
func makeKey(
  _ administrators: Administrators, port: Int, _ roles: [Role], tenants: [UInt32]?, person: UInt32 = 0,
  expires: Int64? = nil, credential: AccessKey.Credential? = nil
) async throws -> (id: UInt32, secret: KeySecret) {
  let secret = KeySecret()
  let content = AccessKey.Content(
    name: "test", tenants: tenants, roles: roles, person: person, expires: expires)
  let (first, one) = try await RawClient.connect(port: port, administrators.first)
  let asked = try await first.manage(
    .create(content: content, credential: credential ?? secret.credential), session: one.session)
  guard case .proposed(let proposal) = asked else { throw Unexpected("\(asked)") }
  let (second, two) = try await RawClient.connect(port: port, administrators.second)
  let answer = try await second.manage(.approve(proposal: proposal), session: two.session)
  guard case .key(let key) = answer else { throw Unexpected("\(answer)") }
  await first.close()
  await second.close()
  return (key.id, secret)
}
