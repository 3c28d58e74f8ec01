@testable import Access

extension Seeds {
  static var accessDocuments: [Seed] {
    let credential = AccessKey.Credential(.secret, digest: String(repeating: "ab", count: 32), expires: 9)
    let content = AccessKey.Content(name: "shop", tenants: [7, 8], roles: [.payer, .system], person: 3, expires: 99)
    let key = AccessKey(id: 1, content: content, credentials: [credential], created: 5, revoked: 6)
    let create = AccessCommand.create(content: content, credential: credential)
    let proposal = Proposal(id: 1, command: create, key: 2, person: 3, made: 4, expires: 5)
    let quota = TenantQuota(tenant: 7, quota: Quota(operationsPerSecond: 10, burst: 20))
    let event = AuditEvent(.operationsRefused, at: 5, key: 1, address: "127.0.0.1", subject: "session 9", count: 3)
    return [
      Seed("create", join([0], create.json)), Seed("audit", join([0], AccessCommand.audit(after: 1, limit: 2).json)),
      Seed("keys", join([1], AccessAnswer.keys(keys: [key]).json)),
      Seed("refused", join([1], AccessAnswer.refused(kind: .notFound, text: "no").json)),
      Seed("key-row", join([2], encodeRow(key))), Seed("proposal-row", join([3], encodeRow(proposal))),
      Seed("quota-row", join([4], encodeRow(quota))), Seed("event-row", join([5], encodeRow(event))),
    ]
  }
}
