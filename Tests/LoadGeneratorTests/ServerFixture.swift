import Engine
import Foundation
import Server
import Testing

/// Starts a server on a fresh store, hands its port to `body`, drains it, verifies the store and removes it.
func withServer(_ body: (Int) async throws -> Void) async throws {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("milepost-load-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: directory) }
  var configuration = EngineConfiguration(path: directory.path)
  configuration.shardCount = 8
  try await serve(configuration, body)
  // The engine is gone by now, and with it the lock on the store.
  #expect(try Engine.verify(configuration, segments: []).differences.isEmpty)
}

private func serve(_ configuration: EngineConfiguration, _ body: (Int) async throws -> Void) async throws {
  let engine = try Engine.open(configuration)
  let server = try await Server.start(
    ServerConfiguration(), engine: engine, registry: .init(), status: ServerStatus())
  do {
    try await body(server.port)
  } catch {
    await server.drain()
    try engine.close()
    throw error
  }
  await server.drain()
  try engine.close()
}
