import HTTPTypes
import Mappings

/// What the description says of mappings.
enum MappingForms {
  static let section = "Mappings"

  /// For routes whose answer a response mapping may make something else of.
  static let mapping = [
    Route.QueryParameter(
      name: "mapping", schema: DocumentForms.name,
      summary: "The answer as this response mapping of the tenant makes it, in JSON, CSV, XML or as a form"),
    Route.QueryParameter(
      name: "mapping_version", schema: DocumentForms.digest,
      summary: "This version of that mapping. Default: the one in force"),
  ]
  static let version = Route.QueryParameter(
    name: "version", schema: DocumentForms.digest, summary: "This version of the mapping. Default: the one in force")

  /// What a response mapping makes.
  static let texts = [MediaType.csv, MediaType.form, MediaType.xml].map {
    Route.Answer(.ok, "As the mapping makes it", type: $0, .string())
  }

  /// An answer that a response mapping may make something else of.
  static func answers(_ answer: Route.Answer) -> [Route.Answer] { [answer] + texts }

  static let trial = Schema.object([
    .init("mapping", .described(.string(), "Text of the mapping")),
    .init("syntax", .described(.words(["json", "yaml"]), "Of the mapping. Default: yaml"), isRequired: false),
    .init(
      "input",
      .described(.string(), "Text of the foreign request; for a response mapping of the document, JSON")),
  ])

  private static let finding = Schema.object(
    [
      .init("code", .string()), .init("level", .words(["error", "warning", "information"])),
      .init("pointer", .described(.string(), "Place in the mapping (RFC 6901)")),
      .init("line", .described(.integer(1...(1 << 31)), "In the input"), isRequired: false),
      .init("column", .integer(1...(1 << 31)), isRequired: false), .init("message", .string()),
    ], isClosed: false)

  static let components: [(String, Schema)] = [
    (
      "MappingTrial",
      .object([
        .init("usable", .described(.boolean, "Whether real use would do as it says here")),
        .init("findings", .array(finding)),
        .init(
          "operations",
          .described(
            .array(
              .object([
                .init("line", .integer(1...(1 << 31))), .init("rule", .string()),
                .init("operation", .object([], isClosed: false)),
              ])), "What would be applied, row by row"), isRequired: false),
        .init(
          "output",
          .described(.object([.init("type", .string()), .init("text", .string())]), "What would be answered"),
          isRequired: false),
      ])
    )
  ]
}
