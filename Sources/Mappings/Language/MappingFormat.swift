/// What texts of others are written in, by the word that a mapping has for it.
package enum TextFormat: String, CaseIterable, Sendable {
  case json
  /// `application/x-www-form-urlencoded`.
  case form
  case csv
  case xml

  package var mediaType: String {
    switch self {
    case .json: "application/json"
    case .form: "application/x-www-form-urlencoded"
    case .csv: "text/csv"
    case .xml: "application/xml"
    }
  }
}

/// What a foreign request is written in.
package enum InputFormat: Sendable, Hashable {
  case json
  case form
  /// A header row, then rows with as many cells. `skip`: lines before the header that are not looked at.
  case csv(separator: UInt8, skip: Int)
  case xml

  /// Of what is sent.
  package var text: TextFormat {
    switch self {
    case .json: .json
    case .form: .form
    case .csv: .csv
    case .xml: .xml
    }
  }
}

/// What a text for others is written in.
package enum OutputFormat: Sendable, Hashable {
  case json
  case form
  /// The header row has `columns`. `guardsFormulas`: texts that a spreadsheet would take for a formula get a `'` in front.
  case csv(separator: UInt8, columns: [String], guardsFormulas: Bool)
  case xml

  /// Of what is made.
  package var text: TextFormat {
    switch self {
    case .json: .json
    case .form: .form
    case .csv: .csv
    case .xml: .xml
    }
  }
}

/// How much one mapping, and one use of it, may ask for.
package enum MappingLimits {
  /// Bytes of a text that is mapped.
  package static let inputByteCountMax = 4 << 20
  /// Values of it: elements, attributes, cells, fields.
  static let nodeCountMax = 1 << 18
  /// Elements around each other.
  static let depthMax = 64
  /// Steps of looking for values, for one use.
  static let workMax = 1 << 24
  /// Operations of one use: what one frame of the protocol holds.
  package static let operationCountMax = 8_190
  /// Bytes of a text that is made.
  package static let outputByteCountMax = 8 << 20
  /// Values within values of a mapping.
  static let valueDepthMax = 16
  /// Values of a mapping in all.
  static let valueCountMax = 2_000
  static let tableCountMax = 100
  /// Words of all tables.
  static let wordCountMax = 20_000
  /// Bytes of a name or a path.
  static let nameByteCountMax = 256
}
