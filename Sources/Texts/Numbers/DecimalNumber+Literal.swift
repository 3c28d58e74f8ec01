extension DecimalNumber {
  /// Reads the `number-literal` of MessageFormat 2, which is the number of JSON: `-12.50`, `4.2e-3`. Nil for anything else, and for what has
  /// more digits than a number here.
  public init?(literal: String) {
    var reader = LiteralReader(bytes: literal.utf8[...])
    let isNegative = reader.take(0x2D)
    let first = reader.bytes.first
    guard reader.digits() > 0, first != 0x30 || reader.integerDigitCount == 1 else { return nil }
    if reader.take(0x2E) {
      guard reader.fraction() > 0 else { return nil }
    }
    guard let exponent = reader.exponent(), reader.bytes.isEmpty, !reader.overflows else { return nil }
    let zero = DecimalNumber(magnitude: reader.magnitude, scale: 0, isNegative: isNegative)
    guard let number = zero.scaled(by: exponent - reader.fractionDigitCount) else { return nil }
    self = number
  }
}

private struct LiteralReader {
  var bytes: Substring.UTF8View
  var magnitude: UInt128 = 0
  var overflows = false
  var integerDigitCount = 0
  var fractionDigitCount = 0

  mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }

  private mutating func digit() -> UInt8? {
    guard let byte = bytes.first, (0x30...0x39).contains(byte) else { return nil }
    bytes.removeFirst()
    return byte - 0x30
  }

  /// - Returns: how many there were.
  mutating func digits() -> Int {
    while let digit = digit() {
      integerDigitCount += 1
      append(digit)
    }
    return integerDigitCount
  }

  /// - Returns: how many there were. Zeros at the end count for nothing, however many there are.
  mutating func fraction() -> Int {
    var (count, zeros) = (0, 0)
    while let digit = digit() {
      count += 1
      guard digit != 0 else {
        zeros += 1
        continue
      }
      for _ in 0..<min(zeros, DecimalNumber.scaleMax + 1) { append(0) }
      append(digit)
      fractionDigitCount += zeros + 1
      zeros = 0
    }
    return count
  }

  private mutating func append(_ digit: UInt8) {
    let (tens, first) = magnitude.multipliedReportingOverflow(by: 10)
    let (sum, second) = tens.addingReportingOverflow(UInt128(digit))
    overflows = overflows || first || second
    magnitude = sum
  }

  /// - Returns: 0 when there is none, nil when it is none.
  mutating func exponent() -> Int? {
    guard take(0x65) || take(0x45) else { return 0 }
    let isNegative = take(0x2D)
    if !isNegative { _ = take(0x2B) }
    var (exponent, count) = (0, 0)
    while let digit = digit() {
      count += 1
      // Far outside of what a number here can have, and far inside of what an integer can.
      exponent = min(exponent * 10 + Int(digit), 1_000_000)
    }
    guard count > 0 else { return nil }
    return isNegative ? -exponent : exponent
  }
}
