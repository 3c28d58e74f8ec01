/// A message as it is written, each part with its place.
struct MessageTree {
  enum Declaration {
    /// `.input {$name ...}`: the operand of the expression is the name.
    case input(ExpressionTree)
    /// `.local $name = {...}`
    case local(NameTree, ExpressionTree)
  }

  struct Variant {
    var keys: [Key]
    var offset: Int
    var pattern: [PatternTree]
  }

  enum Key: Hashable {
    case literal(String)
    /// `*`
    case any
  }

  var declarations: [Declaration] = []
  /// None for a message of one pattern.
  var selectors: [NameTree] = []
  /// One, without keys, when there are no selectors.
  var variants: [Variant] = []
}

/// A variable's name.
struct NameTree {
  var name: String
  var offset: Int
}

enum PatternTree {
  case text(String)
  case expression(ExpressionTree)
  /// It makes no text; its options are looked at.
  case markup([OptionTree])
}

enum OperandTree {
  case literal(String)
  case variable(NameTree)
}

struct ExpressionTree {
  var offset: Int
  /// Nil for a function without one.
  var operand: OperandTree?
  var function: FunctionTree?
}

struct FunctionTree {
  /// With its namespace: `number`, `test:select`.
  var name: String
  var options: [OptionTree]
}

struct OptionTree {
  var name: String
  var value: OperandTree
  var offset: Int
}
