public import Documents

/// Schemas that may refer to each other. Nothing is ever fetched: a reference leads to a document that is registered
/// here, or to a fault.
///
/// The meta-schema of 2020-12 is there from the start, in words of our own.
public struct SchemaBundle: Sendable {
  /// What a schema sees around it.
  struct Context: Sendable {
    /// URI of the resource that it belongs to, without fragment.
    let base: String
    /// `$schema` of that resource, or of one around it.
    let dialect: String?
  }

  private(set) var documents: [JSONValue] = []
  private var uris: [String] = []
  private var contexts: [SchemaPlace: Context] = [:]
  private var places: [String: SchemaPlace] = [:]
  /// By resource, then by name.
  private var dynamicAnchors: [String: [String: SchemaPlace]] = [:]

  /// Schemas within schemas.
  static let depthMax = DocumentLimits.depthCountMost

  /// An empty bundle with the meta-schema.
  public init() { self = Self.standard }

  private init(metaSchema: JSONValue) throws(SchemaFault) { try add(metaSchema, as: MetaSchema.uri) }

  private static let standard: SchemaBundle = {
    do throws(SchemaFault) {
      return try SchemaBundle(metaSchema: MetaSchema.value)
    } catch {
      preconditionFailure("the meta-schema is not well-formed: \(error)")
    }
  }()

  /// What a document was registered as.
  func uri(of document: Int) -> String { uris[document] }

  /// Adds a document under the URI that it is known by. Its own `$id` and those of the schemas inside are resolved
  /// against that.
  ///
  /// - Throws: for an identifier that is no text or is there twice, or schemas nested too deep. The bundle is then as it
  ///   was.
  /// - Complexity: O(everything registered): a bundle is made once.
  public mutating func register(_ schema: JSONValue, as uri: String) throws(SchemaFault) {
    var grown = self
    try grown.add(schema, as: uri)
    self = grown
  }

  private mutating func add(_ schema: JSONValue, as uri: String) throws(SchemaFault) {
    let place = SchemaPlace(document: documents.count, pointer: .root)
    let base = URIReference(uri).withoutFragment
    documents.append(schema)
    uris.append(base)
    try add(place, as: base, in: base)
    try walk(schema, place, Context(base: base, dialect: nil), depth: 0)
  }

  private mutating func add(_ place: SchemaPlace, as uri: String, in base: String) throws(SchemaFault) {
    guard let known = places.updateValue(place, forKey: uri), known != place else { return }
    throw SchemaFault(.duplicateIdentifier, in: base, at: place.pointer, ["uri": .string(uri)])
  }

  /// Notes identifiers and anchors of a schema and of those inside. Only what is a schema for its keyword is looked
  /// into: `$id` in a constant is no identifier.
  private mutating func walk(
    _ schema: JSONValue, _ place: SchemaPlace, _ outer: Context, depth: Int
  ) throws(SchemaFault) {
    guard depth < Self.depthMax else { throw SchemaFault(.tooDeep, in: outer.base, at: place.pointer) }
    guard let object = schema.object else {
      contexts[place] = outer
      return
    }
    var context = Context(base: outer.base, dialect: object["$schema"]?.string ?? outer.dialect)
    if let id = try text("$id", of: object, place, outer.base) {
      let uri = URIReference(id).resolved(against: URIReference(outer.base))
      guard uri.fragment ?? "" == "" else {
        throw SchemaFault(.wrongValue, in: outer.base, at: place.pointer.appending("$id"), ["keyword": "$id"])
      }
      context = Context(base: uri.withoutFragment, dialect: context.dialect)
      try add(place, as: context.base, in: outer.base)
    }
    contexts[place] = context
    for keyword in ["$anchor", "$dynamicAnchor"] {
      guard let name = try text(keyword, of: object, place, context.base) else { continue }
      try add(place, as: context.base + "#" + name, in: context.base)
      if keyword == "$dynamicAnchor" { dynamicAnchors[context.base, default: [:]][name] = place }
    }
    for member in object {
      let inner = place.appending(member.name)
      switch SchemaKeyword.shape(of: member.name) {
      case .schema: try walk(member.value, inner, context, depth: depth + 1)
      case .schemas:
        for (index, element) in (member.value.array ?? []).enumerated() {
          try walk(element, inner.appending(String(index)), context, depth: depth + 1)
        }
      case .schemasByName, .namesOrSchemasByName:
        for part in member.value.object ?? JSONObject() where part.value.array == nil {
          try walk(part.value, inner.appending(part.name), context, depth: depth + 1)
        }
      case .other, nil: break
      }
    }
  }

  private func text(
    _ keyword: String, of object: JSONObject, _ place: SchemaPlace, _ base: String
  ) throws(SchemaFault) -> String? {
    guard let value = object[keyword] else { return nil }
    guard let text = value.string else {
      throw SchemaFault(.wrongValue, in: base, at: place.pointer.appending(keyword), ["keyword": .string(keyword)])
    }
    return text
  }
}

/// Where a schema is: in which document of the bundle, and where in it.
struct SchemaPlace: Hashable, Sendable {
  let document: Int
  let pointer: JSONPointer

  func appending(_ token: String) -> SchemaPlace {
    SchemaPlace(document: document, pointer: pointer.appending(token))
  }
}

extension SchemaBundle {
  /// The value at a place; nil when there is none.
  func value(at place: SchemaPlace) -> JSONValue? { documents[place.document].value(at: place.pointer) }

  /// What a schema sees around it. One that no keyword leads to sees what the nearest schema around it does.
  func context(of place: SchemaPlace) -> Context {
    var pointer = place.pointer
    while true {
      if let context = contexts[SchemaPlace(document: place.document, pointer: pointer)] { return context }
      guard let outer = pointer.parent else { return Context(base: "", dialect: nil) }
      pointer = outer
    }
  }

  /// The place that a reference leads to from the resource `base`.
  func place(of reference: String, from base: String) -> SchemaPlace? {
    let uri = URIReference(reference).resolved(against: URIReference(base))
    guard let root = places[uri.withoutFragment] else { return nil }
    guard let fragment = uri.fragment, !fragment.isEmpty else { return root }
    guard fragment.utf8.first == 0x2F else { return places[uri.withoutFragment + "#" + fragment] }
    guard let pointer = JSONPointer(fragment: fragment) else { return nil }
    let place = SchemaPlace(document: root.document, pointer: root.pointer.appending(pointer))
    return value(at: place) == nil ? nil : place
  }

  /// The dynamic anchor of this name in a resource.
  func dynamicAnchor(_ name: String, in base: String) -> SchemaPlace? { dynamicAnchors[base]?[name] }

  /// The vocabularies of a meta-schema; those of the standard one when it is not registered or does not say.
  ///
  /// - Throws: when it needs one that is not known, or, for strict schemas, is not registered itself.
  func vocabularies(of dialect: String?, in base: String, isStrict: Bool) throws(SchemaFault) -> Vocabularies {
    guard let dialect else { return .standard }
    let place = place(of: dialect, from: base)
    if isStrict, place == nil {
      throw SchemaFault(.unknownVocabulary, in: base, at: .root, ["uri": .string(dialect)])
    }
    guard let declared = place.flatMap({ value(at: $0) })?["$vocabulary"]?.object else { return .standard }
    var vocabularies: Vocabularies = []
    for member in declared {
      if let known = Vocabularies.named(member.name) {
        vocabularies.formUnion(known)
      } else if member.value.bool == true {
        throw SchemaFault(.unknownVocabulary, in: base, at: .root, ["uri": .string(member.name)])
      }
    }
    return vocabularies
  }
}
