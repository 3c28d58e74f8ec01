import Logging

/// The keys of an issuer, kept, and read again when they may have changed.
actor IssuerKeys {
  private let source: any KeySource
  private let issuer: String
  private let clock: @Sendable () -> Int64
  private let logger: Logger
  private var keys = PublicKeys()
  /// Instants of the last attempt, and of the last one that worked. Milliseconds.
  private var tried: Int64?
  private var read: Int64?
  private var reading: Task<Void, Never>?

  /// Keys are read again after this time, when somebody needs them.
  static let freshMilliseconds: Int64 = 600_000
  /// A name that is not known makes them be read again, but not more often than this: anybody can make up names.
  static let pauseMilliseconds: Int64 = 30_000
  /// An issuer that cannot be asked keeps its keys for so long: it may have taken some back.
  static let staleMilliseconds: Int64 = 86_400_000

  init(_ source: any KeySource, issuer: String, logger: Logger, clock: @escaping @Sendable () -> Int64) {
    self.source = source
    self.issuer = issuer
    self.logger = logger
    self.clock = clock
  }

  /// The keys, with the one of this name if the issuer has it.
  func keys(with id: String?) async -> PublicKeys {
    let now = clock()
    let isFresh = read.map { now - $0 < Self.freshMilliseconds } ?? false
    if !isFresh || !keys.has(id), reading != nil || tried.map({ now - $0 >= Self.pauseMilliseconds }) ?? true {
      tried = now
      let task = reading ?? Task { await self.readAgain() }
      reading = task
      await task.value
    }
    guard let read, clock() - read < Self.staleMilliseconds else { return PublicKeys() }
    return keys
  }

  private func readAgain() async {
    defer { reading = nil }
    do {
      keys = try await PublicKeys(json: try await source.read())
      read = clock()
      logger.info("read an issuer's keys", metadata: ["issuer": "\(issuer)", "count": "\(keys.count)"])
    } catch {
      logger.error("an issuer's keys cannot be read", metadata: ["issuer": "\(issuer)", "error": "\(error)"])
    }
  }
}
