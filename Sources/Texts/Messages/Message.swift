/// A message of MessageFormat 2, compiled once and formatted often:
///
/// ```
/// .input {$count :integer}
/// .match $count
/// one {{{$payer} owes {$sum :currency} for one milestone.}}
/// *   {{{$payer} owes {$sum :currency} for {$count} milestones.}}
/// ```
///
/// The page of this module says what of the specification is here. A message holds no language: the same one may be formatted in any.
public struct Message: Sendable {
  /// As it was written.
  public let source: String
  let model: MessageModel

  /// Complexity: linear in the size of the source.
  ///
  /// - Throws: the first syntax or data model error, or `limitExceeded`. A message that is compiled can always be formatted.
  public init(_ source: String) throws(MessageFault) { try self.init(source, functions: .standard) }

  /// With functions other than the standard ones.
  package init(_ source: String, functions: MessageFunctions) throws(MessageFault) {
    self.source = source
    model = try MessageCompiler.model(of: source, functions: functions)
  }

  /// Names of the arguments that it asks for, anywhere in it, sorted.
  public var placeholders: [String] {
    model.variables.filter { variable in
      guard let operand = variable.declaration?.operand else { return variable.declaration == nil }
      if case .argument = operand { return true }
      return false
    }
    .map(\.name).sorted()
  }

  /// The text for arguments. This never fails: what cannot be shown is `{$name}`, as the specification says, with a fault beside the text.
  ///
  /// Complexity: linear in the size of the message and of the text.
  ///
  /// - Parameter arguments: By name; those that the message does not ask for do no harm.
  public func text(
    _ arguments: [String: MessageArgument] = [:], in language: Language, options: MessageOptions = MessageOptions()
  ) -> MessageText {
    var formatting = MessageFormatting(model, arguments, language, options)
    formatting.run(model.variants[formatting.select()])
    return formatting.result
  }

  /// What would go wrong in any of its variants, also those that the arguments do not select: a check of a text before anybody reads it.
  public func faults(
    with arguments: [String: MessageArgument], in language: Language
  ) -> [MessageFault] {
    var formatting = MessageFormatting(model, arguments, language, MessageOptions())
    _ = formatting.select()
    for variant in model.variants { formatting.run(variant) }
    return formatting.result.faults
  }
}

/// What becomes of a message when it is formatted.
public struct MessageText: Hashable, Sendable {
  public var text: String
  /// In the order in which they were met; none when all went well.
  public var faults: [MessageFault]
}

/// How a message is formatted.
public struct MessageOptions: Hashable, Sendable {
  /// Whether values are kept apart from the direction of the text around them.
  public enum Isolation: Hashable, Sendable {
    /// Nothing is added. This is our default and not the specification's, because our texts are searched, compared and printed, and nearly
    /// all of them run from left to right.
    case none
    /// By the specification's default strategy: isolating characters (U+2066 to U+2069) around values whose direction is not known to be the
    /// text's.
    case isolates
  }

  /// Of numbers, amounts and dates.
  public var digits: DigitStyle
  public var isolation: Isolation

  public init(digits: DigitStyle = .latin, isolation: Isolation = .none) {
    self.digits = digits
    self.isolation = isolation
  }
}

/// A value for a message.
public enum MessageArgument: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case number(DecimalNumber)
  /// An amount in paise.
  case paise(Int64)
  /// A day of the Gregorian calendar. One that there is not is shown as if it were not given.
  case day(year: Int, month: Int, day: Int)
}
