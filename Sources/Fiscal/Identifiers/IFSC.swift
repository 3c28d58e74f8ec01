/// Indian financial system code of a branch: bank 4 letters, `0`, branch 6 letters or digits.
public struct IFSC: Identifier {
  /// The code as a number that sorts as the text does: bank in base 26, branch in base 36.
  let packed: UInt64
  public let text: String

  /// - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 11)
    try bytes.match("AAAA0******")
    packed = Self.pack(bytes.bytes)
    self.text = bytes.text()
  }

  /// - Throws: as `init(_:)`; `part(.bank)` when the table knows no such bank, `notListed` when it has no such branch.
  public init(_ text: String, in table: BranchTable) throws(IdentifierFault) {
    try self.init(text)
    guard !table.contains(self) else { return }
    throw table.containsBank(of: self) ? .notListed : .part(.bank)
  }

  public var bank: Substring { text.prefix(4) }
  public var branch: Substring { text.suffix(6) }

  private static func pack(_ bytes: [UInt8]) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<11 where index != 4 {
      let byte = UInt64(bytes[index])
      if index < 4 {
        value = value * 26 + (byte - 0x41)
      } else {
        value = value * 36 + (byte < 0x41 ? byte - 0x30 : byte - 0x41 + 10)
      }
    }
    // Below 26^4 x 36^6, that is 2^50.
    return value
  }
}

/// A list of branches, eight bytes each; a look-up is a binary search.
public struct BranchTable: Sendable {
  private let packed: [UInt64]
  /// 36^6.
  private static let branchCount: UInt64 = 2_176_782_336

  public init(_ branches: some Sequence<IFSC>) {
    var packed = branches.map(\.packed)
    packed.sort()
    self.packed = packed
  }

  public var count: Int { packed.count }

  public func contains(_ code: IFSC) -> Bool {
    let index = firstIndex(notBelow: code.packed)
    return index < packed.count && packed[index] == code.packed
  }

  /// Whether there is any branch of the bank.
  public func containsBank(of code: IFSC) -> Bool {
    let bank = code.packed / Self.branchCount
    let index = firstIndex(notBelow: bank * Self.branchCount)
    return index < packed.count && packed[index] / Self.branchCount == bank
  }

  private func firstIndex(notBelow value: UInt64) -> Int {
    var (low, high) = (0, packed.count)
    while low < high {
      let middle = (low + high) / 2
      if packed[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
