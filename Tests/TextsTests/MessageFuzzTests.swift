import Testing

@testable import Texts

/// Texts that nobody meant: none of them may trap, and what is refused has its place in the text.
@Suite("Messages from anywhere")
struct MessageFuzzTests {
  private static let seeds = [
    "Hello {$name}, you owe {$sum :currency trailingZeroDisplay=stripIfInteger}.",
    ".input {$n :integer} .match $n 0 {{none}} one {{{$n} one}} * {{{$n} many}}",
    ".local $d = {|2026-04-01| :date length=short} {{by {$d} {#b}now{/b} {x :string u:dir=rtl @a=b}}}",
    ".input {$a :number select=exact}.input {$k :string}.match $a $k 1 |a b| {{\\{\\}}} * * {{{$a :percent} \\\\}}",
    "{|\\|\\\\| :string} {-12.50 :number minimumFractionDigits=2} {$n :offset add=1}",
    "नमस्ते {$name} — {$sum :currency currencyDisplay=name} \u{200F}{$d :date}",
  ]

  private static let pieces: [String] = [
    "{", "}", "{{", "}}", "|", "\\", "$", ":", "@", "#", "/", "*", "=", ".", " ", "\u{200E}", "\0", "x", "$n", "1", "-",
    "e",
    ".match", ".input", ".local", ":number", ":date", "\u{301}", "ा", "\u{10FFFF}", "😀",
  ]

  private static let arguments: [String: MessageArgument] = [
    "name": .text("आशा"), "sum": .paise(.min), "n": .integer(.max), "a": .number(DecimalNumber(basisPoints: -1)),
    "k": .text("a b"), "d": .day(year: 0, month: 99, day: -1),
  ]

  /// - Returns: whether it is a message.
  private func tries(_ source: String) -> Bool {
    let message: Message
    do throws(MessageFault) {
      message = try Message(source)
    } catch {
      #expect((0...source.unicodeScalars.count).contains(error.offset), "\(source)")
      return false
    }
    let isolates = MessageOptions(digits: .native, isolation: .isolates)
    let result = message.text(Self.arguments, in: .urdu, options: isolates)
    #expect(result == message.text(Self.arguments, in: .urdu, options: isolates))
    _ = message.faults(with: [:], in: .hindi)
    return true
  }

  @Test("every truncation of a message")
  func truncations() {
    for seed in Self.seeds {
      let scalars = Array(seed.unicodeScalars)
      for count in 0...scalars.count {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.prefix(count))
        _ = tries(String(text))
      }
      #expect(tries(seed))
    }
  }

  @Test("messages with pieces put in, taken out and turned round")
  func mutations() {
    var generator = Generator(seed: 6)
    var messageCount = 0
    for _ in 0..<6_000 {
      var scalars = Array((Self.seeds.randomElement(using: &generator) ?? "").unicodeScalars)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0...scalars.count, using: &generator)
        let end = min(scalars.count, place + Int.random(in: 0...4, using: &generator))
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
          scalars.insert(contentsOf: (Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars, at: place)
        case 1: scalars.removeSubrange(place..<end)
        default: scalars[place..<end].reverse()
        }
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      if tries(String(text)) { messageCount += 1 }
    }
    #expect((500..<5_500).contains(messageCount))
  }

  @Test("random bytes and random pieces")
  func random() {
    var generator = Generator(seed: 7)
    for _ in 0..<4_000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      _ = tries(String(decoding: bytes, as: UTF8.self))
      let count = Int.random(in: 0..<16, using: &generator)
      _ = tries((0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined())
    }
  }
}
