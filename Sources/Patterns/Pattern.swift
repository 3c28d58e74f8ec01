/// A regular expression that is compiled once and answers in time linear in the text, whatever the pattern.
///
/// A pattern becomes a small program over classes of code points; the program becomes a table of states when that
/// stays small, and is otherwise run with all of its threads in step (Thompson 1968; Pike; Cox, "Regular Expression
/// Matching Can Be Simple And Fast"). The table is made whole when the pattern is compiled: a pattern is then a plain
/// value that any number of threads read, without a lock and without memory of its own for a match. Neither way ever
/// goes back in the text.
///
/// It says only whether there is a match: no places, no captures. Back-references and look-around are refused.
public struct Pattern: Sendable {
  private let compiled: CompiledPattern

  /// The text that it was compiled from.
  public var source: String { compiled.source }
  public var dialect: PatternDialect { compiled.dialect }
  package var program: Program { compiled.program }
  package var automaton: Automaton? { compiled.automaton }

  /// What a match may cost for each byte, in looks into a table or at an instruction.
  package var stepsPerByte: Int { automaton == nil ? program.instructions.count : 1 }

  /// - Throws: the first fault in reading order, or that the program would be too large.
  public init(_ source: String, dialect: PatternDialect = .ecma) throws(PatternFault) {
    try self.init(source, dialect: dialect, limits: PatternLimits())
  }

  package init(_ source: String, dialect: PatternDialect, limits: PatternLimits) throws(PatternFault) {
    let node = try PatternParser.node(of: source, dialect: dialect, limits: limits)
    let program = try ProgramBuilder.program(of: node, limits: limits)
    compiled = CompiledPattern(
      source: source, dialect: dialect, program: program,
      automaton: AutomatonBuilder.automaton(of: program, limits: limits))
  }

  /// Whether the pattern is found anywhere in `text`, which is UTF-8. A byte that is not counts as U+FFFD.
  ///
  /// - Complexity: O(bytes) with a table of states; O(bytes x instructions) without, which then takes memory, too.
  public func matches(_ text: Span<UInt8>) -> Bool {
    if let automaton = compiled.automaton { return automaton.accepts(text, alphabet: compiled.program.alphabet) }
    var simulation = Simulation(compiled.program)
    return simulation.accepts(text, compiled.program)
  }

  /// Whether the pattern is found anywhere in `text`.
  public func matches(_ text: String) -> Bool { matches(text.utf8Span.span) }
}

/// What patterns share when they are copied.
private final class CompiledPattern: Sendable {
  let source: String
  let dialect: PatternDialect
  let program: Program
  /// Nil when it would be larger than the limits say.
  let automaton: Automaton?

  init(source: String, dialect: PatternDialect, program: Program, automaton: Automaton?) {
    self.source = source
    self.dialect = dialect
    self.program = program
    self.automaton = automaton
  }
}
