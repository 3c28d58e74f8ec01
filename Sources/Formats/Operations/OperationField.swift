internal import Kernel

/// The fields of an operation as text formats name them. The order is that of the columns we write.
package enum OperationField: String, CaseIterable {
  case op, id, tenant, contract
  /// Milestone ordinal.
  case m
  case actor, amount, arg, mode
  /// Expected version.
  case ver
  case linked
  /// CSV: 1 for an extension, also when all of its fields are zero. JSON: the object of extension fields.
  case ext
  /// Milliseconds since 1970 UTC; not part of the operation.
  case stamp
}

/// One field of an extension slot: where it lies and how wide it is. Layouts: `ContractTerms`, `ApproverPolicy`,
/// `Predecessors`, `ReleaseLines`.
///
/// An object: they are made once, and walked through for every operation that is written.
package final class ExtensionField: Sendable {
  package enum Layout: UInt8 { case terms, policy, predecessors, lines }

  package let name: String
  package let layout: Layout
  package let byteOffset: Int
  package let bitCount: Int
  package let isSigned: Bool
  /// Elements, one behind the other.
  package let count: Int
  /// A single bit of the field, written as 0 or 1.
  package let bit: Int?

  private init(
    name: String, layout: Layout, byteOffset: Int, bitCount: Int, isSigned: Bool = false, count: Int = 1,
    bit: Int? = nil
  ) {
    self.name = name
    self.layout = layout
    self.byteOffset = byteOffset
    self.bitCount = bitCount
    self.isSigned = isSigned
    self.count = count
    self.bit = bit
  }

  /// The extension that an operation takes; nil when it takes none.
  package static func layout(of code: UInt8) -> Layout? {
    switch OperationCode(rawValue: code) {
    case .createContract: .terms
    case .setPolicy: .policy
    case .addMilestone: .predecessors
    case .release: .lines
    default: nil
    }
  }

  /// Every field of every extension, in slot order.
  package static let all: [ExtensionField] = {
    var fields: [ExtensionField] = [
      ExtensionField(name: "retention_cap", layout: .terms, byteOffset: 0, bitCount: 64, isSigned: true)
    ]
    let spans = ["arbiter", "review_s", "pay_by_s", "dispute_window_s", "arbitration_s", "dlp_s", "grace_s"]
    for (index, name) in spans.enumerated() {
      fields.append(ExtensionField(name: name, layout: .terms, byteOffset: 8 + 4 * index, bitCount: 32))
    }
    let points = [
      "retention_bp", "retention_first_bp", "advance_bp", "advance_recovery_bp", "gst_bp", "tds_bp", "gst_tds_bp",
      "cess_bp",
      "fee_bp", "ld_cap_bp", "default_split_bp",
    ]
    for (index, name) in points.enumerated() {
      fields.append(ExtensionField(name: name, layout: .terms, byteOffset: 36 + 2 * index, bitCount: 16))
    }
    fields.append(ExtensionField(name: "hold_days", layout: .terms, byteOffset: 58, bitCount: 8))
    fields.append(ExtensionField(name: "dormant_days", layout: .terms, byteOffset: 59, bitCount: 8))
    let flags = [
      "auto_approve", "unfunded_start", "evidence", "expire", "expire_refund", "guarantee", "whole_units",
      "escalate_dispute",
    ]
    for (index, name) in flags.enumerated() {
      fields.append(ExtensionField(name: name, layout: .terms, byteOffset: 60, bitCount: 16, bit: index))
    }

    fields.append(ExtensionField(name: "band", layout: .policy, byteOffset: 0, bitCount: 64, isSigned: true, count: 4))
    fields.append(ExtensionField(name: "auto_max", layout: .policy, byteOffset: 32, bitCount: 64, isSigned: true))
    fields.append(ExtensionField(name: "escalation_s", layout: .policy, byteOffset: 40, bitCount: 32))
    fields.append(ExtensionField(name: "k", layout: .policy, byteOffset: 44, bitCount: 8, count: 4))
    for (index, name) in ["rework_limit", "max_level", "ordered", "majority"].enumerated() {
      fields.append(ExtensionField(name: name, layout: .policy, byteOffset: 48 + index, bitCount: 8))
    }

    fields.append(ExtensionField(name: "preds", layout: .predecessors, byteOffset: 0, bitCount: 16, count: 4))

    for (index, name) in ["net", "retention", "tax", "other", "advance", "fee", "ld"].enumerated() {
      fields.append(ExtensionField(name: name, layout: .lines, byteOffset: 8 * index, bitCount: 64, isSigned: true))
    }
    return fields
  }()

  package static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The value of element `index` in a slot's words; sign-extended when signed.
  package func value(_ index: Int, in words: InlineArray<8, UInt64>) -> Int64 {
    let position = byteOffset * 8 + index * bitCount
    let word = words[position / 64] >> UInt64(position % 64)
    if let bit { return Int64(word >> UInt64(bit) & 1) }
    guard bitCount < 64 else { return Int64(bitPattern: word) }
    return Int64(word & (1 << UInt64(bitCount) - 1))
  }
}
