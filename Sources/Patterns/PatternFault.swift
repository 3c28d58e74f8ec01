/// Why a pattern is refused, and where.
public struct PatternFault: Error, Equatable, Sendable {
  public enum Reason: String, Sendable, CaseIterable {
    case backReference = "a back-reference cannot be matched in linear time"
    case lookAround = "look-ahead and look-behind cannot be matched in linear time"
    case byteMatch = "'\\C' would cut a code point"
    case unclosedGroup = "')' is missing"
    case unopenedGroup = "')' without '('"
    case unclosedClass = "']' is missing"
    case loneBracket = "this bracket must be written with a backslash"
    case nothingToRepeat = "there is nothing to repeat"
    case repetitionOutOfOrder = "the lower count is above the upper one"
    case repetitionTooLarge = "a count above 1000"
    case unknownEscape = "there is no such escape"
    case incompleteEscape = "this escape is cut short"
    case codePointOutOfRange = "above U+10FFFF"
    case rangeOutOfOrder = "the range ends before it begins"
    case rangeOfClasses = "a range needs single characters at both ends"
    case unknownClass = "there is no such class"
    case unknownProperty = "this Unicode property is not known"
    case unknownGroup = "there is no such kind of group"
    case malformedName = "this is no name of a group"
    case duplicateName = "another group has this name"
    case tooLong = "the pattern is too long"
    case tooDeep = "groups are nested too deep"
    case tooLarge = "the pattern needs too many steps when its repetitions are written out"
  }

  public let reason: Reason
  /// Code points of the pattern before the place.
  public let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension PatternFault: CustomStringConvertible {
  public var description: String { "\(reason.rawValue), at character \(offset + 1)" }
}
