/// Writes a tree as a program, from its end to its start, so that each step knows the one behind it.
struct ProgramBuilder {
  private var instructions: [Instruction] = [.match]
  private var indexes: [ScalarSet: Int] = [:]
  private var sets: [ScalarSet] = []
  private var rangeCount = 0
  private let limits: PatternLimits

  static func program(of node: PatternNode, limits: PatternLimits) throws(PatternFault) -> Program {
    var builder = ProgramBuilder(limits: limits)
    let start = try builder.emit(node, before: 0)
    return Program(
      instructions: builder.instructions, start: start, sets: builder.sets, alphabet: Alphabet(builder.sets))
  }

  private init(limits: PatternLimits) { self.limits = limits }

  /// - Returns: where `node` begins; `next` when it has no instruction.
  private mutating func emit(_ node: PatternNode, before next: Int) throws(PatternFault) -> Int {
    switch node {
    case .empty: return next
    case .set(let set): return try add(.set(try index(of: set), next: next))
    case .assertion(let assertion):
      try require(assertion)
      return try add(.assertion(assertion, next: next))
    case .sequence(let parts):
      var start = next
      for part in parts.reversed() { start = try emit(part, before: start) }
      return start
    case .choice(let branches):
      var start: Int?
      for branch in branches.reversed() {
        let first = try emit(branch, before: next)
        start = if let start { try add(.split(first, start)) } else { first }
      }
      return start ?? next
    case .repetition(let body, let min, let max): return try emit(body, min: min, max: max, before: next)
    }
  }

  /// `x{2,4}` is `xx(x(x)?)?`, with every way out leading behind the whole.
  private mutating func emit(
    _ body: PatternNode, min: Int, max: Int?, before next: Int
  ) throws(PatternFault) -> Int {
    var start = next
    if let max {
      for _ in min..<max {
        let first = try emit(body, before: start)
        // What has no instructions is the same however often it is repeated.
        guard first != start else { return next }
        start = try add(.split(first, next))
      }
    } else {
      let loop = try add(.split(next, next))
      let first = try emit(body, before: loop)
      instructions[loop] = .split(first, next)
      start = loop
    }
    for _ in 0..<min {
      let first = try emit(body, before: start)
      guard first != start else { break }
      start = first
    }
    return start
  }

  private mutating func add(_ instruction: Instruction) throws(PatternFault) -> Int {
    guard instructions.count < limits.instructionCountMax else { throw PatternFault(.tooLarge, at: 0) }
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func index(of set: ScalarSet) throws(PatternFault) -> Int {
    if let index = indexes[set] { return index }
    rangeCount += set.ranges.count
    guard rangeCount <= limits.rangeCountMax else { throw PatternFault(.tooLarge, at: 0) }
    indexes[set] = sets.count
    sets.append(set)
    return sets.count - 1
  }

  /// An assertion looks at its neighbours, so the alphabet must tell them apart.
  private mutating func require(_ assertion: PatternAssertion) throws(PatternFault) {
    switch assertion {
    case .textStart, .textEnd: break
    case .lineStart, .lineEnd: _ = try index(of: .lineFeed)
    case .wordBoundary, .noWordBoundary: _ = try index(of: .word)
    }
  }
}
