import Kernel
import Store

extension ArchiveKey {
  init(_ name: ContractName) { self.init(tenant: name.tenant, id: name.contract) }
}

extension ContractName {
  init(_ key: ArchiveKey) { self.init(tenant: key.tenant, contract: key.id) }
}

extension ArchivedContract {
  /// The contract of an archive's row.
  /// - Throws: `corrupt` when the row is none, or another one's.
  init(_ bytes: [UInt8], of name: ContractName) throws(EngineError) {
    // Bytes have no padding.
    guard let contract = unsafe ArchivedContract(bytes.span.bytes), contract.name == name else {
      throw .damagedRow(name)
    }
    self = contract
  }
}

extension ArchivedContract {
  /// The record at the front of a row block's bytes; see `RowBlock`.
  static func keyAtFront(of bytes: RawSpan) -> (key: ArchiveKey, byteCount: Int)? {
    front(of: bytes).map { (ArchiveKey($0.name), $0.byteCount) }
  }
}

extension EngineError {
  /// A row of the archive matches its checksum and is still not what was ever written.
  static func damagedRow(_ name: ContractName) -> EngineError {
    EngineError(.corrupt, "archive: the row of tenant \(name.tenant), contract \(name.contract) is no closed contract")
  }
}

extension ContractArchive {
  /// Visits archived contracts in key order, from `start` on, at most `countMax` of them.
  ///
  /// - Parameter visit: gets the row's name and what it holds, nil when it cannot be read as a contract; returns whether
  ///   to go on.
  /// - Returns: where to go on, nil at the end.
  /// - Throws: `corrupt` when a row does not match its checksum, `store`.
  func contracts(
    from start: ArchiveKey?, countMax: Int, _ visit: (ContractName, ArchivedContract?) -> Bool
  ) throws(EngineError) -> ArchiveKey? {
    do throws(StoreError) {
      return try scan(.contracts, from: start, rowCountMax: countMax) { key, record in
        let name = ContractName(key)
        let contract = ArchivedContract(record)
        return visit(name, contract?.name == name ? contract : nil) ? .next : .stop
      }
    } catch { throw EngineError(reading: error) }
  }

  /// Visits all archived contracts, in bounded reads and in no order that means anything.
  /// - Throws: `corrupt` when a row does not match its checksum, `store`.
  func allContracts(_ visit: (ContractName, ArchivedContract?) -> Void) throws(EngineError) {
    do throws(StoreError) {
      var next: UInt64? = 0
      while let block = next {
        next = try scanContractsByAge(from: block, front: ArchivedContract.keyAtFront) { key, record in
          let name = ContractName(key)
          let contract = ArchivedContract(record)
          visit(name, contract?.name == name ? contract : nil)
        }
      }
    } catch { throw EngineError(reading: error) }
  }
}
