internal import Expressions
package import Fiscal

/// Allowed forms of a template, the same for the same seed: for tests, previews and samples.
package struct ParameterGenerator: Sendable {
  private let template: Template
  private var state: UInt64

  private let start: CivilDate

  /// - Parameter start: the first day of generated ones, which are within nine months; nil for 1 April 2026.
  package init(_ template: Template, seed: UInt64, from start: CivilDate? = nil) {
    self.template = template
    self.start = start ?? Parameter.exampleStart
    state = seed
  }

  /// Forms that a constraint refuses are tried again; nil when a thousand in a row were.
  package mutating func next() -> ParameterSet? {
    for _ in 0..<1_000 {
      var values: [String: ParameterValue] = [:]
      for parameter in template.parameters { values[parameter.name] = value(of: parameter) }
      let form = ParameterSet(unchecked: values)
      let names = template.names(for: form)
      if template.constraints.allSatisfy({ $0.condition.bool(names) == true }) { return form }
    }
    return nil
  }

  /// A quarter of all numbers are at an end of their range, where mistakes are.
  private mutating func value(of parameter: Parameter) -> ParameterValue {
    switch parameter.domain {
    case .integer(let range, _):
      let pick = random(below: 8)
      if pick == 0 { return .integer(range.lowerBound) }
      if pick == 1 { return .integer(range.upperBound) }
      let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
      return .integer(range.lowerBound &+ Int64(bitPattern: width == .max ? random() : random(below: width + 1)))
    case .boolean: return .boolean(random(below: 2) == 1)
    case .word(let words): return .word(words[Int(random(below: UInt64(words.count)))])
    case .date:
      // Years for which reference data is kept.
      let day = Int64(start.dayNumber) + Int64(random(below: 270))
      return .date(CivilDate(dayNumber: day) ?? start)
    case .text: return .text("")
    }
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
