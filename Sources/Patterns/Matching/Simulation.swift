/// A program run with all of its threads in step: each code point is looked at once, by each instruction once at most.
struct Simulation {
  /// Threads at the place between two code points.
  private(set) var threads: ThreadSet
  private var following: ThreadSet
  private var takenCount = 0

  init(_ program: Program) {
    threads = ThreadSet(capacity: program.instructions.count)
    following = threads
  }

  var isMatch: Bool { threads.isMatch }
  /// Instructions visited, for limits and laws.
  var visitCount: Int { threads.visitCount + following.visitCount + takenCount }

  /// Threads at the start of the text.
  mutating func begin(_ program: Program) {
    threads.removeAll()
    threads.reach(program.start, program, isAtStart: true)
  }

  /// Threads that an earlier run stopped with.
  mutating func resume(_ state: some Sequence<Int>) {
    threads.removeAll()
    for thread in state { threads.insert(thread) }
  }

  /// Takes `symbol`, or the end of the text, whose number is behind that of the last symbol.
  ///
  /// - Parameter before: what is before the place.
  mutating func step(_ symbol: Int, before: Alphabet.Context, _ program: Program) {
    settle(before: before, after: program.alphabet.context(of: symbol), program)
    guard !isMatch, symbol < program.alphabet.symbolCount else { return }
    following.removeAll()
    var index = 0
    while index < threads.count {
      takenCount += 1
      if case .set(let set, let next) = program.instructions[threads[index]], program.contains(symbol, set: set) {
        following.reach(next, program, isAtStart: false)
      }
      index += 1
    }
    // The search begins anew at every place.
    following.reach(program.start, program, isAtStart: false)
    swap(&threads, &following)
  }

  /// Lets threads through whose assertion holds; those may meet another one.
  private mutating func settle(before: Alphabet.Context, after: Alphabet.Context, _ program: Program) {
    var index = 0
    while index < threads.count {
      if case .assertion(let assertion, let next) = program.instructions[threads[index]],
        assertion.holds(before: before, after: after)
      {
        threads.reach(next, program, isAtStart: before.contains(.edge))
      }
      index += 1
    }
  }

  /// Runs over a whole text.
  mutating func accepts(_ text: Span<UInt8>, _ program: Program) -> Bool {
    begin(program)
    var before = Alphabet.Context.edge
    var position = 0
    while position < text.count, !isMatch, threads.count > 0 {
      let symbol = program.alphabet.nextSymbol(in: text, at: &position)
      step(symbol, before: before, program)
      before = program.alphabet.context(of: symbol)
    }
    if !isMatch { step(program.alphabet.symbolCount, before: before, program) }
    return isMatch
  }
}

extension PatternAssertion {
  func holds(before: Alphabet.Context, after: Alphabet.Context) -> Bool {
    switch self {
    case .textStart: before.contains(.edge)
    case .textEnd: after.contains(.edge)
    case .lineStart: !before.isDisjoint(with: [.edge, .lineFeed])
    case .lineEnd: !after.isDisjoint(with: [.edge, .lineFeed])
    case .wordBoundary: before.contains(.word) != after.contains(.word)
    case .noWordBoundary: before.contains(.word) == after.contains(.word)
    }
  }
}
