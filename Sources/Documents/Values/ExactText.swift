extension String {
  /// Whether both have the same code points. Swift's own equality takes texts for equal that only look alike ("e" with
  /// an accent as one code point or as two); names in JSON are what was written.
  func isSameText(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}

/// A text as a key: equal when the code points are.
struct ExactText: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.isSameText(as: right.text) }

  /// Swift's own: texts with the same code points have the same one, and looking alike is rare.
  func hash(into hasher: inout Hasher) { text.hash(into: &hasher) }
}
