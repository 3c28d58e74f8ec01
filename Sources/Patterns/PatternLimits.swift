/// How much a pattern may ask for. Patterns come from tenants, so all of it is bounded before any text is seen.
package struct PatternLimits: Sendable {
  /// Code points of a pattern.
  package var sourceCountMax = 4_096
  /// Groups within groups.
  package var depthMax = 100
  /// Instructions after repetitions are written out.
  package var instructionCountMax = 10_000
  /// Ranges of code points in all classes together.
  package var rangeCountMax = 100_000
  /// Entries of the table of states, four bytes each.
  package var tableCountMax = 32_768
  /// Instructions visited while the table is made; past it the program is run as it is.
  package var visitCountMax = 200_000

  package init() {}
}
