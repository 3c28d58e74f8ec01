import Client
import Expressions
import Wire

/// What documents say of an endpoint that is made or changed.
enum WebhookForm {
  /// A new endpoint.
  ///
  /// - Returns: the endpoint with its first secret, and the last event that it is not to get; nil for those from now on.
  static func endpoint(
    _ members: [JSONMember], tenant: UInt32, rules: AddressRules, now: Int64
  ) throws(Problem) -> (WebhookEndpoint, after: EventPosition?) {
    var reader = DocumentReader(members)
    if !reader.contains("url") { reader.fault("url", "is missing") }
    let url = url(&reader, rules)
    var filter = WebhookFilter()
    filter.contract = reader.text("contract", "is no id: a string with a decimal number below 2^128 or a UUID, not 0") {
      Identifier.id($0)
    }
    let isOrdered = reader.boolean("ordered") ?? false
    let after = reader.text("after", "is no id of an event, as 12-0") { EventName.position($0) }
    var change = Change(&reader)
    try reader.finish()
    guard let url else { throw Problem(MemberFaults("url", "is missing")) }
    var endpoint = WebhookEndpoint(
      id: Identifier.new(at: now), tenant: tenant, url: url, secrets: [WebhookSecret(at: now)], created: now)
    endpoint.filter = filter
    endpoint.isOrdered = isOrdered
    change.url = nil
    change.apply(to: &endpoint)
    return (endpoint, after)
  }

  /// Members that may be changed.
  struct Change: Sendable {
    fileprivate(set) var url: WebhookURL?
    private var summary: String?
    private var types: [String]?
    private var takesRefused: Bool?
    private var rate: Int?
    /// Of no length to have none any more.
    private var filter: String?
    private var expression: EventExpression?

    fileprivate init(_ reader: inout DocumentReader) {
      summary = reader.text("description", bytes: 0...WebhookEndpoint.summaryByteCountMax)
      types = reader.texts("types", count: 0...CloudEvent.types.count, "names a type of event that there is not") {
        CloudEvent.types.contains($0)
      }
      takesRefused = reader.boolean("refused")
      filter = reader.text("filter", bytes: 0...EventExpression.byteCountMax)
      if let filter, !filter.isEmpty {
        do throws(ExpressionFault) { expression = try EventExpression(filter) } catch {
          reader.fault("filter", error.detail)
        }
      }
      rate = reader.integer("rate", in: 0...Int64(WebhookEndpoint.rates.upperBound)).map { Int($0) }
    }

    init(_ members: [JSONMember], rules: AddressRules) throws(Problem) {
      var reader = DocumentReader(members)
      let url = WebhookForm.url(&reader, rules)
      self.init(&reader)
      self.url = url
      try reader.finish()
    }

    func apply(to endpoint: inout WebhookEndpoint) {
      if let url { endpoint.url = url }
      if let summary { endpoint.summary = summary }
      if let types { endpoint.filter.types = types.isEmpty ? nil : types }
      if let takesRefused { endpoint.filter.takesRefused = takesRefused }
      if filter != nil { endpoint.filter.expression = expression }
      if let rate { endpoint.ratePerSecond = rate == 0 ? nil : rate }
    }
  }

  private static func url(_ reader: inout DocumentReader, _ rules: AddressRules) -> WebhookURL? {
    guard let text = reader.text("url", bytes: 1...WebhookURL.byteCountMax) else { return nil }
    do throws(WebhookURL.Fault) { return try WebhookURL(text, rules) } catch {
      reader.fault("url", error.detail)
      return nil
    }
  }

  // MARK: Description

  static let schema = Schema.object(
    [
      .init("url", .described(url, "Where events are sent: https, a public address, no user, no fragment")),
      .init(
        "contract", .described(.id, "Only events of this contract and its milestones"), isRequired: false),
      .init(
        "ordered",
        .described(
          .boolean, "Events of one record come in order, one at a time: one that fails keeps those behind it waiting"),
        isRequired: false),
      .init(
        "after",
        .described(
          .string(pattern: EventName.pattern),
          "The last event that is not wanted; `0-0` for all that the log has. Default: from now on"),
        isRequired: false),
    ] + changeable)

  static let changeSchema = Schema.object(
    [.init("url", .described(url, "Where events are sent"), isRequired: false)] + changeable)

  private static let url = Schema.string(
    pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[!-~]+$", length: 1...WebhookURL.byteCountMax)
  private static let changeable: [Schema.Member] = [
    .init(
      "description", .described(.string(length: 0...WebhookEndpoint.summaryByteCountMax), "For people"),
      isRequired: false),
    .init(
      "types",
      .described(
        .array(.words(CloudEvent.types), count: 0...CloudEvent.types.count), "Only events of these types; none for all"),
      isRequired: false),
    .init("refused", .described(.boolean, "Also refused operations"), isRequired: false),
    .init(
      "filter",
      .described(
        .string(length: 0...EventExpression.byteCountMax),
        "Only events of which it is true; empty for all: \(EventExpression.about)"), isRequired: false),
    .init(
      "rate",
      .described(
        .integer(0...Int64(WebhookEndpoint.rates.upperBound)), "Most deliveries a second; 0 for no limit"),
      isRequired: false),
  ]
}
