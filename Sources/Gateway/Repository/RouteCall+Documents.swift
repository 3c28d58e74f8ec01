import Access
import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Repository

extension RouteCall {
  // MARK: What was asked

  func kind() throws(Problem) -> DocumentKind {
    guard let slug = Slug(text(.kind)) else { throw .notFound("kind") }
    return DocumentKind(slug)
  }

  func environment(_ name: String = "environment") throws(Problem) -> Slug {
    guard let text = parameter(name) else { return DocumentService.live }
    guard let slug = Slug(text) else { throw .badParameter(name, "is no name, as live") }
    return slug
  }

  /// The document that the path names, where the query says.
  func reference() throws(Problem) -> Reference {
    guard let name = DocumentForms.name(text(.document)) else { throw .notFound("document") }
    return Reference(
      DocumentID(Tenant(rawValue: try tenant()), try kind(), name), in: try environment())
  }

  func revision() throws(Problem) -> VersionID {
    guard let version = VersionID(hex: text(.revision)) else { throw .notFound("version") }
    return version
  }

  func version(_ name: String) throws(Problem) -> VersionID? {
    guard let text = parameter(name) else { return nil }
    guard let version = VersionID(hex: text) else { throw .badParameter(name, "is no version's id") }
    return version
  }

  /// The version that `If-Match` says the document is at; nil without one: there is to be none yet.
  func expectedHead() throws(Problem) -> VersionID? {
    guard let text = request.headers[.ifMatch] else { return nil }
    guard text.hasPrefix("\""), text.hasSuffix("\""), let version = VersionID(hex: String(text.dropFirst().dropLast()))
    else {
      throw Problem(.preconditionFailed, "version_conflict", "If-Match is no entity tag of a document")
    }
    return version
  }

  // MARK: By whom

  /// - Throws: `Problem` when the caller may not read the documents of the path's tenant. The platform's are for everybody.
  func viewer() async throws(Problem) -> Viewer {
    let tenant = try tenant()
    let session = try await session()
    if tenant != Tenant.platform.rawValue { try await session.checkReader(of: tenant) }
    return .tenant(Tenant(rawValue: tenant))
  }

  /// Who changes documents of the path's tenant: a person, where the key acts for one.
  ///
  /// - Throws: `Problem` when the caller may not.
  func editor() async throws(Problem) -> Caller {
    let tenant = try tenant()
    let session = try await session()
    let key = try await session.ownKey()
    try DocumentAuthority.check(key, tenant)
    let person = key?.person ?? 0
    let actor =
      person != 0
      ? Actor(.person, String(person)) : Actor(.program, session.caller.key.map { "key \($0)" } ?? "anybody")
    guard let actor else { throw Problem(.internalServerError, "internal_error", "the caller has no name") }
    return Caller(actor, as: .tenant(Tenant(rawValue: tenant)), at: services.now())
  }

  // MARK: How to answer

  /// A document's newest version, by which changes are made.
  static func json(
    _ value: Documents.JSONValue, _ status: HTTPResponse.Status = .ok, head: VersionID
  ) -> Response {
    var response = json(value, status)
    response.headers[.eTag] = "\"\(head)\""
    return response
  }
}

/// Who may change a tenant's documents: a key that is for the tenant, in one of the roles that act for the platform; those of the platform
/// itself only by a key that is for all tenants. Without keys everybody.
enum DocumentAuthority {
  private static let roles: [Role] = [.platform, .operator, .admin]

  /// - Throws: `Problem` when the key may not.
  static func check(_ key: AccessKey.Content?, _ tenant: UInt32) throws(Problem) {
    guard let key else { return }
    if let tenants = key.tenants, !tenants.contains(tenant) || tenant == Tenant.platform.rawValue { throw .otherTenant }
    if key.stepUp?.commands == true { throw .secondFactor }
    guard key.roles.contains(where: { roles.contains($0) }) else {
      throw Problem(.forbidden, "not_authorised", "the key has none of the roles that change documents")
    }
  }
}

extension VersionID {
  /// - Parameter hex: 64 lower-case hexadecimal digits.
  init?(hex: String) {
    guard let digest = ByteDigest(hex: hex) else { return nil }
    self.init(digest)
  }
}
