import Expressions
import Testing

@Suite("Expressions bound to a row")
struct BoundExpressionTests {
  static let types: [String: ExpressionType] = [
    "a": .integer, "b": .integer, "p": .bool, "q": .bool, "w": .word(["x", "y", "z"]), "v": .word(["y", "z"]),
  ]

  /// Texts of random expressions of a type, the same for the same seed.
  struct Writer {
    var state: UInt64

    mutating func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }

    mutating func integer(_ depth: Int) -> String {
      if depth == 0 {
        return ["a", "b", "0", "1", "(-7)", "10000", "9223372036854775807", "(-9223372036854775808)"][random(8)]
      }
      let (left, right) = (integer(depth - 1), integer(depth - 1))
      switch random(10) {
      case 0: return "(\(left) + \(right))"
      case 1: return "(\(left) - \(right))"
      case 2: return "(\(left) * \(right))"
      case 3: return "(\(left) / \(right))"
      case 4: return "(\(left) % \(right))"
      case 5: return "min(\(left), \(right), a)"
      case 6: return "max(\(left), \(right))"
      case 7: return "mulDiv(\(left), \(right), \(integer(0)))"
      case 8: return "(-\(left))"
      default: return "(\(bool(depth - 1)) ? \(left) : \(right))"
      }
    }

    mutating func bool(_ depth: Int) -> String {
      if depth == 0 { return ["p", "q", "true", "false", "(w == v)", "(w == \"x\")", "(v != \"z\")"][random(7)] }
      switch random(9) {
      case 0: return "(\(bool(depth - 1)) && \(bool(depth - 1)))"
      case 1: return "(\(bool(depth - 1)) || \(bool(depth - 1)) || q)"
      case 2: return "!\(bool(depth - 1))"
      case 3: return "(\(integer(depth - 1)) < \(integer(depth - 1)))"
      case 4: return "(\(integer(depth - 1)) >= \(integer(depth - 1)))"
      case 5: return "(\(integer(depth - 1)) in [1, \(integer(depth - 1)), 10000])"
      case 6: return "(w in [\"x\", \"z\"])"
      case 7: return "(\(bool(depth - 1)) == \(bool(depth - 1)))"
      default: return "(\(integer(depth - 1)) != \(integer(depth - 1)))"
      }
    }
  }

  @Test("it is worth what the expression is worth by names", arguments: [UInt64(1), 2, 3, 4])
  func same(_ seed: UInt64) throws {
    var writer = Writer(state: seed)
    var valueless = 0
    for round in 0..<400 {
      let isBool = round % 2 == 0
      let text = isBool ? writer.bool(1 + round % 4) : writer.integer(1 + round % 4)
      let expression = try TypedExpression(text, types: Self.types)
      var binding = ExpressionBinding()
      for name in ["a", "b", "p", "q", "w", "v"] { binding.place(of: name) }
      var binder = ExpressionBinder(binding)
      // Others before and behind it change nothing.
      for text in ["1 + 2", "p ? a : 7"] { _ = binder.bind(try TypedExpression(text, types: Self.types)) }
      let bound = binder.bind(expression)
      _ = binder.bind(try TypedExpression("w == \"y\"", types: Self.types))
      let table = ExpressionTable(binder)
      #expect(table.text(of: bound) == text)
      for _ in 0..<4 {
        let numbers: [Int64] = [0, 1, -1, 17, 10_000, .max, .min]
        let (a, b) = (numbers[writer.random(7)], numbers[writer.random(7)])
        let (p, q) = (writer.random(2) == 1, writer.random(2) == 1)
        let (w, v) = (["x", "y", "z"][writer.random(3)], ["y", "z"][writer.random(2)])
        // A name may be without a value, as one of `let` whose division is by zero.
        let hasB = writer.random(5) > 0
        let names: [String: ExpressionValue] = [
          "a": .integer(a), "b": hasB ? .integer(b) : .error, "p": .bool(p), "q": .bool(q), "w": .string(w),
          "v": .string(v),
        ]
        let row: [Int64?] = [
          a, hasB ? b : nil, p ? 1 : 0, q ? 1 : 0, binder.binding.number(ofWord: w), binder.binding.number(ofWord: v),
        ]
        if isBool {
          #expect(table.isTrue(bound, row) == expression.bool(names), "\(text)")
        } else {
          #expect(table.value(of: bound, row) == expression.integer(names), "\(text)")
        }
        if table.value(of: bound, row) == nil { valueless += 1 }
      }
    }
    // Some have a value, some do not.
    #expect((20...1_500).contains(valueless))
  }

  @Test("places and numbers are given once")
  func binding() {
    var binding = ExpressionBinding()
    #expect([binding.place(of: "b"), binding.place(of: "a"), binding.place(of: "b")] == [0, 1, 0])
    #expect([binding.number(ofWord: "x"), binding.number(ofWord: "y"), binding.number(ofWord: "x")] == [0, 1, 0])
  }

  @Test("the range of a remainder by the least integer is known")
  func remainder() throws {
    let expression = try TypedExpression("a % -9223372036854775808", types: Self.types)
    #expect(expression.range(["a": .integer(0...10)]).integers == 0...10)
  }
}
