@testable import Texts

/// Messages: arbitrary texts are refused with a place inside of them, or give the same text each time in every language, whatever the
/// arguments are; and what is wrong with that text a check of all variants finds, too.
///
/// Input: which language and how it is written (1 byte), how many arguments are there (1 byte), the message.
enum MessageTexts {
  private static let arguments: [(name: String, value: MessageArgument)] = [
    ("name", .text("आशा")), ("sum", .paise(.min)), ("n", .integer(.max)), ("a", .number(DecimalNumber(basisPoints: -1))),
    ("k", .text("a b")), ("d", .day(year: 0, month: 99, day: -1)),
  ]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let (choice, count) = (input.byte(), Int(input.byte()))
    let source = String(decoding: input.rest(), as: UTF8.self)
    let message: Message
    do throws(MessageFault) { message = try Message(source) } catch {
      return try must(0...source.unicodeScalars.count ~= error.offset, "a fault outside of the message")
    }
    let languages = Language.allCases
    let language = languages[Int(choice >> 2) % languages.count]
    let options = MessageOptions(
      digits: choice & 1 == 0 ? .latin : .native, isolation: choice & 2 == 0 ? .none : .isolates)
    let given = Dictionary(
      uniqueKeysWithValues: arguments.prefix(count % (arguments.count + 1)).map { ($0.name, $0.value) })
    let text = message.text(given, in: language, options: options)
    try must(text == message.text(given, in: language, options: options), "a message says two things")
    try must(
      text.faults.isEmpty || !message.faults(with: given, in: language).isEmpty,
      "a check of all variants finds nothing wrong, and the one that is chosen is")
  }
}
