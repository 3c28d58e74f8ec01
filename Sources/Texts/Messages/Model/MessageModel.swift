/// A valid message, with variables by number instead of name.
struct MessageModel: Sendable {
  struct Variable: Sendable {
    /// As it is first written.
    var name: String
    /// Nil for an argument that no declaration names.
    var declaration: Expression?
  }

  enum Operand: Sendable {
    case literal(String)
    /// Index of a variable: of its declaration if it has one.
    case variable(Int)
    /// Index of a variable: what the caller gave for its name, whatever its declaration says.
    case argument(Int)
  }

  struct Option: Sendable {
    var name: String
    var value: Operand
  }

  struct Function: Sendable {
    var name: String
    /// Nil when there is no such function.
    var handler: MessageFunction?
    /// Without those of the namespace `u`.
    var options: [Option]
    /// The option `u:dir`.
    var direction: Operand?
  }

  struct Expression: Sendable {
    /// Code points from the start of the source.
    var offset: Int
    var operand: Operand?
    var function: Function?
  }

  enum Part: Sendable {
    case text(String)
    case expression(Expression)
    case markup(offset: Int, [Option])
  }

  struct Key: Sendable {
    var text: String
    /// It is a number or the name of a plural category.
    var isNumeric: Bool
  }

  struct Variant: Sendable {
    /// As many as there are selectors; nil is `*`.
    var keys: [Key?]
    var offset: Int
    var pattern: [Part]
  }

  /// A declaration refers only to variables in front of its own.
  var variables: [Variable]
  /// Indices of variables.
  var selectors: [Int]
  /// One at least; the one that has no keys but `*` is among them.
  var variants: [Variant]
}
