internal import Documents
internal import Expressions

/// How forms of one template lie in memory and are written: made once, shared by all of them.
final class FormLayout: Sendable {
  let parameters: [Parameter]
  /// Places of the parameters in the row that expressions see are their indices; words have numbers.
  let binding: ExpressionBinding
  /// Words by their numbers.
  let words: [String]
  /// For each parameter the numbers of its words.
  let wordNumbers: [[Int64]]
  /// Places of the value and of the day of the start.
  let valuePlace: Int
  let startPlace: Int
  /// Parameters in the order of the canonical text.
  let order: [Int]
  /// How the value of each parameter is written.
  let kinds: [Kind]
  /// Everything that canonical texts of forms are put together of, one behind the other: forms are written without looking at one small
  /// array for each field.
  let pieces: [UInt8]
  /// Where among the pieces is, in that order, what stands before each value: a brace or a comma, the name, a colon.
  let heads: [Range<Int>]
  /// Where words are, by their numbers, as they are written.
  let quotedWords: [Range<Int>]
  /// Where `true` and `false` are.
  let yes: Range<Int>
  let no: Range<Int>
  /// A form has so many bytes at most, besides what its texts say.
  let byteCountMax: Int

  enum Kind: Sendable { case integer, boolean, word, date, text }

  init(_ parameters: [Parameter]) {
    self.parameters = parameters
    var binding = ExpressionBinding()
    var words: [String] = []
    for parameter in parameters { binding.place(of: parameter.name) }
    wordNumbers = parameters.map { parameter in
      guard case .word(let own) = parameter.domain else { return [] }
      return own.map { word in
        let number = binding.number(ofWord: word)
        if number == words.count { words.append(word) }
        return number
      }
    }
    self.binding = binding
    self.words = words
    // The reader sees to it that both are there.
    valuePlace = parameters.firstIndex { $0.name == Parameter.value } ?? 0
    startPlace = parameters.firstIndex { $0.name == Parameter.start } ?? 0
    // Names are ASCII, so their order is that of their UTF-16 units.
    let order = parameters.indices.sorted { parameters[$0].name < parameters[$1].name }
    self.order = order
    kinds = parameters.map { parameter in
      switch parameter.domain {
      case .integer: .integer
      case .boolean: .boolean
      case .word: .word
      case .date: .date
      case .text: .text
      }
    }
    var pieces: [UInt8] = []
    func add(_ piece: [UInt8]) -> Range<Int> {
      pieces += piece
      return pieces.count - piece.count..<pieces.count
    }
    heads = order.enumerated().map { place, index in
      add([place == 0 ? 0x7B : 0x2C] + JSONValue.string(parameters[index].name).canonicalBytes + [0x3A])
    }
    let headByteCount = pieces.count
    quotedWords = words.map { add(JSONValue.string($0).canonicalBytes) }
    (yes, no) = (add(Array("true".utf8)), add(Array("false".utf8)))
    // The least number has a sign and 19 digits; a day has twelve bytes, a text two besides what it says.
    let valueByteCount = max(20, quotedWords.map(\.count).max() ?? 0)
    byteCountMax = headByteCount + parameters.count * valueByteCount + 2
    self.pieces = pieces
  }

  /// The number of an allowed word of any parameter.
  func number(ofWord word: String) -> Int64? { words.firstIndex(of: word).map { Int64($0) } }

  func place(of name: String) -> Int? { parameters.firstIndex { $0.name == name } }
}
