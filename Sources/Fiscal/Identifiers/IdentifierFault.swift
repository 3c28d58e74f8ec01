/// Why a text is not the identifier it should be. The first fault in the order of the cases is given.
public enum IdentifierFault: Error, Hashable, Sendable {
  /// It has another number of characters than the identifier has.
  case length(ClosedRange<Int>)
  /// A character cannot stand at its place; characters count from 1.
  case character(at: Int)
  /// A part has the right characters but no such meaning.
  case part(Part)
  /// The check digit does not fit; it should be this one.
  case checkDigit(expected: Character)
  /// The shape is right, but the list in use does not have it.
  case notListed
  /// It would be right in its canonical form, which is this text.
  case notCanonical(String)

  public enum Part: String, Sendable {
    case state, holder, serial, entity, kind, bank, handle, year, number, chapter
  }
}

extension IdentifierFault: CustomStringConvertible {
  /// A short sentence for people.
  public var description: String {
    switch self {
    case .length(let range) where range.lowerBound == range.upperBound: "must have \(range.lowerBound) characters"
    case .length(let range): "must have \(range.lowerBound) to \(range.upperBound) characters"
    case .character(let place): "character \(place) cannot stand there"
    case .part(let part): "there is no such \(part.rawValue)"
    case .checkDigit(let expected): "the check digit should be \(expected)"
    case .notListed: "is not in the list"
    case .notCanonical(let text): "is written \(text)"
    }
  }
}

/// A checked identifier. Letters may be given in either case; `text` is the canonical form.
public protocol Identifier: Hashable, Sendable, CustomStringConvertible {
  var text: String { get }
  /// - Throws: the first fault; never traps, whatever the text.
  init(_ text: String) throws(IdentifierFault)
}

extension Identifier {
  public var description: String { text }
}
