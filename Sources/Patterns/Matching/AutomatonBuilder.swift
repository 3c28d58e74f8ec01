/// Finds the states of a program by running it with every symbol in each.
struct AutomatonBuilder {
  /// Threads in order, with what is before the place when one of them looks at it.
  private struct State: Hashable {
    let threads: [Int]
    let before: Alphabet.Context
  }

  private let program: Program
  private let width: Int
  private var simulation: Simulation
  private var states: [State] = []
  private var rows: [State: UInt32] = [:]

  /// - Returns: nil when the table or the work would be more than the limits allow.
  static func automaton(of program: Program, limits: PatternLimits) -> Automaton? {
    var builder = AutomatonBuilder(program)
    return builder.build(limits)
  }

  private init(_ program: Program) {
    self.program = program
    width = program.alphabet.symbolCount + 1
    simulation = Simulation(program)
  }

  private mutating func build(_ limits: PatternLimits) -> Automaton? {
    guard width <= limits.tableCountMax else { return nil }
    // Row 0 has no state: its places stand for the answers.
    var table = [UInt32](repeating: Automaton.dead, count: width)
    simulation.begin(program)
    let start = row(before: .edge)
    var index = 0
    while index < states.count {
      guard table.count + width <= limits.tableCountMax else { return nil }
      let state = states[index]
      for symbol in 0..<width {
        guard simulation.visitCount <= limits.visitCountMax else { return nil }
        simulation.resume(state.threads)
        simulation.step(symbol, before: state.before, program)
        let isEnd = symbol == width - 1
        table.append(
          isEnd && !simulation.isMatch ? Automaton.dead : row(before: program.alphabet.context(of: symbol)))
      }
      index += 1
    }
    return Automaton(table: table, start: start)
  }

  /// The row of the state that the simulation is in, which is noted when it is new.
  private mutating func row(before: Alphabet.Context) -> UInt32 {
    if simulation.isMatch { return Automaton.accepting }
    var threads: [Int] = []
    var looksBack = false
    for index in 0..<simulation.threads.count {
      let thread = simulation.threads[index]
      switch program.instructions[thread] {
      case .match, .split: continue
      case .assertion: looksBack = true
      case .set: break
      }
      threads.append(thread)
    }
    guard !threads.isEmpty else { return Automaton.dead }
    let state = State(threads: threads.sorted(), before: looksBack ? before : [])
    if let row = rows[state] { return row }
    states.append(state)
    // A row has two entries at least, so that the first one is not taken for an answer.
    let row = UInt32(truncatingIfNeeded: states.count * width)
    rows[state] = row
    return row
  }
}
