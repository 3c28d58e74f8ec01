package import Kernel

/// An integer as it stands in a text: sign and size, before it is known which field it must fit.
package struct IntegerText {
  package var isNegative = false
  package var magnitude: UInt128 = 0

  package init(isNegative: Bool = false, magnitude: UInt128) {
    self.isNegative = isNegative
    self.magnitude = magnitude
  }

  /// Decimal digits with an optional minus sign, nothing else; nil otherwise or beyond 2^128 - 1.
  package init?(_ text: Span<UInt8>) {
    var index = 0
    if text.count > 0 && text[0] == 0x2D {
      isNegative = true
      index = 1
    }
    guard index < text.count else { return nil }
    // Up to 18 digits stay inside 64 bits; only ids are longer.
    var low: UInt64 = 0
    let fast = min(text.count, index + 18)
    while index < fast {
      let digit = text[index] &- 0x30
      guard digit < 10 else { return nil }
      low = low &* 10 &+ UInt64(digit)
      index += 1
    }
    magnitude = UInt128(low)
    while index < text.count {
      let digit = text[index] &- 0x30
      guard digit < 10 else { return nil }
      let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt128(digit))
      guard !overflow && !carry else { return nil }
      magnitude = sum
      index += 1
    }
  }

  package func unsigned<T: FixedWidthInteger & UnsignedInteger>(
    _ field: String, _: T.Type = T.self
  ) throws(FieldError) -> T {
    guard !isNegative || magnitude == 0 else { throw FieldError(field, "is negative") }
    guard let value = T(exactly: magnitude) else { throw FieldError(field, "does not fit \(T.bitWidth) bits") }
    return value
  }

  package func int64(_ field: String) throws(FieldError) -> Int64 {
    if isNegative {
      guard magnitude <= 1 << 63 else { throw FieldError(field, "does not fit 64 bits with sign") }
      return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
    guard let value = Int64(exactly: magnitude) else { throw FieldError(field, "does not fit 64 bits with sign") }
    return value
  }
}

/// An operation while its fields come in by name, in any order. What is not set is zero.
package struct OperationDraft {
  package var operation: Operation
  /// The extension slot, 8 little-endian words.
  package var words = InlineArray<8, UInt64>(repeating: 0)
  package var hasExtension = false
  package var isLinked = false
  package var mode: UInt8 = 0
  package var stamp: Instant?
  /// A field of each layout that was set, to name it when it is of another operation's extension.
  private var seen: (String, ExtensionField.Layout)?
  private var foreign: String?
  private var hasOperation = false

  package init() {
    operation = Operation(.createContract, tenant: 0, contract: 0, id: 0)
    operation.code = 0
  }

  /// Sets the operation by its documented name, for example `FUND`; an unknown name is an error.
  package mutating func setOperation(name: String) throws(FieldError) {
    guard let code = Self.codes[name] else { throw FieldError("op", "no operation is called '\(name.prefix(40))'") }
    setOperation(code: code)
  }

  package mutating func setOperation(code: UInt8) {
    operation.code = code
    hasOperation = true
  }

  /// Sets a field by number. `op` takes raw codes.
  package mutating func set(_ field: OperationField, _ value: IntegerText) throws(FieldError) {
    switch field {
    case .op: setOperation(code: try value.unsigned("op"))
    case .id: operation.id = try value.unsigned("id")
    case .tenant: operation.tenant = try value.unsigned("tenant")
    case .contract: operation.contract = try value.unsigned("contract")
    case .m: operation.ordinal = try value.unsigned("m")
    case .actor: operation.actor = try value.unsigned("actor")
    case .amount: operation.amount = try value.int64("amount")
    case .arg: operation.argument = try value.unsigned("arg")
    case .mode:
      mode = try value.unsigned("mode")
      guard mode < 16 else { throw FieldError("mode", "does not fit 4 bits") }
    case .ver: operation.expectedVersion = try value.unsigned("ver")
    case .linked: isLinked = try Self.flag(value, "linked")
    case .ext: if try Self.flag(value, "ext") { hasExtension = true }
    case .stamp: stamp = try Self.instant(value, "stamp")
    }
  }

  /// Sets element `index` of an extension field and announces the extension.
  package mutating func set(_ field: ExtensionField, element index: Int = 0, _ value: IntegerText) throws(FieldError) {
    guard index < field.count else { throw FieldError(field.name, "has more than \(field.count) elements") }
    let bits: UInt64
    if field.bit != nil {
      bits = try Self.flag(value, field.name) ? 1 : 0
    } else if field.isSigned {
      bits = UInt64(bitPattern: try value.int64(field.name))
    } else {
      let number: UInt64 = try value.unsigned(field.name)
      guard field.bitCount == 64 || number < 1 << UInt64(field.bitCount) else {
        throw FieldError(field.name, "does not fit \(field.bitCount) bits")
      }
      bits = number
    }
    let width = field.bit == nil ? field.bitCount : 1
    let position = field.byteOffset * 8 + (field.bit ?? index * field.bitCount)
    let mask = width == 64 ? UInt64.max : (1 << UInt64(width) - 1)
    // No field crosses a word: each is aligned to its own width.
    let shift = UInt64(position % 64)
    words[position / 64] = words[position / 64] & ~(mask << shift) | bits << shift
    hasExtension = true
    if let seen, seen.1 != field.layout, foreign == nil { foreign = field.name }
    if seen == nil { seen = (field.name, field.layout) }
  }

  /// The operation, complete with flags.
  package mutating func finish() throws(FieldError) -> Operation {
    guard hasOperation else { throw FieldError("op", "is missing") }
    if let foreign { throw FieldError(foreign, "belongs to the extension of another operation") }
    if let seen, let layout = ExtensionField.layout(of: operation.code), layout != seen.1 {
      throw FieldError(seen.0, "belongs to the extension of another operation")
    }
    operation.flags = mode << 4 | (hasExtension ? 2 : 0) | (isLinked ? 1 : 0)
    return operation
  }

  /// An identifier: an unsigned decimal number of up to 128 bits, or a UUID.
  package static func identifier(_ text: Span<UInt8>, _ field: String) throws(FieldError) -> IntegerText {
    if text.count == 36, let value = uuid(text) { return IntegerText(magnitude: value) }
    if let number = IntegerText(text) { return number }
    throw FieldError(field, "is neither a decimal number of up to 128 bits nor a UUID")
  }

  /// A stamp, inside what the kernel counts with.
  package static func instant(_ value: IntegerText, _ field: String) throws(FieldError) -> Instant {
    let instant = try value.int64(field)
    guard Shard.stamps.contains(instant) else { throw FieldError(field, outOfTime) }
    return instant
  }

  static let outOfTime = "is further from 1970 than any date"

  private static func uuid(_ text: Span<UInt8>) -> UInt128? {
    var value: UInt128 = 0
    for index in 0..<36 {
      let byte = text[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == 0x2D else { return nil }
        continue
      }
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: return nil
      }
      value = value << 4 | UInt128(digit)
    }
    return value
  }

  private static func flag(_ value: IntegerText, _ field: String) throws(FieldError) -> Bool {
    guard !value.isNegative, value.magnitude <= 1 else { throw FieldError(field, "is neither 0 nor 1") }
    return value.magnitude == 1
  }

  private static let codes = Dictionary(uniqueKeysWithValues: OperationCode.allCases.map { ($0.name, $0.rawValue) })
}
