import Engine
import NIOCore
import Wire

extension Connection {
  /// What a hello is granted.
  struct Grant {
    var authority: Authority
    var sessionClass: SessionClass
    var scope: Wire.TenantScope
  }

  /// Decides what a client may do. The one place where keys will be checked: until there are any, the server
  /// listens on loopback only and grants the operator class.
  ///
  /// - Throws: `authenticationMethod`.
  static func authenticate(_ hello: HelloBody) throws(FrameError) -> Grant {
    guard hello.authentication == .none else {
      throw FrameError(
        .authenticationMethod, place: FrameHeader.byteCount, value: UInt64(hello.authentication.rawValue))
    }
    switch hello.scope {
    case .all: return Grant(authority: .full, sessionClass: .operator, scope: .all)
    case .one(let tenant):
      return Grant(
        authority: Authority(scope: .one(tenant), mayActAsOperator: true), sessionClass: .operator, scope: hello.scope)
    }
  }

  /// The first frame: opens a session, or takes up an old one.
  func hello(_ header: FrameHeader, _ hello: HelloBody) throws(FrameError) {
    let grant = try Self.authenticate(hello)
    authority = grant.authority
    guard !worker.isDraining else { return fail(.draining) }
    phase = .opening
    updateReading()
    guard header.session != 0 else {
      worker.engine.openSession { result in
        self.worker.door.execute { self.opened(result, header, grant, resumed: false) }
      }
      return
    }
    opened(Self.find(header.session, in: worker.engine), header, grant, resumed: true)
  }

  private static func find(_ id: UInt128, in engine: Engine) -> Result<Session, EngineError> {
    guard let number = UInt64(exactly: id) else {
      return .failure(EngineError(.sessionUnknown, "no such session"))
    }
    do throws(EngineError) {
      return .success(try engine.session(number))
    } catch {
      return .failure(error)
    }
  }

  private func opened(
    _ result: Result<Session, EngineError>, _ header: FrameHeader, _ grant: Grant, resumed: Bool
  ) {
    guard phase == .opening else { return }
    switch result {
    case .failure(let error):
      switch error.kind {
      case .sessionUnknown: fail(.sessionUnknown, text: error.message)
      case .sessionEvicted: fail(.sessionEvicted, text: error.message)
      default: fail(.serverFailure, text: error.message)
      }
    case .success(let session): welcome(session, header, grant, resumed: resumed)
    }
  }

  private func welcome(_ session: Session, _ header: FrameHeader, _ grant: Grant, resumed: Bool) {
    let owner = SessionDirectory.Owner(worker: worker, connection: number)
    if let before = worker.directory.claim(session: session.id, by: owner) {
      before.worker.door.execute {
        before.worker.connections[before.connection]?.fail(.sessionTaken)
      }
    }
    worker.engine.attach(session, to: worker.completions)
    self.session = session
    sessionID = Self.wireID(session.id)
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
    updateReading()
    var early = stash
    stash = ByteBuffer()
    consume(&early)
  }
}
