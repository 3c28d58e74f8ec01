import FoundationEssentials

extension AccessCommand {
  /// A command from the body of a `manage` frame.
  /// - Throws: `invalid`, with what is wrong with the text.
  public init(json: [UInt8]) throws(AccessError) {
    do {
      self = try JSONDecoder().decode(AccessCommand.self, from: Data(json))
    } catch {
      throw AccessError(.invalid, "not a command: \(describe(error))")
    }
  }

  /// The body of a `manage` frame.
  public var json: [UInt8] { encodeJSON(self) }
}

extension AccessAnswer {
  /// An answer from the body of a `managed` frame.
  /// - Throws: `invalid`.
  public init(json: [UInt8]) throws(AccessError) {
    do {
      self = try JSONDecoder().decode(AccessAnswer.self, from: Data(json))
    } catch {
      throw AccessError(.invalid, "not an answer: \(describe(error))")
    }
  }

  /// The body of a `managed` frame.
  public var json: [UInt8] { encodeJSON(self) }

  /// What `perform` threw, as an answer.
  public init(_ error: AccessError) { self = .refused(kind: error.kind, text: error.description) }
}

private func encodeJSON(_ value: some Encodable) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(value))
  } catch {
    // Integers, strings, arrays and enumerations of them only.
    preconditionFailure("commands and answers can be encoded: \(error)")
  }
}

/// The place and the fault, without what stands there: that may be a secret in the wrong place.
private func describe(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "no JSON" }
  let (context, fault) =
    switch error {
    case .keyNotFound(let key, let context): (context, "\(key.stringValue) is missing")
    case .typeMismatch(let type, let context): (context, "expected \(type)")
    case .valueNotFound(let type, let context): (context, "expected \(type), found null")
    case .dataCorrupted(let context): (context, "a value that is not known, or no JSON")
    @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "a fault")
    }
  let place = context.codingPath.map(\.stringValue).joined(separator: ".")
  return place.isEmpty ? fault : "\(place): \(fault)"
}
