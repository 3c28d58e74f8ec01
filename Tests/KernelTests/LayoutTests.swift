import Kernel
import Testing

/// Slots and answers have the sizes the protocol promises, and fields lie where it says.
@Suite struct LayoutTests {
  @Test func slotsAreOneCacheLine() {
    #expect(MemoryLayout<Operation>.size == 64)
    #expect(MemoryLayout<Operation>.stride == 64)
    #expect(MemoryLayout<ContractTerms>.size == 64)
    #expect(MemoryLayout<ApproverPolicy>.size == 64)
    #expect(MemoryLayout<Predecessors>.size == 64)
    #expect(MemoryLayout<ReleaseLines>.size == 64)
    #expect(MemoryLayout<OperationResult>.size == 16)
    #expect(MemoryLayout<OperationResult>.stride == 16)
    #expect(Operation.byteCount == 64)
    #expect(OperationResult.byteCount == 16)
  }

  @Test func operationFieldsLieWhereThePageSays() {
    let operation = Operation(
      .release, mode: 5, tenant: 0x0403_0201, contract: 7, ordinal: 0x0201, id: 9, actor: 0x0807_0605,
      amount: 0x0102, argument: 0x0A, expectedVersion: 0x0C, linked: true, extended: true)
    let bytes = withUnsafeBytes(of: operation) { Array($0) }
    #expect(bytes[0] == 7)
    #expect(bytes[16] == 9)
    #expect(Array(bytes[32..<34]) == [2, 1])
    #expect(bytes[40] == 10)
    #expect(Array(bytes[48..<60]) == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 19, 0x53])
    #expect(bytes[60] == 12)
  }

  @Test func resultFieldsLieWhereThePageSays() {
    let result = OperationResult(code: .fundsHeld, state: 2, payoutAttempt: 0x0403, version: 5, amount: 6)
    let bytes = withUnsafeBytes(of: result) { Array($0) }
    #expect(bytes == [113, 2, 3, 4, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
  }

  /// The model writes terms by documented offset; the kernel's struct must read the same.
  @Test func extensionFieldsLieWhereThePageSays() {
    var terms = Terms()
    (terms.retentionCap, terms.arbiter, terms.review, terms.grace) = (1, 2, 3, 8)
    (terms.payBy, terms.disputeWindow, terms.arbitration, terms.defectPeriod) = (4, 5, 6, 7)
    (terms.retention, terms.retentionFirst, terms.advance, terms.advanceRecovery, terms.gst) = (11, 12, 13, 14, 15)
    (terms.tds, terms.gstTDS, terms.cess, terms.fee, terms.damagesCap, terms.defaultSplit) = (16, 17, 18, 19, 20, 21)
    (terms.holdDays, terms.dormantDays, terms.autoApprove, terms.escalateDispute) = (22, 23, true, true)
    let t = terms.slot.withUnsafeBytes { $0.loadUnaligned(as: ContractTerms.self) }
    #expect(t.retentionCap == 1 && t.arbiter == 2 && t.review == 3 && t.payBy == 4 && t.disputeWindow == 5)
    #expect(t.arbitration == 6 && t.defectPeriod == 7 && t.grace == 8)
    #expect(t.retentionBP == 11 && t.retentionFirstBP == 12 && t.advanceBP == 13 && t.advanceRecoveryBP == 14)
    #expect(t.gstBP == 15 && t.tdsBP == 16 && t.gstTDSBP == 17 && t.cessBP == 18 && t.feeBP == 19)
    #expect(t.ldCapBP == 20 && t.defaultSplitBP == 21 && t.holdDays == 22 && t.dormantDays == 23)
    #expect(t.flags == [.autoApprove, .escalateDispute] && t.reserved == 0)

    var policy = Policy()
    policy.band = [0, 1, 2, 3]
    (policy.autoMax, policy.escalation, policy.votes) = (4, 5, [6, 7, 8, 9])
    (policy.reworkLimit, policy.maxLevel, policy.ordered, policy.majority) = (10, 11, 1, 0)
    let p = policy.slot.withUnsafeBytes { $0.loadUnaligned(as: ApproverPolicy.self) }
    #expect(p.band == (0, 1, 2, 3) && p.autoMax == 4 && p.escalation == 5 && p.votes == (6, 7, 8, 9))
    #expect(p.reworkLimit == 10 && p.maxLevel == 11 && p.ordered == 1 && p.majority == 0)

    var lines = Lines()
    (lines.net, lines.retention, lines.tax, lines.other, lines.advance) = (1, 2, 3, 4, 5)
    (lines.fee, lines.damages) = (6, 7)
    let l = lines.slot.withUnsafeBytes { $0.loadUnaligned(as: ReleaseLines.self) }
    #expect(l.net == 1 && l.retention == 2 && l.tax == 3 && l.other == 4 && l.advance == 5 && l.fee == 6)
    #expect(l.liquidatedDamages == 7)
    let ordinals = PredecessorSlot.slot([3, 4]).withUnsafeBytes { $0.loadUnaligned(as: Predecessors.self) }
    #expect(ordinals.ordinals == (3, 4, 0, 0))
  }

  /// Numbers that others have stored. Source: DOMAIN 4.3, 4.5.
  @Test func numbersAreStable() {
    #expect(ContractState.allCases.map(\.rawValue) == Array(1...8))
    #expect(MilestoneState.allCases.map(\.rawValue) == Array(1...12))
    #expect(OperationCode.allCases.map(\.rawValue) == Array(1...37))
    let codes: [UInt8] =
      Array(0...4) + Array(10...17) + Array(20...29) + Array(30...32) + Array(40...46) + Array(50...56)
      + Array(60...62) + Array(70...93) + Array(100...115)
    #expect(ResultCode.allCases.map(\.rawValue) == codes)
    #expect(OperationCode.allCases.allSatisfy { OperationCode(name: $0.name) == $0 })
    #expect(OperationCode(name: "") == nil)
  }
}
