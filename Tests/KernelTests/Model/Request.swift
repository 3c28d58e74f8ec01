import Kernel

/// An operation with the extension slot behind it, if it announces one.
struct Request: Hashable {
  var operation: Operation
  var slot: [UInt8]?

  init(_ operation: Operation) {
    self.operation = operation
    slot = nil
  }

  /// Announces `slot` (64 bytes) in the flags.
  init(_ operation: Operation, slot: [UInt8]) {
    precondition(slot.count == 64, "an extension is one slot")
    self.operation = operation
    self.operation.flags |= 2
    self.slot = slot
  }

  var linked: Request {
    var copy = self
    copy.operation.flags |= 1
    return copy
  }

  /// What makes two requests with one id the same request: all fields but id and linked flag.
  var body: Request {
    var copy = self
    copy.operation.id = 0
    copy.operation.flags &= ~1
    return copy
  }

  var kind: OperationCode? { OperationCode(rawValue: operation.code) }
}

extension Request: CustomStringConvertible {
  var description: String {
    let o = operation
    var text = "\(kind?.name ?? "code \(o.code)")"
    if o.mode != 0 { text += "(\(o.mode))" }
    text += " t\(o.tenant)/c\(o.contract)/\(o.ordinal) id=\(o.id) actor=\(o.actor)"
    if o.amount != 0 { text += " amount=\(o.amount)" }
    if o.argument != 0 { text += " arg=\(o.argument)" }
    if o.expectedVersion != 0 { text += " ver=\(o.expectedVersion)" }
    if o.isLinked { text += " linked" }
    if o.flags & 12 != 0 { text += " flags=\(o.flags)" }
    if let slot { text += " ext=" + slot.map { String($0, radix: 16) }.joined(separator: ".") }
    return text
  }
}

/// Little-endian fields of an extension, read and written by documented offset.
struct SlotBytes {
  var bytes: [UInt8]

  init() { bytes = Array(repeating: 0, count: 64) }
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
    var value: T = 0
    for index in (0..<T.bitWidth / 8).reversed() {
      value = (T.bitWidth > 8 ? value << 8 : 0) | T(truncatingIfNeeded: bytes[offset + index])
    }
    return value
  }

  mutating func write<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    for index in 0..<T.bitWidth / 8 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> T(index * 8))
    }
  }
}

/// Terms of a contract, as the model keeps them: wide numbers, so that nothing can overflow.
struct Terms: Hashable {
  var retentionCap: Int64 = 0
  var arbiter: UInt32 = 0
  var review = 14 * 86_400
  var payBy = 0
  var disputeWindow = 0
  var arbitration = 30 * 86_400
  var defectPeriod = 0
  var grace = 0
  var retention = 0
  var retentionFirst = 0
  var advance = 0
  var advanceRecovery = 0
  var gst = 0
  var tds = 0
  var gstTDS = 0
  var cess = 0
  var fee = 0
  var damagesCap = 0
  var defaultSplit = 0
  var holdDays = 0
  var dormantDays = 90
  var autoApprove = false
  var unfundedStart = false
  var evidence = false
  var expire = false
  var expireRefund = false
  var guarantee = false
  var wholeUnits = false
  var escalateDispute = false

  init() {}

  /// The layout of `ContractTerms`, written out once more.
  var slot: [UInt8] {
    var s = SlotBytes()
    s.write(retentionCap, at: 0)
    s.write(arbiter, at: 8)
    for (index, span) in [review, payBy, disputeWindow, arbitration, defectPeriod, grace].enumerated() {
      s.write(UInt32(span), at: 12 + index * 4)
    }
    for (index, points) in basisPoints.enumerated() { s.write(UInt16(points), at: 36 + index * 2) }
    s.write(UInt8(holdDays), at: 58)
    s.write(UInt8(dormantDays), at: 59)
    let flags = [
      autoApprove, unfundedStart, evidence, expire, expireRefund, guarantee, wholeUnits, escalateDispute,
    ]
    for (bit, isSet) in flags.enumerated() where isSet { s.bytes[60] |= 1 << UInt8(bit) }
    return s.bytes
  }

  init(slot: [UInt8]) {
    let s = SlotBytes(slot)
    func span(_ index: Int) -> Int { Int(s.read(12 + index * 4, as: UInt32.self)) }
    func points(_ index: Int) -> Int { Int(s.read(36 + index * 2, as: UInt16.self)) }
    func flag(_ bit: UInt8) -> Bool { s.bytes[60] & (1 << bit) != 0 }
    retentionCap = s.read(0, as: Int64.self)
    arbiter = s.read(8, as: UInt32.self)
    (review, payBy, disputeWindow) = (span(0), span(1), span(2))
    (arbitration, defectPeriod, grace) = (span(3), span(4), span(5))
    (retention, retentionFirst, advance, advanceRecovery) = (points(0), points(1), points(2), points(3))
    (gst, tds, gstTDS, cess) = (points(4), points(5), points(6), points(7))
    (fee, damagesCap, defaultSplit) = (points(8), points(9), points(10))
    holdDays = Int(s.bytes[58])
    dormantDays = Int(s.bytes[59])
    (autoApprove, unfundedStart, evidence, expire) = (flag(0), flag(1), flag(2), flag(3))
    (expireRefund, guarantee, wholeUnits, escalateDispute) = (flag(4), flag(5), flag(6), flag(7))
  }

  var basisPoints: [Int] {
    [retention, retentionFirst, advance, advanceRecovery, gst, tds, gstTDS, cess, fee, damagesCap, defaultSplit]
  }

  static func reservedBytesAreZero(_ slot: [UInt8]) -> Bool { slot[61...63].allSatisfy { $0 == 0 } }
}

/// Who must approve what, as the model keeps it.
struct Policy: Hashable {
  var band: [Int64] = [0, 0, 0, 0]
  var autoMax: Int64 = 1_000_000_000_000_000
  var escalation = 3 * 86_400
  var votes: [Int] = [1, 0, 0, 0]
  var reworkLimit = 3
  var maxLevel = 3
  var ordered = 0
  var majority = 0

  init() {}

  var slot: [UInt8] {
    var s = SlotBytes()
    for step in 0..<4 { s.write(band[step], at: step * 8) }
    s.write(autoMax, at: 32)
    s.write(UInt32(escalation), at: 40)
    for step in 0..<4 { s.write(UInt8(votes[step]), at: 44 + step) }
    for (index, value) in [reworkLimit, maxLevel, ordered, majority].enumerated() {
      s.write(UInt8(value), at: 48 + index)
    }
    return s.bytes
  }

  init(slot: [UInt8]) {
    let s = SlotBytes(slot)
    band = (0..<4).map { s.read($0 * 8, as: Int64.self) }
    autoMax = s.read(32, as: Int64.self)
    escalation = Int(s.read(40, as: UInt32.self))
    votes = (0..<4).map { Int(s.bytes[44 + $0]) }
    (reworkLimit, maxLevel) = (Int(s.bytes[48]), Int(s.bytes[49]))
    (ordered, majority) = (Int(s.bytes[50]), Int(s.bytes[51]))
  }

  static func reservedBytesAreZero(_ slot: [UInt8]) -> Bool { slot[52...63].allSatisfy { $0 == 0 } }
}

/// Lines of a release that sum to its gross.
struct Lines: Hashable {
  var net: Int64 = 0
  var retention: Int64 = 0
  var tax: Int64 = 0
  var other: Int64 = 0
  var advance: Int64 = 0
  var fee: Int64 = 0
  var damages: Int64 = 0

  var all: [Int64] { [net, retention, tax, other, advance, fee, damages] }

  var slot: [UInt8] {
    var s = SlotBytes()
    for (index, line) in all.enumerated() { s.write(line, at: index * 8) }
    return s.bytes
  }

  init() {}

  init(slot: [UInt8]) {
    let s = SlotBytes(slot)
    func line(_ index: Int) -> Int64 { s.read(index * 8, as: Int64.self) }
    (net, retention, tax, other) = (line(0), line(1), line(2), line(3))
    (advance, fee, damages) = (line(4), line(5), line(6))
  }

  static func reservedBytesAreZero(_ slot: [UInt8]) -> Bool { slot[56...63].allSatisfy { $0 == 0 } }
}

enum PredecessorSlot {
  static func slot(_ ordinals: [UInt16]) -> [UInt8] {
    var s = SlotBytes()
    for (index, ordinal) in ordinals.enumerated() { s.write(ordinal, at: index * 2) }
    return s.bytes
  }

  static func ordinals(_ slot: [UInt8]) -> [UInt16] {
    (0..<4).map { SlotBytes(slot).read($0 * 2, as: UInt16.self) }.filter { $0 != 0 }
  }

  static func reservedBytesAreZero(_ slot: [UInt8]) -> Bool { slot[8...63].allSatisfy { $0 == 0 } }
}
