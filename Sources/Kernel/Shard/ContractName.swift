/// A contract by its name: the key of the index, and of the archive.
public struct ContractName: Hashable, Sendable, BitwiseCopyable {
  public var tenant: UInt32
  public var contract: UInt128

  public init(tenant: UInt32, contract: UInt128) {
    self.tenant = tenant
    self.contract = contract
  }
}
