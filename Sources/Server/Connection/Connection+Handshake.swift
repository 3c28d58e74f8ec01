import Access
import Engine
import NIOCore
import NIOSSL
import Wire

extension Connection {
  /// Decides what a client may do. The one place where who it is gets checked.
  ///
  /// - Throws: `authenticationMethod`, `authenticationFailed`, `tenantScope`. Why a key is not accepted is not told.
  private func authenticate(_ hello: HelloBody, _ proof: Proof?) throws(FrameError) -> Grant {
    let access = worker.access
    guard access.requiresKeys || hello.authentication != .none else { return Grant(keyless: hello.scope) }
    guard let proof, let holder = access.holder(of: proof) else {
      throw .hello(.authenticationFailed, at: HelloBody.byteCount)
    }
    guard let grant = Grant(holder, hello.scope, at: WallClock.milliseconds()) else {
      throw .hello(.tenantScope, at: 4)
    }
    return grant
  }

  /// What a hello proves by itself; nil when it proves nothing.
  ///
  /// - Throws: `authenticationMethod`.
  private func proof(in hello: HelloBody) throws(FrameError) -> Proof? {
    switch hello.authentication {
    case .none where !worker.access.requiresKeys: nil
    case .none, .proof: throw .hello(.authenticationMethod, at: 0, UInt64(hello.authentication.rawValue))
    case .key: Proof(presented: hello.credential)
    case .certificate: peerCertificateDigest().map { .credential(.init(.certificate, digest: $0)) }
    }
  }

  /// SHA-256 of the certificate that the peer proved in its TLS handshake; nil when there was none.
  private func peerCertificateDigest() -> String? {
    do {
      let handler = try context?.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
      return try handler?.peerCertificate.map { hexDigest(try $0.toDERBytes()) }
    } catch {
      // Without TLS there is no such handler, and so no certificate.
      return nil
    }
  }

  /// Whether the peer was turned away in its TLS handshake: no certificate or a wrong one, an older version, not TLS at all.
  func isRefusedHandshake(_ error: any Error) -> Bool {
    if case .handshakeFailed = error as? NIOSSLError { true } else { false }
  }

  func noteRefusedHandshake() { note(.authenticationFailed, "TLS handshake") }

  /// Keys have changed, or time has passed: whether what was granted still is.
  func checkGrant() {
    guard let held = grant.holder, canSend else { return }
    var holder = worker.access.holder(of: held.proof)
    holder?.shown(until: steppedUpUntil)
    guard let holder, let now = Grant(holder, grant.scope, at: WallClock.milliseconds()) else {
      note(.authenticationFailed, "key is no longer accepted")
      return fail(.authenticationFailed, text: "the key is no longer accepted")
    }
    if now.authority.scope != grant.authority.scope {
      // They were filtered by what was granted when they began.
      for subscription in subscriptions.values { end(subscription, EventsEnd(.tenantScope)) }
    }
    grant = now
  }

  /// Counts something that was refused or done, for metrics and the audit trail.
  func note(_ kind: AuditEvent.Kind, _ subject: String, count: Int = 1) {
    worker.metrics.count(kind, times: count)
    worker.access.audit.note(
      AuditEvent(
        kind, at: WallClock.milliseconds(), key: grant.holder?.key.id, address: address,
        subject: subject, count: count))
  }

  /// The first frame: opens a session, or takes up an old one.
  func hello(_ header: FrameHeader, _ hello: HelloBody) throws(FrameError) {
    phase = .opening
    updateReading()
    if hello.authentication == .key, let verifier = worker.configuration.assertions, isAssertion(hello.credential) {
      let text = String(decoding: hello.credential, as: UTF8.self)
      Task {
        let proof = await verifier.verify(text)
        self.worker.door.execute { self.greet(header, hello, proof) }
      }
      return
    }
    let proof: Proof?
    do throws(FrameError) {
      proof = try self.proof(in: hello)
    } catch {
      note(.authenticationFailed, "\(error.reason)")
      throw error
    }
    greet(header, hello, proof)
  }

  private func greet(_ header: FrameHeader, _ hello: HelloBody, _ proof: Proof?) {
    guard phase == .opening else { return }
    do throws(FrameError) {
      grant = try authenticate(hello, proof)
    } catch {
      note(.authenticationFailed, "\(error.reason)")
      return fail(error)
    }
    guard !worker.isDraining else { return fail(.draining) }
    let found = header.session == 0 ? nil : find(header.session)
    guard takeSeat(found) else { return }
    guard let found else {
      worker.engine.openSession { result in
        self.worker.door.execute { self.opened(result, header, resumed: false) }
      }
      return
    }
    opened(found, header, resumed: true)
  }

  /// Takes a place that nobody takes away any more.
  ///
  /// - Parameter session: what is resumed.
  /// - Returns: false when there is none; the client was told.
  private func takeSeat(_ session: Result<Session, EngineError>?) -> Bool {
    var takesOver = false
    if case .success(let session) = session { takesOver = worker.directory.hasOwner(session: session.id) }
    seatedKey = grant.holder?.key.id
    if let countMax = worker.places.seat(number, key: seatedKey, takesOver: takesOver) {
      fail(.tooManyConnections, value: UInt64(countMax))
      return false
    }
    isSeated = true
    return true
  }

  /// A session that may be resumed with this key. Another key's does not exist.
  private func find(_ id: UInt128) -> Result<Session, EngineError> {
    let number = UInt64(truncatingIfNeeded: id)
    guard id == wireID(number) else {
      note(.authenticationFailed, "session of another key, or none")
      return .failure(EngineError(.sessionUnknown, "no such session"))
    }
    do throws(EngineError) {
      return .success(try worker.engine.session(number))
    } catch {
      return .failure(error)
    }
  }

  /// A session's id in frames: the engine's number, and above it what only the holder of its key is told.
  private func wireID(_ session: UInt64) -> UInt128 {
    let tag = grant.holder.map { worker.access.sessionTag(session, key: $0.key.id) } ?? 0
    return UInt128(tag) << 64 | UInt128(session)
  }

  private func opened(
    _ result: Result<Session, EngineError>, _ header: FrameHeader, resumed: Bool
  ) {
    guard phase == .opening else { return }
    switch result {
    case .failure(let error):
      switch error.kind {
      case .sessionUnknown: fail(.sessionUnknown, text: error.message)
      case .sessionEvicted: fail(.sessionEvicted, text: error.message)
      default: fail(.serverFailure, text: error.message)
      }
    case .success(let session): welcome(session, header, resumed: resumed)
    }
  }

  private func welcome(_ session: Session, _ header: FrameHeader, resumed: Bool) {
    let owner = SessionDirectory.Owner(worker: worker, connection: number)
    let before = worker.directory.claim(session: session.id, by: owner) {
      worker.engine.attach(session, to: worker.completions)
    }
    if let before {
      before.worker.door.execute {
        before.worker.connections[before.connection]?.fail(.sessionTaken)
      }
    }
    self.session = session
    sessionID = wireID(session.id)
    note(.sessionOpened, "session \(session.id)")
    lastTaken = session.lastRequest
    var body = WelcomeBody()
    body.sessionClass = grant.sessionClass
    body.scope = grant.scope
    body.resumed = resumed
    body.lastRequest = lastTaken
    body.now = WallClock.milliseconds()
    body.commit = worker.engine.durableCommit
    body.oldestCommit = worker.engine.oldestCommit
    body.limits = limits
    send(
      FrameHeader(.welcome, session: sessionID, trace: header.trace, request: header.request),
      bodyByteCount: WelcomeBody.byteCount
    ) { body.store(into: &$0) }
    phase = .open
    if let holder = grant.holder { worker.join(self, key: holder.key.id) }
    updateReading()
    var early = stash
    stash = ByteBuffer()
    consume(&early)
  }
}

extension FrameError {
  /// Something in a hello's body.
  fileprivate static func hello(_ reason: ErrorReason, at offset: Int, _ value: UInt64 = 0) -> FrameError {
    FrameError(reason, place: FrameHeader.byteCount + offset, value: value)
  }
}
