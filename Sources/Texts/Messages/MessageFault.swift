/// What is wrong with a message, or went wrong when it was formatted.
public struct MessageFault: Error, Hashable, Sendable {
  /// Raw values are stable; they are the error names of the MessageFormat 2 specification and its tests, but for the last.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case syntaxError = "syntax-error"

    // Data model errors: the syntax is right, the message is not valid.
    case variantKeyMismatch = "variant-key-mismatch"
    case missingFallbackVariant = "missing-fallback-variant"
    case missingSelectorAnnotation = "missing-selector-annotation"
    case duplicateDeclaration = "duplicate-declaration"
    case duplicateOptionName = "duplicate-option-name"
    case duplicateVariant = "duplicate-variant"

    // Of formatting.
    case unresolvedVariable = "unresolved-variable"
    case unknownFunction = "unknown-function"
    case badSelector = "bad-selector"
    case badOperand = "bad-operand"
    case badOption = "bad-option"
    case badVariantKey = "bad-variant-key"
    case unsupportedOperation = "unsupported-operation"

    /// More than `MessageLimits` allow.
    case limitExceeded = "limit-exceeded"
  }

  public var kind: Kind
  /// Where in the message's source, in code points from its start. What went wrong in formatting is at its expression.
  public var offset: Int
  /// What is missing or who is meant, for a developer's eyes: kind and place are what a program shows in its reader's language.
  public var detail: String
}

/// Bounds of a message. The grammar has no nesting, so there is no depth to bound.
public enum MessageLimits {
  /// UTF-8.
  public static let byteCountMax = 16_384
  public static let declarationCountMax = 64
  public static let selectorCountMax = 8
  public static let variantCountMax = 256
  /// Of one expression, options and attributes together.
  public static let optionCountMax = 32
}
