import Kernel
import Testing

@testable import Wire

/// The layouts that Protocol.md promises: size, stride, alignment and the offset of every field.
@Suite struct LayoutTests {
  private func expect<T>(
    _ type: T.Type, size: Int, alignment: Int, _ offsets: [(PartialKeyPath<T>, Int)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(MemoryLayout<T>.size == size, sourceLocation: sourceLocation)
    #expect(MemoryLayout<T>.stride == size, sourceLocation: sourceLocation)
    #expect(MemoryLayout<T>.alignment == alignment, sourceLocation: sourceLocation)
    for (field, offset) in offsets {
      #expect(MemoryLayout<T>.offset(of: field) == offset, "\(field)", sourceLocation: sourceLocation)
    }
  }

  @Test func operation() {
    expect(
      Operation.self, size: 64, alignment: 16,
      [
        (\.contract, 0), (\.id, 16), (\.amount, 32), (\.argument, 40), (\.tenant, 48), (\.actor, 52), (\.ordinal, 56),
        (\.code, 58), (\.flags, 59), (\.expectedVersion, 60),
      ])
    #expect(Operation.byteCount == 64)
    #expect(SubmitBody.flagsOffset == MemoryLayout<Operation>.offset(of: \.flags))
    let operation = Operation(.start, tenant: 1, contract: 1, id: 1, extended: true)
    #expect(operation.flags & SubmitBody.extensionFlag != 0)
  }

  @Test func operationResult() {
    expect(
      OperationResult.self, size: 16, alignment: 8,
      [(\.code, 0), (\.state, 1), (\.payoutAttempt, 2), (\.version, 4), (\.amount, 8)])
  }

  @Test func contractTerms() {
    expect(
      ContractTerms.self, size: 64, alignment: 8,
      [
        (\.retentionCap, 0), (\.arbiter, 8), (\.review, 12), (\.payBy, 16), (\.disputeWindow, 20), (\.arbitration, 24),
        (\.defectPeriod, 28), (\.grace, 32), (\.retentionBP, 36), (\.retentionFirstBP, 38), (\.advanceBP, 40),
        (\.advanceRecoveryBP, 42), (\.gstBP, 44), (\.tdsBP, 46), (\.gstTDSBP, 48), (\.cessBP, 50), (\.feeBP, 52),
        (\.ldCapBP, 54), (\.defaultSplitBP, 56), (\.holdDays, 58), (\.dormantDays, 59), (\.flags, 60), (\.reserved, 62),
      ])
  }

  @Test func approverPolicy() {
    expect(
      ApproverPolicy.self, size: 64, alignment: 8,
      [
        (\.band, 0), (\.autoMax, 32), (\.escalation, 40), (\.votes, 44), (\.reworkLimit, 48), (\.maxLevel, 49),
        (\.ordered, 50), (\.majority, 51),
      ])
  }

  @Test func smallExtensions() {
    expect(Predecessors.self, size: 64, alignment: 8, [(\.ordinals, 0)])
    expect(
      ReleaseLines.self, size: 64, alignment: 8,
      [
        (\.net, 0), (\.retention, 8), (\.tax, 16), (\.other, 24), (\.advance, 32), (\.fee, 40),
        (\.liquidatedDamages, 48),
      ])
  }

  @Test func totals() {
    expect(
      Totals.self, size: 112, alignment: 8,
      [
        (\.funded, 0), (\.unallocated, 8), (\.held, 16), (\.retained, 24), (\.payoutPending, 32), (\.refundPending, 40),
        (\.taxWithheld, 48), (\.otherWithheld, 56), (\.paidOut, 64), (\.returned, 72), (\.refunded, 80),
        (\.taxDeposited, 88), (\.otherPaid, 96), (\.fee, 104),
      ])
  }

  @Test func records() {
    expect(
      Wire.ContractRecord.self, size: 192, alignment: 16,
      [
        (\.contract, 0), (\.tenant, 16), (\.version, 20), (\.payer, 24), (\.payee, 28), (\.arbiter, 32),
        (\.milestoneCount, 36), (\.payoutAttempt, 40), (\.state, 42), (\.value, 48), (\.advanceOutstanding, 56),
        (\.buckets, 64), (\.reserved2, 176),
      ])
    expect(
      Wire.MilestoneRecord.self, size: 128, alignment: 16,
      [
        (\.contract, 0), (\.tenant, 16), (\.version, 20), (\.ordinal, 24), (\.payoutAttempt, 26), (\.state, 28),
        (\.amount, 32), (\.held, 40), (\.retained, 48), (\.certified, 56), (\.released, 64), (\.owed, 72),
        (\.pending, 80), (\.paid, 88), (\.refunded, 96), (\.due, 104), (\.reserved2, 112),
      ])
    expect(TotalsRecord.self, size: 128, alignment: 8, [(\.tenant, 0), (\.totals, 16)])
    expect(
      TimerRecord.self, size: 48, alignment: 16,
      [(\.contract, 0), (\.tenant, 16), (\.ordinal, 20), (\.kind, 22), (\.due, 24), (\.amount, 32)])
    expect(
      EventRecord.self, size: 128, alignment: 16,
      [
        (\.commit, 0), (\.stamp, 8), (\.sequence, 16), (\.index, 24), (\.shard, 28), (\.result, 32), (\.operation, 64),
      ])
  }

  @Test func limitsHoldEveryFrameOfTheLargestBatch() {
    let limits = Limits()
    #expect(Int(limits.frameByteCountMax) == FrameHeader.byteCount + Int(limits.operationCountMax) * 2 * 64)
    #expect(
      ReadReplyHead.byteCount + Int(limits.readItemCountMax) * Wire.ContractRecord.byteCount
        <= Int(limits.frameByteCountMax) - FrameHeader.byteCount)
  }

  /// Numbers that are on wires for ever. A failure here means that a number was changed: give the new thing a new one.
  @Test func numbersAreFrozen() {
    #expect(FrameKind.allCases.map(\.rawValue) == Array(1...16))
    #expect(
      ErrorReason.allCases.map(\.rawValue)
        == [Array(1...12), Array(20...28), Array(30...33), Array(40...45), Array(50...56)].flatMap { $0 })
    #expect(ReadQuery.allCases.map(\.rawValue) == Array(1...9))
    #expect(TimerKind.allCases.map(\.rawValue) == Array(1...8))
    #expect(ReadStatus.allCases.map(\.rawValue) == Array(0...3))
    #expect(AuthenticationMethod.allCases.map(\.rawValue) == Array(0...3))
    #expect(FrameHeader.magic.littleEndian == 0x5453_504D)
  }
}
