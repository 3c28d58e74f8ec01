internal import Expressions
package import Fiscal

/// Allowed forms of a template, the same for the same seed: for tests, previews and samples.
package struct ParameterGenerator: Sendable {
  private let program: TemplateProgram
  private var state: UInt64
  private var names: [Int64?] = []

  private let start: CivilDate

  /// - Parameter start: the first day of generated ones, which are within nine months; nil for 1 April 2026.
  package init(_ template: Template, seed: UInt64, from start: CivilDate? = nil) {
    program = template.program
    self.start = start ?? Parameter.exampleStart
    state = seed
  }

  /// Forms that a constraint refuses are tried again; nil when a thousand in a row were.
  package mutating func next() -> ParameterSet? {
    for _ in 0..<1_000 {
      var form = ParameterSet(program.layout)
      for place in program.layout.parameters.indices { fill(place, of: &form) }
      if program.constraints.isEmpty { return form }
      program.fill(&names, from: form)
      if program.constraints.allSatisfy({ program.expressions.isTrue($0, names) == true }) { return form }
    }
    return nil
  }

  /// A quarter of all numbers are at an end of their range, where mistakes are.
  private mutating func fill(_ place: Int, of form: inout ParameterSet) {
    switch program.layout.parameters[place].domain {
    case .integer(let range, _): form.set(number: number(in: range), at: place)
    case .boolean: form.set(number: Int64(random(below: 2)), at: place)
    case .word:
      let numbers = program.layout.wordNumbers[place]
      form.set(number: numbers[Int(random(below: UInt64(numbers.count)))], at: place)
    case .date:
      // Years for which reference data is kept.
      let day = Int64(start.dayNumber) + Int64(random(below: 270))
      form.set(.date(CivilDate(dayNumber: day) ?? start), at: place)
    case .text: form.set(.text(""), at: place)
    }
  }

  private mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    let pick = random(below: 8)
    if pick == 0 { return range.lowerBound }
    if pick == 1 { return range.upperBound }
    let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    return range.lowerBound &+ Int64(bitPattern: width == .max ? random() : random(below: width + 1))
  }

  private mutating func random(below bound: UInt64) -> UInt64 { random() % bound }

  /// SplitMix64 (Steele, Lea and Flood 2014).
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension Parameter {
  /// 1 April 2026: the first day of the Income-tax Act, 2025.
  static let exampleStart = CivilDate(year: 2026, month: 4, day: 1) ?? .first
}
