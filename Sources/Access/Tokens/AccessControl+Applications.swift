import Store

/// Programs of others that act for holders of keys.
extension AccessControl {
  /// - Throws: `notFound`.
  func application(_ id: String) throws(AccessError) -> Application {
    guard let application = state.withLock({ $0.tokens.applications[id] }) else {
      throw AccessError(.notFound, "there is no such application")
    }
    return application
  }

  /// The application that says who it is.
  ///
  /// - Throws: `badClient`, for all reasons alike.
  func application(proving proof: ApplicationProof) throws(AccessError) -> Application {
    let application = state.withLock { $0.tokens.applications[proof.id] }
    guard let application, application.secretDigest == proof.secret.map({ hexDigest(Array($0.utf8)) }) else {
      throw AccessError(.badClient, "there is no such application, or its secret is another one")
    }
    return application
  }

  func register(
    _ application: Application, _ caller: Caller, _ proposal: UInt32?
  ) throws(AccessError) -> AccessAnswer {
    var rows = [CatalogChange.put(.applications, key: Array(application.id.utf8), value: encodeRow(application))]
    if let proposal { rows.append(.delete(.proposals, key: proposal.catalogKey)) }
    try save(rows, caller.event(.applicationRegistered, "application \(application.id)"))
    state.withLock { state in
      state.tokens.applications[application.id] = application
      if let proposal { state.proposals[proposal] = nil }
    }
    return .applications(applications: [application])
  }

  func remove(_ application: Application, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let ended = state.withLock { $0.tokens.all(of: application.id) }
    try save(
      ended.rows + [.delete(.applications, key: Array(application.id.utf8))],
      caller.event(.applicationRemoved, "application \(application.id)"))
    state.withLock { state in
      state.tokens.applications[application.id] = nil
      state.tokens.remove(ended)
    }
    grantsChanged()
    return .done
  }
}
