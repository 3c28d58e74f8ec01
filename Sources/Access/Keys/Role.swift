import Engine
import Kernel

/// What the holder of a key is to a contract, or to the platform. A key has one or several; together they decide
/// which operations it may send. Whether an actor really is a contract's payer is the kernel's question.
///
/// Raw values are part of the catalog and of the protocol.
public enum Role: String, Codable, CaseIterable, Sendable {
  // Persons: actor not 0.
  case payer
  case payee
  case approver
  case arbiter
  // The platform: actor 0.
  /// Holds, suspensions, and whether a payee's account is verified.
  case compliance
  /// Everything that actor 0 may do, but for pruning.
  case `operator`
  /// Bank events and deadlines.
  case system
  /// Everything in everybody's name: for a back end that is trusted with all of its tenants, the kernel decides alone.
  case platform
  // No operations at all.
  /// Reads and follows the log of its tenants, as every key may.
  case reader
  /// Manages keys and quotas. Moves no money: it may not be combined with other roles.
  case admin

  /// What a key with this role may send in the name of a person. Source: the actors of DOMAIN 4.1.
  var asPerson: OperationSet {
    switch self {
    case .payer:
      [
        .createContract, .setPolicy, .setApprover, .addMilestone, .offer, .accept, .consent, .deposit, .fund, .advance,
        .release, .hold, .dispute, .withdrawDispute, .resolve, .releaseRetention, .levy, .refund, .remit, .amend,
        .cancel,
        .reopen, .suspend, .complete, .closeContract,
      ]
    case .payee:
      [
        .createContract, .setPolicy, .addMilestone, .offer, .accept, .consent, .advance, .start, .submit,
        .withdrawSubmission, .release, .dispute, .withdrawDispute, .resolve, .releaseRetention, .refund, .amend,
        .cancel,
        .reopen, .suspend, .complete, .closeContract,
      ]
    case .approver: [.approve, .reject, .setApprover]
    case .arbiter: [.resolve, .suspend, .complete]
    case .platform: .all
    case .compliance, .operator, .system, .reader, .admin: []
    }
  }

  /// What a key with this role may send as actor 0.
  var asOperator: OperationSet {
    switch self {
    // What is pruned cannot be taken back, and the server does it by itself.
    case .operator: OperationSet.all.subtracting([.prune])
    case .platform: .all
    case .compliance: [.hold, .suspend, .verifyPayee]
    case .system:
      [
        .deposit, .payoutResult, .refundResult, .remit, .autoApprove, .escalate, .expire, .resolve, .releaseRetention,
        .refund,
      ]
    case .payer, .payee, .approver, .arbiter, .reader, .admin: []
    }
  }
}
