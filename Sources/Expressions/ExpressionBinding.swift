/// Where names of expressions lie in a row of numbers, and which number a word has.
///
/// All expressions that are evaluated against one row are bound by one binding.
package struct ExpressionBinding: Sendable {
  package private(set) var places: [String: Int] = [:]
  private var words: [String: Int64] = [:]

  package init() {}

  /// Gives a name the next place; one that has a place keeps it.
  @discardableResult
  package mutating func place(of name: String) -> Int {
    if let place = places[name] { return place }
    places[name] = places.count
    return places.count - 1
  }

  /// The number of a word, from 0; a new word has the next one.
  package mutating func number(ofWord word: String) -> Int64 {
    if let number = words[word] { return number }
    words[word] = Int64(words.count)
    return Int64(words.count) - 1
  }
}
