/// A regular expression that is compiled once and answers in time linear in the text, whatever the pattern.
///
/// A pattern becomes a small program over classes of code points; the program becomes a table of states when that stays small, and is
/// otherwise run with all of its threads in step (Thompson 1968; Pike; Cox, "Regular Expression Matching Can Be Simple And Fast"). The table
/// is made whole when the pattern is compiled: a pattern is then a plain value that any number of threads read, without a lock and without
/// memory of its own for a match. Neither way ever goes back in the text.
///
/// It says only whether there is a match: no places, no captures. Back-references and look-around are refused.
public struct Pattern: Sendable {
  /// The text that it was compiled from.
  public let source: String
  public let dialect: PatternDialect
  package let program: Program
  /// Nil when it would be larger than the limits say.
  package let automaton: Automaton?

  /// - Throws: the first fault in reading order, or that the program would be too large.
  public init(_ source: String, dialect: PatternDialect = .ecma) throws(PatternFault) {
    try self.init(source, dialect: dialect, limits: PatternLimits())
  }

  package init(_ source: String, dialect: PatternDialect, limits: PatternLimits) throws(PatternFault) {
    self.source = source
    self.dialect = dialect
    let node = try PatternParser.node(of: source, dialect: dialect, limits: limits)
    program = try ProgramBuilder.program(of: node, limits: limits)
    automaton = AutomatonBuilder.automaton(of: program, limits: limits)
  }

  /// Whether the pattern is found anywhere in `text`, which is UTF-8. A byte that is not counts as U+FFFD.
  ///
  /// - Complexity: O(bytes) with a table of states; O(bytes x instructions) without, which then takes memory, too.
  public func matches(_ text: Span<UInt8>) -> Bool {
    if let automaton { return automaton.accepts(text, alphabet: program.alphabet) }
    var simulation = Simulation(program)
    return simulation.accepts(text, program)
  }

  /// Whether the pattern is found anywhere in `text`.
  public func matches(_ text: String) -> Bool { matches(text.utf8Span.span) }
}
