/// A pattern as a tree that tries every way, one after the other: slow, and plain enough to believe.
indirect enum BacktrackingPattern {
  case text(String)
  case oneOf([Unicode.Scalar], isNegated: Bool)
  case dot
  case start, end, boundary, noBoundary
  case sequence([BacktrackingPattern])
  case choice([BacktrackingPattern])
  case repetition(BacktrackingPattern, Int, Int?)

  /// As text that means the same in both dialects.
  var source: String {
    switch self {
    case .text(let text): text
    case .oneOf(let scalars, let isNegated):
      "[" + (isNegated ? "^" : "") + scalars.map { $0 == "\n" ? "\\n" : String($0) }.joined() + "]"
    case .dot: "."
    case .start: "^"
    case .end: "$"
    case .boundary: "\\b"
    case .noBoundary: "\\B"
    case .sequence(let parts): parts.map(\.source).joined()
    case .choice(let branches): "(?:" + branches.map(\.source).joined(separator: "|") + ")"
    case .repetition(let body, let min, let max):
      switch (min, max) {
      case (0, nil): "(\(body.source))*"
      case (1, nil): "(\(body.source))+?"
      case (0, 1): "(\(body.source))?"
      case (_, nil): "(\(body.source)){\(min),}"
      case (_, let max?): "(\(body.source)){\(min),\(max)}"
      }
    }
  }

  func isFound(in text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    return (0...scalars.count).contains { matches(scalars, at: $0) { _ in true } }
  }

  private func matches(_ text: [Unicode.Scalar], at place: Int, then: (Int) -> Bool) -> Bool {
    switch self {
    case .text(let own):
      let own = Array(own.unicodeScalars)
      return text[place...].starts(with: own) && then(place + own.count)
    case .oneOf(let scalars, let isNegated):
      return place < text.count && scalars.contains(text[place]) != isNegated && then(place + 1)
    case .dot: return place < text.count && text[place] != "\n" && then(place + 1)
    case .start: return place == 0 && then(place)
    case .end: return place == text.count && then(place)
    case .boundary: return Self.isBoundary(text, place) && then(place)
    case .noBoundary: return !Self.isBoundary(text, place) && then(place)
    case .sequence(let parts):
      guard let first = parts.first else { return then(place) }
      return first.matches(text, at: place) {
        BacktrackingPattern.sequence(Array(parts.dropFirst())).matches(text, at: $0, then: then)
      }
    case .choice(let branches): return branches.contains { $0.matches(text, at: place, then: then) }
    case .repetition(let body, let min, let max):
      if max == 0 { return then(place) }
      let again = body.matches(text, at: place) { next in
        // A round that takes nothing need not be tried twice, once the least count is there.
        guard next > place || min > 0 else { return false }
        return BacktrackingPattern.repetition(body, Swift.max(0, min - 1), max.map { $0 - 1 })
          .matches(text, at: next, then: then)
      }
      return again || (min == 0 && then(place))
    }
  }

  private static func isBoundary(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard text.indices.contains(index) else { return false }
      return text[index] == "_" || (text[index].isASCII && text[index].properties.isAlphabetic)
        || ("0"..."9").contains(text[index])
    }
    return isWord(place - 1) != isWord(place)
  }
}

extension BacktrackingPattern {
  static let scalars: [Unicode.Scalar] = ["a", "b", "_", " ", "\n", "é", "न", "😀"]

  static func random(depth: Int, using generator: inout SplitMix) -> BacktrackingPattern {
    let kinds = depth == 0 ? 7 : 12
    switch Int.random(in: 0..<kinds, using: &generator) {
    case 0, 1, 2: return .text(String(scalars[Int.random(in: 0..<4, using: &generator)]))
    case 3: return .text(String(scalars[Int.random(in: 4..<8, using: &generator)]))
    case 4: return .dot
    case 5:
      let members = (0...Int.random(in: 0...2, using: &generator)).map { _ in
        scalars.randomElement(using: &generator) ?? "a"
      }
      return .oneOf(members, isNegated: Bool.random(using: &generator))
    case 6: return [.start, .end, .boundary, .noBoundary].randomElement(using: &generator) ?? .start
    case 7, 8: return .sequence(parts(depth: depth, using: &generator))
    case 9: return .choice([random(depth: depth - 1, using: &generator)] + parts(depth: depth, using: &generator))
    default:
      let min = Int.random(in: 0...2, using: &generator)
      let max = Bool.random(using: &generator) ? nil : min + Int.random(in: 0...2, using: &generator)
      return .repetition(random(depth: depth - 1, using: &generator), min, max)
    }
  }

  private static func parts(depth: Int, using generator: inout SplitMix) -> [BacktrackingPattern] {
    (0..<Int.random(in: 0...3, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) }
  }

  static func randomText(using generator: inout SplitMix) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      text.append(scalars.randomElement(using: &generator) ?? "a")
    }
    return String(text)
  }
}
