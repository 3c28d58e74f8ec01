import Kernel
import Wire

/// What a statement is of.
enum LedgerSubject: Hashable, Sendable {
  case contract(tenant: UInt32, id: UInt128)
  /// All of a tenant's contracts in which a party has a role.
  case party(tenant: UInt32, id: UInt32, role: PartyRole)

  var tenant: UInt32 {
    switch self {
    case .contract(let tenant, _), .party(let tenant, _, _): tenant
    }
  }
}

/// How a party stands in a contract, where it is about money. An arbiter has none.
enum PartyRole: String, CaseIterable, Sendable {
  case payer, payee

  /// Who has the role in the contract that an operation creates. Source: CREATE_CONTRACT in the protocol's page.
  func party(in creation: Operation) -> UInt32 {
    UInt32(truncatingIfNeeded: self == .payer ? creation.argument : creation.argument >> 32)
  }
}

/// Which contracts a statement has.
struct ContractSelection: Sendable {
  private let subject: LedgerSubject
  /// Of a party, found so far. Parties never change after a contract was created.
  private var contracts: Set<UInt128> = []

  init(_ subject: LedgerSubject) { self.subject = subject }

  /// Whether an accepted operation of the tenant is of one of them; to be asked for each, in the order of the log.
  mutating func takes(_ operation: Operation) -> Bool {
    switch subject {
    case .contract(_, let id): return operation.contract == id
    case .party(_, let party, let role):
      if operation.code == OperationCode.createContract.rawValue, role.party(in: operation) == party {
        contracts.insert(operation.contract)
      }
      return contracts.contains(operation.contract)
    }
  }
}
