extension PatternParser {
  /// Everything from "[" to "]".
  mutating func characterClass() throws(PatternFault) -> ScalarSet {
    let start = position
    position += 1
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while true {
      guard let sign = peek() else { throw fault(.unclosedClass, at: start) }
      // A bracket that comes first is a member in RE2.
      if sign == "]", !(isFirst && dialect == .re2) { break }
      isFirst = false
      try member(into: &ranges)
      guard ranges.count <= limits.rangeCountMax else { throw fault(.tooLarge, at: start) }
    }
    position += 1
    // The complement is taken of what the flag adds, so that [^a] does not match A.
    let set = folded(ScalarSet(ranges))
    return isNegated ? set.complement : set
  }

  private mutating func member(into ranges: inout [ClosedRange<UInt32>]) throws(PatternFault) {
    let start = position
    if dialect == .re2, peek(1) == UInt32(UInt8(ascii: ":")), take(word: "[:") {
      ranges += try posixClass(at: start).ranges
      return
    }
    let lower = try classAtom()
    guard peek() == UInt32(UInt8(ascii: "-")), let next = peek(1), next != "]" else {
      switch lower {
      case .scalar(let scalar): ranges.append(scalar...scalar)
      case .set(let set): ranges += set.ranges
      }
      return
    }
    position += 1
    guard case .scalar(let from) = lower, case .scalar(let to) = try classAtom() else {
      throw fault(.rangeOfClasses, at: start)
    }
    guard from <= to else { throw fault(.rangeOutOfOrder, at: start) }
    ranges.append(from...to)
  }

  private mutating func classAtom() throws(PatternFault) -> PatternEscape {
    guard let sign = peek() else { throw fault(.unclosedClass) }
    guard sign == "\\" else {
      position += 1
      return .scalar(sign)
    }
    if dialect == .ecma {
      switch peek(1).flatMap(Unicode.Scalar.init) {
      case "b":
        position += 2
        return .scalar(0x08)
      case "-":
        position += 2
        return .scalar(0x2D)
      default: break
      }
    }
    return try escapedValue()
  }

  /// `[:name:]` or `[:^name:]`, the first two signs taken.
  private mutating func posixClass(at start: Int) throws(PatternFault) -> ScalarSet {
    let isNegated = take("^")
    for (name, set) in ScalarSet.posixClasses where take(word: name + ":]") {
      return isNegated ? set.complement : set
    }
    throw fault(.unknownClass, at: start)
  }
}
