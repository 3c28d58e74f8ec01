import Kernel

/// A part of what a key allows, as OAuth writes it: words with spaces between, `payer tenant:7 amount:500000`.
///
/// A word is a role, `tenant:N`, or `amount:N`, the largest sum of one operation in minor units. What is not named is as the key
/// has it; a scope never gives more than its key.
public struct Scope: Codable, Hashable, Sendable {
  /// Nil: the key's.
  public var roles: [Role]?
  public var tenants: [UInt32]?
  public var amountMax: Int64?

  static let tenantCountMax = 64

  /// Everything that the key allows.
  public init() {}

  /// - Throws: `badScope`, without the words.
  public init(text: String) throws(AccessError) {
    for word in text.split(separator: " ") {
      if let role = Role(rawValue: String(word)) {
        roles = (roles ?? []) + [role]
      } else if let tenant = Self.number(word, behind: "tenant:", UInt32.self) {
        tenants = (tenants ?? []) + [tenant]
      } else if let amount = Self.number(word, behind: "amount:", Int64.self), amountMax == nil {
        amountMax = amount
      } else {
        throw AccessError(.badScope, "a scope has roles, tenant:N and one amount:N, with spaces between")
      }
    }
    roles = roles.map { roles in Role.allCases.filter(roles.contains) }
    tenants = tenants.map { Array(Set($0)).sorted() }
    guard tenants?.count ?? 0 <= Self.tenantCountMax else {
      throw AccessError(.badScope, "a scope names \(Self.tenantCountMax) tenants at most")
    }
  }

  private static func number<Number: FixedWidthInteger>(
    _ word: Substring, behind prefix: String, _ type: Number.Type
  ) -> Number? {
    guard word.hasPrefix(prefix) else { return nil }
    let digits = word.dropFirst(prefix.count)
    guard let value = Number(digits), value >= 0, String(value) == digits else { return nil }
    return value
  }

  /// The same scope in one way of writing.
  public var text: String {
    ((roles ?? []).map(\.rawValue) + (tenants ?? []).map { "tenant:\($0)" }
      + [amountMax].compactMap { $0 }.map { "amount:\($0)" })
      .joined(separator: " ")
  }

  /// Whether a key allows all of it.
  func isInside(_ content: AccessKey.Content) -> Bool {
    (roles ?? []).allSatisfy(content.roles.contains)
      && (tenants ?? []).allSatisfy { content.tenants?.contains($0) ?? true }
      && amountMax ?? 0 <= content.amountMax ?? .max
  }

  /// Whether another scope allows all of it.
  func isInside(_ other: Scope) -> Bool {
    func within<Item: Equatable>(_ own: [Item]?, _ others: [Item]?) -> Bool {
      guard let others else { return true }
      return own?.allSatisfy(others.contains) ?? false
    }
    return within(roles, other.roles) && within(tenants, other.tenants)
      && amountMax ?? .max <= other.amountMax ?? .max
  }

  /// What is left of a key's content.
  /// - Returns: nil when nothing is: the key has changed since.
  func narrowing(_ content: AccessKey.Content) -> AccessKey.Content? {
    var content = content
    if let roles { content.roles = content.roles.filter(roles.contains) }
    if let tenants { content.tenants = content.tenants.map { $0.filter(tenants.contains) } ?? tenants }
    if let amountMax { content.amountMax = min(amountMax, content.amountMax ?? .max) }
    return content.roles.isEmpty || content.tenants?.isEmpty ?? false ? nil : content
  }
}
