import Documents
import Fiscal
import HTTPTypes
import Templates
import Texts

/// Reading of forms, and what the description says of templates.
enum TemplateForms {
  /// The members `form` and `accept_unconfirmed`, and the schedule that they come to.
  ///
  /// - Parameter names: members that somebody else reads.
  /// - Throws: `Problem` with every fault of the form at its place; when reference data has no rate.
  static func schedule(
    _ root: DocumentNode, _ package: TemplatePackage, _ data: ReferenceData, passing names: Set<String>
  ) throws(Problem) -> (ParameterSet, Schedule) {
    var faults = MemberFaults()
    guard root.kind == .object else {
      throw Problem(.unprocessableContent, "invalid_document", "the document is no object")
    }
    for (name, _) in root.members {
      guard let name = name.string, !["form", "accept_unconfirmed"].contains(name), !names.contains(name) else {
        continue
      }
      faults.add(name, "is not known here")
    }
    if let flag = root.member("accept_unconfirmed"), flag.bool == nil {
      faults.add("accept_unconfirmed", "is no boolean")
    }
    if root.member("form") == nil { faults.add("form", "is missing") }
    guard faults.isEmpty, let form = root.member("form") else { throw Problem(faults) }
    var findings = Findings()
    guard let parameters = ParameterSet(reading: form, for: package.template, &findings) else {
      throw Problem(findings)
    }
    let accepts = root.member("accept_unconfirmed")?.bool ?? false
    do throws(ScheduleFault) {
      let schedule = try package.template.schedule(
        parameters, from: data, accepting: accepts ? .unconfirmed : .confirmed)
      return (parameters, schedule)
    } catch {
      let reason = if case .rates(let fault) = error { "\(fault)" } else { "\(error)" }
      throw Problem(.unprocessableContent, "no_rate", "reference data has no answer for this form: \(reason)")
    }
  }

  private static let form = Schema.Member(
    "form", .described(.object([], isClosed: false), "What the template's schema asks for"))
  private static let accepts = Schema.Member(
    "accept_unconfirmed",
    .described(.boolean, "Use rates and holidays that are not confirmed; each is named", default: .bool(false)),
    isRequired: false)

  static let preview = Schema.object([form, accepts])

  static let order = Schema.object([
    .init("template", .described(.string(pattern: "^[a-z]+/[a-z][a-z0-9-]*$"), "industry/name")), form, accepts,
    .init("contract", .described(.id, "The contract's id. Default: a new one"), isRequired: false),
    .init("payer", .number32), .init("payee", .number32), .init("arbiter", .number32, isRequired: false),
    .init(
      "approvers",
      .array(
        .object([
          .init("person", .number32), .init("step", .integer(1...4)),
          .init("level", .integer(0...3), isRequired: false),
        ]), count: 0...ContractOrder.approverCountMax), isRequired: false),
    .init(
      "stage",
      .described(.words(ContractOrder.Stage.allCases.map(\.rawValue)), "How far it is brought. Default: offered"),
      isRequired: false),
    .init(
      "deposit_reference", .described(.digest, "The bank's reference of the deposit, for funded"), isRequired: false),
  ])

  private static let facets: [Schema.Member] = [
    .init("industry", .words(Facets.Industry.allCases.map(\.rawValue))),
    .init("size", .words(Facets.Size.allCases.map(\.rawValue))),
    .init("complexity", .words(Facets.Complexity.allCases.map(\.rawValue))),
    .init("payment", .array(.words(Facets.PaymentTerms.allCases.map(\.rawValue)))),
    .init("escalation", .words(Escalation.allCases.map(\.rawValue))),
    .init("regions", .array(.words(Parameter.states))),
  ]

  private static let summary: [Schema.Member] = [
    .init("template", .string()), .init("version", .string(pattern: #"^[0-9]+\.[0-9]+\.[0-9]+$"#)),
    .init("digest", .string(pattern: "^[0-9a-f]{64}$")), .init("title", .string()), .init("summary", .string()),
    .init("facets", .object(facets)),
  ]

  private static let text = Schema.object([.init("name", .string()), .init("title", .string())])

  static let components: [(String, Schema)] = [
    ("TemplateSummary", .object(summary)), ("Templates", .object([.init("items", .array(.named("TemplateSummary")))])),
    (
      "Template",
      .object(
        summary + [
          .init("schema", .described(.object([], isClosed: false), "The form, as JSON Schema 2020-12")),
          .init(
            "parameters",
            .array(
              .object([
                .init("name", .string()), .init("title", .string()), .init("words", .array(text), isRequired: false),
              ]))), .init("milestones", .array(text)), .init("samples", .array(.string())),
          .init("languages", .array(.string())),
        ])
    ),
    (
      "Schedule",
      .described(
        .object([.init("findings", DocumentForms.findings, isRequired: false)], isClosed: false),
        "Milestones, sums in paise, rates in basis points, terms of the kernel; findings are what should be looked at, such as due days for which no holidays are known"
      )
    ),
    (
      "Instance",
      .object([
        .init("template", .string()), .init("version", .string()), .init("digest", .string()),
        .init(
          "document_version", .described(DocumentForms.digest, "Of the tenant's own document, if it is one"),
          isRequired: false), .init("form", .object([], isClosed: false)),
      ])
    ),
    (
      "NewInstance",
      .object([
        .init("tenant", .number32), .init("contract", .id),
        .init("stage", .words(ContractOrder.Stage.allCases.map(\.rawValue))),
        .init("instance", .named("Instance")), .init("schedule", .named("Schedule")),
      ])
    ),
  ]
}

extension Schedule {
  /// The schedule, and what should be looked at in it.
  var answer: Documents.JSONValue {
    guard var members = json.object, !findings.isEmpty else { return json }
    members["findings"] = findings.list(in: .english)
    return .object(members)
  }
}

extension TemplatePackage {
  func summary(_ path: String, in language: Language) -> Documents.JSONValue {
    let facets = template.facets
    return [
      "template": .string(path), "version": .string(template.version.description),
      "digest": .string(template.digest.description), "title": .string(text("title", in: language)),
      "summary": .string(text("summary", in: language)),
      "facets": [
        "industry": .string(facets.industry.rawValue), "size": .string(facets.size.rawValue),
        "complexity": .string(facets.complexity.rawValue),
        "payment": .array(facets.payment.map { .string($0.rawValue) }),
        "escalation": .string(facets.escalation.rawValue), "regions": .array(facets.regions.map { .string($0) }),
      ],
    ]
  }

  func document(_ path: String, in language: Language) -> Documents.JSONValue {
    var document = summary(path, in: language).object ?? JSONObject()
    func text(_ name: String, _ key: String) -> Documents.JSONValue {
      ["name": .string(name), "title": .string(self.text(key, in: language))]
    }
    document["schema"] = template.schema
    document["parameters"] = .array(
      template.parameters.map { parameter in
        let key = "parameters.\(parameter.name)"
        var about = text(parameter.name, key).object ?? JSONObject()
        if case .word(let words) = parameter.domain, words != Parameter.states {
          about["words"] = .array(words.map { text($0, "\(key).\($0)") })
        }
        return .object(about)
      })
    document["milestones"] = .array(template.milestones.map { text($0.id, "milestones.\($0.id)") })
    document["samples"] = .array(samples.map { .string($0.name) })
    document["languages"] = .array(messages.languages.map { .string($0.rawValue) })
    return .object(document)
  }
}
