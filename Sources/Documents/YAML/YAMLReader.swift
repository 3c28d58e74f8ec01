import Yams

/// Makes a tape of a YAML parser's tree.
struct YAMLReader {
  private let text: [UInt8]
  private var builder: TapeBuilder
  private var places: MarkPlaces

  private init(_ text: [UInt8], _ limits: DocumentLimits) {
    self.text = text
    builder = TapeBuilder(limits, expectedCount: text.count / 12)
    places = MarkPlaces(text)
  }

  /// - Parameter text: UTF-8.
  static func tape(of text: [UInt8], _ limits: DocumentLimits) throws(DocumentFault) -> Tape {
    try YAMLLook.check(text)
    guard let root = try YAMLComposer.tree(of: text) else { throw DocumentFault(.empty, at: text.count, of: text) }
    var reader = YAMLReader(text, limits)
    do {
      try reader.read(root)
    } catch {
      throw DocumentFault(error.code, at: error.offset, and: error.other, of: text, error.arguments)
    }
    return Tape(text: text, arena: reader.builder.arena, entries: reader.builder.entries)
  }

  /// Recursive, as deep as the limits let the builder go.
  private mutating func read(_ node: Node) throws(ReadFault) {
    let place = place(of: node)
    switch node {
    case .scalar(let scalar): try read(scalar, at: place)
    case .sequence(let sequence):
      try builder.open(isObject: false, place: place)
      for element in sequence {
        builder.countOne()
        try read(element)
      }
      _ = builder.close()
    case .mapping(let mapping):
      try builder.open(isObject: true, place: place)
      for (key, value) in mapping {
        builder.countOne()
        try readName(key)
        try read(value)
      }
      let object = builder.close().index
      let text = text
      if let (first, second) = builder.duplicateNames(at: object, text: text.span) {
        throw builder.duplicateFault(first, second, text: text.span)
      }
    case .alias: throw ReadFault(.yamlIndicator, at: place, arguments: ["found": "*"])
    }
  }

  /// A key is read as its text, quoted or not.
  private mutating func readName(_ key: Node) throws(ReadFault) {
    let place = place(of: key)
    guard case .scalar(let scalar) = key, scalar.style != .plain || !scalar.string.isEmpty else {
      throw ReadFault(.yamlKey, at: place)
    }
    guard scalar.style != .plain || scalar.string != "<<" else { throw ReadFault(.yamlMergeKey, at: place) }
    try append(.arenaString, scalar.string, at: place)
  }

  private mutating func read(_ scalar: Node.Scalar, at place: Int) throws(ReadFault) {
    guard scalar.style == .plain else { return try append(.arenaString, scalar.string, at: place) }
    let next = builder.nextIndex
    switch CoreSchema.meaning(of: scalar.string.utf8Span.span) {
    case .null: try builder.append(TapeEntry(.null, place: place, next: next))
    case .bool(let value): try builder.append(TapeEntry(.bool, place: place, low: value ? 1 : 0, next: next))
    case .integer(let value): try builder.append(TapeEntry(integer: value, place: place, next: next))
    case .number: try append(.arenaNumber, scalar.string, at: place)
    case .string: try append(.arenaString, scalar.string, at: place)
    case .notFinite: throw ReadFault(.yamlNotFinite, at: place)
    case .outOfBounds: throw ReadFault(.numberOutOfBounds, at: place)
    }
  }

  private mutating func append(_ kind: TapeEntry.Kind, _ text: String, at place: Int) throws(ReadFault) {
    let start = builder.arena.count
    builder.arena.append(contentsOf: text.utf8)
    try builder.append(
      TapeEntry(kind, bytes: start..<builder.arena.count, place: place, next: builder.nextIndex))
  }

  /// Without the line that the composer puts in front.
  private mutating func place(of node: Node) -> Int {
    guard let mark = node.mark else { return 0 }
    return places.offset(line: mark.line - 1, column: mark.column)
  }
}

extension Document {
  /// Reads the part of YAML 1.2 that has the meaning of JSON: one document of mappings, sequences and scalars by the
  /// core schema. Keys are read as their text.
  ///
  /// Refused are anchors, aliases, tags, merge keys, directives, infinity and not-a-number, keys that are no scalars,
  /// keys that are there twice; also two keys that differ in nothing but `&`, `*`, `!` and `@` behind a space.
  /// - Throws: the first fault of the text, with its place.
  public init(yaml text: String, limits: DocumentLimits = .standard) throws(DocumentFault) {
    let text = Array(text.utf8)
    try TextLook.check(text, byteCountMax: limits.yamlByteCountMax)
    self.init(try YAMLReader.tape(of: text, limits))
  }
}
