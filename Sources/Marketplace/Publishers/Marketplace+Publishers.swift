public import Repository

extension Marketplace {
  /// Says, for the platform, that a publisher is who they say. It holds for all that they signed.
  ///
  /// - Parameter reason: what was looked at; 1 to 500 bytes.
  /// - Throws: `notYours` unless the platform asks; `notFound` for one who has not signed anything yet; `alreadyThere`.
  public func verify(
    _ publisher: PublisherID, reason: String, by caller: Caller
  ) throws(MarketplaceError) -> Verification {
    try setVerification(true, of: publisher, reason: reason, by: caller)
  }

  /// Takes it back.
  public func unverify(
    _ publisher: PublisherID, reason: String, by caller: Caller
  ) throws(MarketplaceError) -> Verification {
    try setVerification(false, of: publisher, reason: reason, by: caller)
  }

  private func setVerification(
    _ isVerified: Bool, of id: PublisherID, reason: String, by caller: Caller
  ) throws(MarketplaceError) -> Verification {
    guard Prose.isValid(reason, byteCounts: 1...Prose.byteCountMax) else { throw .invalid(.reason) }
    return try change(.platform, by: caller) { set throws(MarketplaceError) in
      let publisher = try publisher(id.id, of: id.tenant)
      guard try self.isVerified(publisher) != isVerified else { throw .alreadyThere }
      let verification = Verification(isVerified: isVerified, reason: reason, actor: caller.actor, time: caller.time)
      set.put(.verifications, publisher.key, verification)
      set.log(isVerified ? .verified : .unverified, publisher, reason)
      return verification
    }
  }

  /// What the platform said last; nil if it never said anything. For the publisher's tenant and the platform: others
  /// see it by what was signed.
  public func verification(
    of publisher: PublisherID, as viewer: Viewer
  ) throws(MarketplaceError) -> Verification? {
    guard viewer.mayChange(publisher.tenant) || viewer.mayChange(.platform) else { throw .notFound(.publisher) }
    return try verification(publisher.id, of: publisher.tenant)
  }

  func isVerified(_ publisher: Publisher) throws(MarketplaceError) -> Bool {
    try isVerified(publisher.id, of: publisher.tenant)
  }

  func isVerified(_ id: Slug, of tenant: Tenant) throws(MarketplaceError) -> Bool {
    try verification(id, of: tenant)?.isVerified ?? false
  }

  private func verification(_ id: Slug, of tenant: Tenant) throws(MarketplaceError) -> Verification? {
    try rows.value(Verification.self, .verifications, Publisher.key(tenant, id))
  }

  /// - Throws: `notFound`.
  func publisher(_ id: Slug, of tenant: Tenant) throws(MarketplaceError) -> Publisher {
    do throws(RepositoryError) { return try repository.publisher(id, of: tenant, as: .everything) } catch {
      throw error == .notFound(.publisher) ? .notFound(.publisher) : MarketplaceError(error)
    }
  }
}
