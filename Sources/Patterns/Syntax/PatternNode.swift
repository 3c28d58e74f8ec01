/// What must hold between two code points.
enum PatternAssertion: Hashable, Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// A pattern as a tree. Captures, names and greed have no part in a yes or no, so they are gone.
indirect enum PatternNode: Sendable {
  case empty
  /// One code point of the set. The empty set never matches.
  case set(ScalarSet)
  case assertion(PatternAssertion)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// `max` is nil for no upper count.
  case repetition(PatternNode, min: Int, max: Int?)
}
