import Kernel
import Testing

@testable import Engine

@Suite("What an authority lets through")
struct AuthorityTests {
  private func operation(
    _ code: OperationCode, tenant: UInt32 = 1, actor: UInt32 = 10, amount: Int64 = 0
  ) -> Operation {
    Operation(code, tenant: tenant, contract: 1, id: 1, actor: actor, amount: amount)
  }

  @Test("sums are compared where an operation has one")
  func sums() {
    var authority = Authority(scope: .one(1), asPerson: .all, asOperator: [.hold])
    authority.amountMax = 100
    #expect(authority.refusal(of: operation(.release, amount: 100)) == nil)
    #expect(authority.refusal(of: operation(.release, amount: 101)) == .notAuthorised)
    #expect(authority.refusal(of: operation(.createContract, amount: 101)) == .notAuthorised)
    // Their amounts are instants.
    #expect(authority.refusal(of: operation(.hold, amount: 1_800_000_000_000)) == nil)
    #expect(authority.refusal(of: operation(.setApprover, amount: 1_800_000_000_000)) == nil)
    // The tenant is looked at first, so that another one tells nothing.
    #expect(authority.refusal(of: operation(.release, tenant: 2, amount: 101)) == .tenantMismatch)
    #expect(authority.refusal(of: operation(.hold, actor: 0)) == nil)
    #expect(authority.refusal(of: operation(.release, actor: 0)) == .notAuthorised)
  }

  @Test("a resolution counts with both shares, and one by default has any sum")
  func resolutions() {
    var authority = Authority(scope: .all, asPerson: [.resolve, .consent], asOperator: [])
    authority.amountMax = 100
    authority.stepUp = [.resolve, .consent]
    authority.stepUpAbove = 50
    func resolve(_ code: OperationCode, _ mode: UInt8, _ amount: Int64, _ argument: UInt64) -> ResultCode? {
      authority.refusal(
        of: Operation(
          code, mode: mode, tenant: 1, contract: 1, id: 1, actor: 10, amount: amount, argument: argument))
    }
    #expect(resolve(.resolve, 0, 20, 30) == nil)
    #expect(resolve(.resolve, 0, 0, 51) == .mfaRequired)
    #expect(resolve(.resolve, 1, 1, 100) == .notAuthorised)
    #expect(resolve(.resolve, 1, 1, .max) == .notAuthorised)
    #expect(resolve(.resolve, 2, 0, 0) == .notAuthorised)
    #expect(resolve(.consent, 5, 0, 101) == .notAuthorised)
    // A due date is no share.
    #expect(resolve(.consent, 0, 10, 1_800_000_000_000) == nil)
    authority.amountMax = .max
    #expect(resolve(.resolve, 2, 0, 0) == .mfaRequired)
  }

  @Test("what needs a second factor needs it over a sum, or always when it has none")
  func stepUp() {
    var authority = Authority(scope: .all, asPerson: [.release, .cancel, .fund], asOperator: [])
    authority.stepUp = [.release, .cancel, .refund]
    authority.stepUpAbove = 100
    #expect(authority.refusal(of: operation(.release, amount: 100)) == nil)
    #expect(authority.refusal(of: operation(.release, amount: 101)) == .mfaRequired)
    #expect(authority.refusal(of: operation(.cancel)) == .mfaRequired)
    #expect(authority.refusal(of: operation(.fund, amount: 101)) == nil)
    // What it may not do at all is not asked a factor for.
    #expect(authority.refusal(of: operation(.refund, amount: 101)) == .notAuthorised)
    var unknown = operation(.release)
    unknown.code = 200
    #expect(authority.refusal(of: unknown) == nil)
    #expect(!authority.isFull)
    authority.stepUp = []
    #expect(authority.refusal(of: operation(.cancel)) == nil)
  }
}
