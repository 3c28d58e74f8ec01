import Documents
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Mappings
import NIOCore
import Repository
import Texts

/// Requests of other systems through mappings: tried, and for real.
enum MappingRoutes {
  static let all = [trialOfText, trial, batch]

  private static let mapping = PathParts.tenant + [.literal("mappings"), .parameter(.document)]

  private static let trialOfText = Route(
    method: .post, path: PathParts.tenant + [.literal("mapping-trials")], name: "try_mapping_text",
    summary: "What a mapping that is not kept would make of a text. Nothing is changed", section: MappingForms.section,
    query: [TemplateRoutes.language], body: .batch(MappingForms.trial),
    answers: [Route.Answer(.ok, "What it would make, and all findings", .named("MappingTrial"))]
  ) { call in
    try call.refuseKey("a trial takes no Idempotency-Key: it changes nothing")
    let language = try call.language()
    return try await call.inPlace {
      _ = try await call.viewer()
      var reader = DocumentReader(try call.members(of: try await call.body()))
      let text = reader.required("mapping", "is no text") { $0 }
      let syntax = reader.text("syntax", "is neither json nor yaml") { Version.Syntax(name: $0) } ?? .yaml
      let input = reader.required("input", "is no text") { $0 }
      try reader.finish()
      var findings = Findings()
      guard let text, let input, let mapping = Self.mapping(of: text, syntax, &findings) else {
        return RouteCall.json(["usable": false, "findings": findings.list(in: language)])
      }
      return try await call.trial(of: mapping, Array(input.utf8), language)
    }
  }

  private static let trial = Route(
    method: .post, path: mapping + [.literal("trials")], name: "try_mapping",
    summary: "What a mapping would make of a text. Nothing is changed", section: MappingForms.section,
    query: [MappingForms.version, TemplateRoutes.language], body: .foreign,
    answers: [Route.Answer(.ok, "What it would make, and all findings", .named("MappingTrial"))]
  ) { call in
    try call.refuseKey("a trial takes no Idempotency-Key: it changes nothing")
    let language = try call.language()
    return try await call.inPlace {
      _ = try await call.viewer()
      let mapping = try await call.mapping().mapping
      try call.requireType(of: mapping)
      return try await call.trial(of: mapping, Array(try await call.body().readableBytesView), language)
    }
  }

  private static let batch = Route(
    method: .post, path: mapping + [.literal("batches")], name: "submit_mapped_batch",
    summary:
      "A text of another system as operations of this tenant, applied one behind the other. If anything in it is wrong, nothing is applied",
    section: MappingForms.section, query: [MappingForms.version] + MappingForms.mapping, body: .foreign,
    answers: MappingForms.answers(
      Route.Answer(.ok, "An answer for each operation, with the line that it came from", .named("BatchAnswers"))),
    takesKey: true
  ) { call in
    try await call.inPlace {
      let session = try await call.session()
      _ = try await call.viewer()
      let (mapping, version) = try await call.mapping()
      try call.requireType(of: mapping)
      let text = Array(try await call.body().readableBytesView)
      guard case .request(let rule) = mapping.rule else { throw Problem.wrongDirection }
      let intent = try call.intent(session.caller)
      let fingerprint = intent.name == nil ? "" : "\(Digest.hexadecimal(of: text)) \(version)"
      var request = mapping.operations(of: text, by: rule)
      let chunk = request.read(tenant: try call.tenant(), session.caller, at: call.services.now()) { place in
        // The same request again is the same operations, as long as their records remember them.
        intent.name.map { _ in Identifier.derived(from: "mapped \(intent.operation) \(fingerprint) \(place)") }
      }
      guard !request.findings.hasErrors else { throw Problem(unmappable: request.findings) }
      return try await call.submitOnce(chunk, name: intent.name, fingerprint: fingerprint, session: session)
    }
  }

  private static func mapping(
    of text: String, _ syntax: Version.Syntax, _ findings: inout Findings
  ) -> Mapping? {
    let document: Document
    do throws(DocumentFault) {
      document = syntax == .json ? try Document(json: Array(text.utf8)) : try Document(yaml: text)
    } catch {
      findings.add(Finding(error))
      return nil
    }
    guard let mapping = Mapping(reading: document, &findings) else { return nil }
    MappingChecker.check(mapping, in: document, &findings)
    return findings.hasErrors ? nil : mapping
  }
}

extension RouteCall {
  /// Does what needs much memory and time: in one of few places, and on no event loop.
  fileprivate func inPlace(_ body: @Sendable () async throws -> Response) async throws -> Response {
    let place = try services.batches.place()
    defer { withExtendedLifetime(place) {} }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await body() }
  }

  /// The mapping that the path names.
  fileprivate func mapping() async throws(Problem) -> (mapping: Mapping, version: VersionID) {
    guard let name = DocumentForms.name(text(.document)) else { throw .notFound("mapping") }
    return try await services.mappings.mapping(
      name, of: Tenant(rawValue: try tenant()), version: try version("version"))
  }

  /// - Throws: `Problem` when the body does not say that it is what the mapping reads.
  fileprivate func requireType(of mapping: Mapping) throws(Problem) {
    let wanted: String
    switch mapping.rule {
    case .request(let rule): wanted = rule.input.text.mediaType
    case .response: wanted = MediaType.json
    }
    let type = (request.headers[.contentType] ?? "").prefix(while: { $0 != ";" }).lowercased().filter { $0 != " " }
    // RFC 7303: both are the same.
    if wanted == MediaType.xml, type == "text/xml" { return }
    try requireType(wanted)
  }

  /// What a mapping makes of a text, and what would be refused of it.
  fileprivate func trial(of mapping: Mapping, _ text: [UInt8], _ language: Language) async throws(Problem) -> Response {
    var members = JSONObject()
    let findings: Findings
    switch mapping.rule {
    case .request(let rule):
      var request = mapping.operations(of: text, by: rule)
      let made = request.operations
      _ = request.read(tenant: try tenant(), try await session().caller, at: services.now()) { _ in nil }
      findings = request.findings
      members["operations"] = .array(
        made.map {
          [
            "line": .integer(Int64($0.line)), "rule": .string($0.pointer.description),
            "operation": .object($0.members),
          ]
        })
    case .response(let rule):
      let output = mapping.output(of: text, by: rule)
      findings = output.findings
      if let text = output.text {
        members["output"] = [
          "type": .string(rule.output.text.mediaType), "text": .string(String(decoding: text, as: UTF8.self)),
        ]
      }
    }
    members["usable"] = .bool(!findings.hasErrors)
    members["findings"] = findings.list(in: language)
    return Self.json(.object(members))
  }
}

extension Version.Syntax {
  fileprivate init?(name: String) {
    switch name {
    case "json": self = .json
    case "yaml": self = .yaml
    default: return nil
    }
  }
}
