import Documents
import HTTPTypes
import Mappings
import Repository
import Store
import Templates
import Texts

/// What the description says of documents and their versions.
enum DocumentForms {
  static let section = "Documents"
  private static let slugPattern = "[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?"

  static let slug = Schema.string(pattern: "^\(slugPattern)$")
  static let name = Schema.string(pattern: "^\(slugPattern)(~\(slugPattern)){0,2}$")
  static let digest = Schema.string(pattern: "^[0-9a-f]{64}$")
  static let message = Schema.string(length: 0...Draft.messageByteCountMax)
  static let label = Schema.string(
    pattern: #"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"#
      + #"(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?"#
      + #"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"#, length: 5...Label.byteCountMax)

  /// A name as the path has it.
  static func name(_ text: String) -> DocumentName? { DocumentName(text.replacing("~", with: "/")) }

  static func text(_ name: DocumentName) -> String { name.text.replacing("/", with: "~") }

  static let environment = Route.QueryParameter(
    name: "environment", schema: slug, summary: "Where the document is in force. Default: live")

  private static let operation = Schema.object([], isClosed: false)
  private static let instant = Schema.string(format: "date-time")
  private static let states = Schema.words(Lifecycle.State.allCases.map { "\($0)" })

  private static let source: [Schema.Member] = [
    .init("tenant", .number32), .init("document", name), .init("environment", slug),
  ]

  private static let versionMembers: [Schema.Member] = [
    .init("version", digest), .init("content", .described(digest, "SHA-256 of the canonical form (RFC 8785)")),
    .init("text", .described(digest, "SHA-256 of the text as it was written")),
    .init("syntax", .words(["json", "yaml"])), .init("parents", .array(digest)), .init("author", .string()),
    .init("time", instant), .init("message", .string()), .init("label", label, isRequired: false),
    .init("moves_money", .described(.boolean, "Whether money can change by it: then another person approves it")),
    .init("origin", .object([.init("version", digest)] + source), isRequired: false),
  ]

  private static let step = Schema.object([
    .init("state", states), .init("actor", .string()), .init("time", instant),
    .init("report", digest, isRequired: false), .init("due", instant, isRequired: false),
  ])

  /// Values of any kind: members of a change.
  private static let change = Schema.object(
    [
      .init("kind", .words(["added", "removed", "changed", "moved"])), .init("path", .string()),
    ], isClosed: false)
  private static let changes: [Schema.Member] = [
    .init("changes", .array(change)), .init("patch", .described(.array(operation), "JSON Patch (RFC 6902)")),
  ]

  static let findings = Schema.array(
    .object(
      [
        .init("code", .string()), .init("level", .words(["error", "warning", "information"])),
        .init("pointer", .string()), .init("line", .integer(1...(1 << 31)), isRequired: false),
        .init("column", .integer(1...(1 << 31)), isRequired: false), .init("message", .string()),
        .init("fix", .described(.array(operation), "JSON Patch (RFC 6902)"), isRequired: false),
      ], isClosed: false))

  private static let conflicts: [Schema.Member] = [
    .init("base", .described(digest, "What both sides were made of")),
    .init("merged", .described(.any, "Both together, with what is mine where they disagree")),
    .init(
      "conflicts",
      .array(
        .object(
          [
            .init("kind", .words(["value", "order"])), .init("path", .string()),
            .init(
              "patch", .described(.array(operation), "JSON Patch of what is merged, for what is theirs here"),
              isRequired: false),
          ], isClosed: false))),
  ]

  static let versionAndMessage = Schema.object([
    .init("version", digest), .init("message", message, isRequired: false),
  ])

  static let components: [(String, Schema)] = [
    ("Version", .object(versionMembers)),
    (
      "WholeVersion",
      .object(
        versionMembers + [
          .init("document", .described(.any, "What it says")),
          .init("source", .described(.string(), "As it was written")), .init("steps", .array(step)),
          .init(
            "signatures",
            .array(
              .object([
                .init("publisher", slug), .init("name", .string()),
                .init("public_key", digest), .init("time", instant), .init("valid", .boolean),
              ]))),
        ])
    ),
    (
      "DocumentState",
      .object([
        .init("document", name), .init("environment", slug), .init("head", digest),
        .init("active", digest, isRequired: false),
      ])
    ),
    ("Documents", .object([.init("items", .array(.named("DocumentState"))), .init("next", name, isRequired: false)])),
    (
      "DocumentKinds",
      .object([
        .init(
          "items",
          .array(
            .object([
              .init("kind", slug), .init("moves_money", .boolean),
              .init(
                "checked", .described(.boolean, "Whether this gateway checks them, so that they can come in force")),
            ])))
      ])
    ),
    ("DocumentHead", .object([.init("state", .named("DocumentState")), .init("version", .named("WholeVersion"))])),
    (
      "Versions",
      .object([
        .init("items", .array(.object(versionMembers + [.init("steps", .array(step))]))),
        .init("next", .array(digest), isRequired: false),
      ])
    ),
    ("Changes", .object(changes)),
    (
      "UpstreamChanges",
      .object(
        [
          .init("origin", .object([.init("version", digest)] + source)), .init("current", digest),
        ] + changes)
    ),
    ("Conflicts", .object(conflicts)), ("MergedText", .object(conflicts + [.init("head", digest)])),
    ("Lifecycle", .object([.init("version", digest), .init("steps", .array(step))])),
    (
      "Tag", .object([.init("tag", slug), .init("version", digest), .init("actor", .string()), .init("time", instant)])
    ),
    ("DocumentLog", .object([.init("lines", .described(.array(.string()), "Canonical JSON, byte for byte"))])),
    ("Tags", .object([.init("items", .array(.named("Tag")))])),
    (
      "Report",
      .object([
        .init("usable", .boolean), .init("digest", .described(digest, "Of the findings: it is kept with a check")),
        .init("findings", findings),
      ])
    ),
  ]
}

// MARK: Documents out

extension Version {
  var json: Documents.JSONValue { .object(members) }

  var members: JSONObject {
    var members = JSONObject()
    members["version"] = .string("\(id)")
    members["content"] = .string(body.content.hex)
    members["text"] = .string("\(body.text)")
    members["syntax"] = .string("\(body.syntax)")
    members["parents"] = .array(parents.map { .string("\($0)") })
    members["author"] = .string("\(author)")
    members["time"] = .string(RFC3339.text(time))
    members["message"] = .string(message)
    if let label { members["label"] = .string(label.text) }
    members["moves_money"] = .bool(movesMoney || DocumentService.options.moneyKinds.contains(document.kind))
    if let origin { members["origin"] = origin.json }
    return members
  }
}

extension Version.Origin {
  var json: Documents.JSONValue {
    [
      "version": .string("\(version)"), "tenant": .string(String(reference.tenant.rawValue)),
      "document": .string(DocumentForms.text(reference.document.name)),
      "environment": .string(reference.environment.text),
    ]
  }
}

extension ReferenceState {
  func json(_ name: DocumentName, in environment: Slug) -> Documents.JSONValue {
    var members = JSONObject()
    members["document"] = .string(DocumentForms.text(name))
    members["environment"] = .string(environment.text)
    members["head"] = .string("\(head)")
    if let active { members["active"] = .string("\(active)") }
    return .object(members)
  }
}

extension Lifecycle {
  var json: Documents.JSONValue {
    .array(
      steps.map { step in
        var members = JSONObject()
        members["state"] = .string("\(step.state)")
        members["actor"] = .string("\(step.actor)")
        members["time"] = .string(RFC3339.text(step.time))
        if let report = step.report { members["report"] = .string("\(report)") }
        if let due = step.due { members["due"] = .string(RFC3339.text(due)) }
        return .object(members)
      })
  }
}

extension Repository.Signed {
  var json: Documents.JSONValue {
    [
      "publisher": .string(publisher.id.text), "name": .string(publisher.name),
      "public_key": .string(publisher.keyText),
      "time": .string(RFC3339.text(signature.time)), "valid": .bool(isValid),
    ]
  }
}

extension Publisher {
  var keyText: String { Hexadecimal.text(publicKey) }
}

extension Tag {
  var json: Documents.JSONValue {
    [
      "tag": .string(name.text), "version": .string("\(version)"), "actor": .string("\(actor)"),
      "time": .string(RFC3339.text(time)),
    ]
  }
}

extension Change {
  var json: Documents.JSONValue {
    var members = JSONObject()
    members["kind"] = .string(kind.rawValue)
    members["path"] = .string(path.description)
    members["before"] = before
    members["after"] = after
    return .object(members)
  }
}

extension Findings {
  /// - Parameter language: of the messages.
  func report(in language: Language) -> Documents.JSONValue {
    let list = list(in: language)
    return [
      "usable": .bool(!hasErrors), "digest": .string("\(digest)"), "findings": list,
    ]
  }

  /// Of what was found, in English: the same for every reader.
  var digest: ByteDigest { ByteDigest(of: list(in: .english).canonicalBytes) }

  /// As JSON, each with its message in a language.
  func list(in language: Language) -> Documents.JSONValue {
    let texts = FindingTexts.documents.adding(.templates).adding(.mappings)
    return .array(
      kept.map { finding in
        var members = JSONObject()
        members["code"] = .string(finding.code)
        members["level"] = .string(finding.level.rawValue)
        members["pointer"] = .string(finding.pointer.description)
        if let place = finding.place {
          members["line"] = .integer(Int64(place.line))
          members["column"] = .integer(Int64(place.column))
        }
        members["message"] = .string(texts.text(of: finding, in: language.tag))
        if let witness = finding.witness { members["witness"] = witness }
        if let fix = finding.fix { members["fix"] = fix.value }
        return .object(members)
      })
  }
}
