import Documents
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Templates
import Texts

/// Templates to choose from, and what comes of a form.
enum TemplateRoutes {
  static let all =
    [
      list, get(template, "get_template"), preview(template, "preview_template"), draw(template, "draw_template"),
    ] + own

  /// A tenant's own.
  private static let own = [
    ownList, get(ownTemplate, "get_own_template"), preview(ownTemplate, "preview_own_template"),
    draw(ownTemplate, "draw_own_template"),
  ]

  static let section = "Templates"
  private static let searchCountMax = 200
  private static let templates: [Route.PathPart] = [.literal("v1"), .literal("templates")]
  private static let template = templates + [.parameter(.industry), .parameter(.template)]
  private static let ownTemplates = PathParts.tenant + [.literal("templates")]
  private static let ownTemplate = ownTemplates + [.parameter(.industry), .parameter(.template)]

  static let language = Route.QueryParameter(
    name: "language", schema: .words(Language.allCases.map(\.rawValue)), summary: "Language of texts. Default: en")

  private static let list = Route(
    method: .get, path: templates, name: "list_templates", summary: "Templates by facets and words", section: section,
    query: [
      .init(
        name: "industry", schema: .words(Facets.Industry.allCases.map(\.rawValue)), summary: "Only of this industry"),
      .init(name: "size", schema: .words(Facets.Size.allCases.map(\.rawValue)), summary: "Only of this size"),
      .init(
        name: "complexity", schema: .words(Facets.Complexity.allCases.map(\.rawValue)),
        summary: "Only of this complexity"),
      .init(
        name: "payment", schema: .words(Facets.PaymentTerms.allCases.map(\.rawValue)),
        summary: "Only with these payment terms"),
      .init(name: "region", schema: .words(Parameter.states), summary: "Only for this State, or for all of India"),
      .init(
        name: "search", schema: .string(length: 0...searchCountMax),
        summary: "Words of name, title and summary, all of them"),
      language,
    ],
    answers: [Route.Answer(.ok, "All that were found", .named("Templates"))]
  ) { call in
    _ = try await call.session()
    let shelf = try call.shelf()
    let language = try call.language()
    var query = TemplateQuery()
    query.industry = try call.word("industry")
    query.size = try call.word("size")
    query.complexity = try call.word("complexity")
    query.payment = try call.word("payment")
    query.region = call.parameter("region")
    if let region = query.region, !Parameter.states.contains(region) {
      throw Problem.badParameter("region", "is none of the words that are known")
    }
    query.text = call.parameter("search") ?? ""
    guard query.text.unicodeScalars.count <= searchCountMax else {
      throw Problem.badParameter("search", "has more than \(searchCountMax) letters")
    }
    let found = shelf.library.find(query, in: language)
    return RouteCall.json([
      "items": .array(found.compactMap { path in shelf.library[path].map { $0.summary(path, in: language) } })
    ])
  }

  private static let ownList = Route(
    method: .get, path: ownTemplates, name: "list_own_templates",
    summary: "Templates that a tenant has in force of its own: its documents of the kind template", section: section,
    query: [language], answers: [Route.Answer(.ok, "All of them", .named("Templates"))]
  ) { call in
    let language = try call.language()
    _ = try await call.viewer()
    let offers = try await call.shelf().offers(of: try call.tenant())
    return RouteCall.json(["items": .array(offers.map { $0.offer.package.summary($0.path, in: language) })])
  }

  private static func get(_ path: [Route.PathPart], _ name: String) -> Route {
    Route(
      method: .get, path: path, name: name, summary: "A template: its form as JSON Schema, its milestones, its samples",
      section: section, query: [language], answers: [Route.Answer(.ok, "The template", .named("Template"))]
    ) { call in
      let language = try call.language()
      let (path, package) = try await call.template()
      return RouteCall.json(package.document(path, in: language))
    }
  }

  private static func preview(_ path: [Route.PathPart], _ name: String) -> Route {
    Route(
      method: .post, path: path + [.literal("previews")], name: name,
      summary: "What a form comes to: milestones, tax, terms. Nothing is kept", section: section,
      body: .document(TemplateForms.preview, isRequired: true),
      answers: [Route.Answer(.ok, "The schedule", .named("Schedule"))]
    ) { call in
      RouteCall.json(try await call.preview().answer)
    }
  }

  private static func draw(_ path: [Route.PathPart], _ name: String) -> Route {
    Route(
      method: .post, path: path + [.literal("drawings")], name: name,
      summary: "The same as a drawing of what is paid over time. Nothing is kept", section: section, query: [language],
      body: .document(TemplateForms.preview, isRequired: true),
      answers: [Route.Answer(.ok, "The drawing", type: MediaType.svg, .string())]
    ) { call in
      let language = try call.language()
      let drawing = CashFlowDrawing(try await call.preview(), in: language)
      return Response(
        status: .ok, headers: [.contentType: MediaType.svg],
        body: ResponseBody(byteBuffer: ByteBuffer(string: drawing.svg)))
    }
  }
}

extension RouteCall {
  /// For who has shown a key: see `session`, which counts a request each time.
  /// - Throws: `Problem` when no templates are offered.
  func shelf() throws(Problem) -> TemplateShelf {
    guard let shelf = services.templates else {
      throw .notFound("template: this gateway was started without --templates")
    }
    return shelf
  }

  func language() throws(Problem) -> Language {
    try word("language") ?? .english
  }

  /// A parameter that is a word with a meaning.
  func word<Word: RawRepresentable>(_ name: String, _: Word.Type = Word.self) throws(Problem) -> Word?
  where Word.RawValue == String {
    guard let text = parameter(name) else { return nil }
    guard let word = Word(rawValue: text) else { throw .badParameter(name, "is none of the words that are known") }
    return word
  }

  /// The template that the path names: of the library, or of a tenant's own.
  func template() async throws(Problem) -> (path: String, package: TemplatePackage) {
    let path = "\(text(.industry))/\(text(.template))"
    if names(.tenant) {
      let tenant = try tenant()
      _ = try await viewer()
      return (path, try await shelf().offer(path, to: tenant, isOwn: true).package)
    }
    _ = try await session()
    guard let package = try shelf().library[path] else { throw .notFound("template") }
    return (path, package)
  }

  /// What the form in the body comes to.
  fileprivate func preview() async throws -> Schedule {
    try refuseKey("a preview takes no Idempotency-Key: it changes nothing")
    let body = try await body()
    let (_, package) = try await template()
    let document = try formDocument(body)
    return try TemplateForms.schedule(document.root, package, try shelf().library.data, passing: []).1
  }

  /// The document of the body, with places for findings.
  func formDocument(_ buffer: ByteBuffer) throws(Problem) -> Document {
    try requireType(MediaType.json)
    do throws(DocumentFault) { return try Document(json: Array(buffer.readableBytesView)) } catch {
      throw Problem(.badRequest, "invalid_json", "byte \(error.place.byteOffset): \(error.code.rawValue)")
    }
  }

  static func json(_ value: Documents.JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: MediaType.json],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.canonicalBytes)))
  }

  /// As `json`, for what an author goes on with: members are in their order.
  static func jsonInOrder(_ value: Documents.JSONValue, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: MediaType.json],
      body: ResponseBody(byteBuffer: ByteBuffer(string: value.indentedText)))
  }
}

extension Problem {
  /// A document that was read and found wanting, with every finding at its place.
  init(_ findings: Findings, below prefix: [String] = []) {
    var faults = MemberFaults()
    let texts = FindingTexts.documents.adding(.templates)
    for finding in findings.kept where finding.level == .error {
      faults.add(prefix + finding.pointer.tokens, texts.text(of: finding, in: "en"))
    }
    self.init(faults)
  }
}
