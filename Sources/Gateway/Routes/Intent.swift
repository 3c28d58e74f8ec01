import HTTPTypes
import HummingbirdCore
import Kernel

/// What makes a repeated request the same intent: its name, and the ids that it has when it names none.
struct Intent: Sendable {
  /// 16 bytes for caller, route and `Idempotency-Key`; nil without one.
  var name: [UInt8]?
  var operation: UInt128
  var contract: UInt128
}

extension RouteCall {
  /// The request's intent: of its `Idempotency-Key`, so that the same request is the same intent, or a new one.
  ///
  /// - Throws: `Problem` when the key is none.
  func intent(_ caller: SessionCaller) throws(Problem) -> Intent {
    guard let text = request.headers[.idempotencyKey] else {
      let now = services.now()
      return Intent(operation: Identifier.new(at: now), contract: Identifier.new(at: now))
    }
    guard let key = Self.idempotencyKey(text) else {
      throw Problem(
        .badRequest, "invalid_idempotency_key", "Idempotency-Key is a string in quotes of 1 to 255 printable characters"
      )
    }
    let name = "\(caller.key ?? 0) \(request.method.rawValue) \(request.uri.path) \(key)"
    let digest = Identifier.derived(from: "request \(name)")
    return Intent(
      name: (0..<16).map { UInt8(truncatingIfNeeded: digest >> (120 - $0 * 8)) },
      operation: Identifier.derived(from: "operation \(name)"), contract: Identifier.derived(from: "contract \(name)"))
  }

  /// - Throws: `Problem` when the request has an `Idempotency-Key`, where it would mean nothing: operations of a batch have ids of their own.
  func refuseKey(
    _ detail: String = "a batch takes no Idempotency-Key: give its operations ids instead"
  ) throws(Problem) {
    guard request.headers[.idempotencyKey] == nil else {
      throw Problem(.badRequest, "invalid_idempotency_key", detail)
    }
  }

  /// The string of an RFC 8941 item; a bare word is taken as one, too, since many clients send it so.
  private static func idempotencyKey(_ text: String) -> String? {
    guard (1...257).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    guard text.hasPrefix("\"") else { return text.utf8.count <= 255 ? text : nil }
    guard text.utf8.count > 2, text.hasSuffix("\""), !text.dropFirst().dropLast().contains("\"") else { return nil }
    return String(text.dropFirst().dropLast())
  }

  // MARK: Versions

  /// The operation with the version that `If-Match` expects.
  ///
  /// - Throws: `Problem` when the header is none of our entity tags, or not the version that the document expects: no record can match; and
  ///   when the operation cannot expect a version.
  func expecting(_ operation: SlottedOperation, of form: OperationForm) throws(Problem) -> SlottedOperation {
    guard let version = try expectedVersion() else { return operation }
    let usesPlace = form.members.contains {
      if case .expectedVersion = $0.place { $0.modes.contains(operation.operation.mode) } else { false }
    }
    guard !usesPlace else {
      throw Problem(
        .badRequest, "invalid_parameter", "\(form.word) names an attempt, and cannot expect a version as well")
    }
    guard [0, version].contains(operation.operation.expectedVersion) else {
      throw Problem(.preconditionFailed, "version_conflict", "If-Match and expected_version are not the same")
    }
    var operation = operation
    operation.operation.expectedVersion = version
    return operation
  }

  /// The version that `If-Match` expects; nil for any.
  ///
  /// - Throws: `Problem` when the header is none of our entity tags: nothing can match.
  func expectedVersion() throws(Problem) -> UInt32? {
    guard let text = request.headers[.ifMatch], text != "*" else { return nil }
    guard let version = EntityTag.version(of: text) else {
      throw Problem(.preconditionFailed, "version_conflict", "If-Match is no entity tag of this record")
    }
    return version
  }

  /// A refusal as a problem: an `If-Match` that does not hold has a status of its own.
  func refusal(_ answer: OperationAnswer) -> Problem {
    var problem = Problem(answer)
    if answer.result.code == ResultCode.versionConflict.rawValue, request.headers[.ifMatch] != nil {
      problem.status = .preconditionFailed
    }
    return problem
  }
}

/// Strong entity tags: the record's version, and a digest of the whole document, since sums of a contract change with its
/// milestones and leave its version alone.
enum EntityTag {
  static func text(version: UInt32, of document: [UInt8]) -> String {
    "\"\(version)-\(Digest.hexadecimal(of: document))\""
  }

  /// The version in a tag; nil when it is none of ours.
  static func version(of text: String) -> UInt32? {
    guard text.hasPrefix("\""), text.hasSuffix("\""), let dash = text.firstIndex(of: "-") else { return nil }
    let digits = text[text.index(after: text.startIndex)..<dash]
    guard let version = Identifier.decimal(digits, UInt32.self), version > 0 else { return nil }
    return version
  }

  /// Whether a list of tags, as `If-None-Match` has it, names one. A weak mark does not matter here.
  static func list(_ text: String, names tag: String) -> Bool {
    text == "*"
      || text.split(separator: ",").contains { part in
        let part = part.drop(while: { $0 == " " })
        return (part.hasPrefix("W/") ? part.dropFirst(2) : part).prefix(while: { $0 != " " }) == tag
      }
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
  static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
