/// How far a version is from the one before, by what it may break.
public enum LabelStep: UInt8, CaseIterable, Sendable {
  case patch = 0
  case minor, major
}

extension Label {
  /// Whether a version is older, by the precedence of semver.org 2.0.0, section 11. What is behind a `+` does not count,
  /// so that of two labels neither may be older though they are not equal.
  public func isOlder(than other: Label) -> Bool {
    let (own, others) = (parts, other.parts)
    for (one, two) in zip(own.numbers, others.numbers) where one != two { return Self.isLess(one, two) }
    // A version is newer than what was tried out before it.
    guard let mine = own.preRelease, let theirs = others.preRelease else {
      return own.preRelease != nil && others.preRelease == nil
    }
    for (one, two) in zip(mine, theirs) where one != two { return Self.isBefore(one, two) }
    return mine.count < theirs.count
  }

  /// Whether this label is at least a step behind another one: for `major` 2.0.0 behind 1.4.2, for `minor` also 1.5.0.
  ///
  /// What is behind a pre-release has the step that the pre-release announces: 2.0.0 behind 2.0.0-rc.1 is a major one.
  /// Versions below 1.0.0 are held to the same, which is more than the standard asks.
  public func isStep(_ step: LabelStep, behind other: Label) -> Bool {
    guard other.isOlder(than: self) else { return false }
    let (own, others) = (parts, other.parts)
    let kept = Self.keptNumbers(step)
    guard own.numbers.prefix(kept).elementsEqual(others.numbers.prefix(kept)) else { return true }
    return others.preRelease != nil && others.numbers.dropFirst(kept).allSatisfy { $0.elementsEqual([0x30]) }
  }

  /// The numbers of which a step changes one: the first one, the first two, any.
  private static func keptNumbers(_ step: LabelStep) -> Int {
    switch step {
    case .major: 1
    case .minor: 2
    case .patch: 3
    }
  }

  /// The three numbers, and what is between `-` and `+`.
  private var parts: (numbers: [[UInt8]], preRelease: [[UInt8]]?) {
    let release = text.utf8.split(separator: 0x2B, maxSplits: 1)[0].split(separator: 0x2D, maxSplits: 1)
    func list(_ part: Substring.UTF8View) -> [[UInt8]] { part.split(separator: 0x2E).map { Array($0) } }
    return (list(release[0]), release.count == 1 ? nil : list(release[1]))
  }

  /// Of digits without a zero in front.
  private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
  }

  /// Of parts of pre-releases: numbers by value and before words, words by their bytes.
  private static func isBefore(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    switch (isNumber(left), isNumber(right)) {
    case (true, true): isLess(left, right)
    case (true, false): true
    case (false, true): false
    case (false, false): left.lexicographicallyPrecedes(right)
    }
  }

  private static func isNumber(_ part: [UInt8]) -> Bool { part.allSatisfy { 0x30...0x39 ~= $0 } }
}
