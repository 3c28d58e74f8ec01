import Formats
import Testing

@testable import Gateway
@testable import Kernel

@Suite("Forms of operations")
struct OperationFormTests {
  @Test("every operation of the kernel has a form, with just its modes")
  func isComplete() {
    #expect(Set(OperationForm.all.map(\.code)) == Set(OperationCode.allCases))
    #expect(OperationForm.all.count == OperationCode.allCases.count)
    let table = Format.makeTable()
    for code in OperationCode.allCases {
      let modes = (0..<16).filter { table[Int(code.rawValue) << 4 | $0].contains(.known) }
      let form = OperationForm.form(of: code.rawValue)
      #expect(form?.modes.map { Int($0.raw) } == modes, "\(code)")
    }
  }

  @Test("a form has exactly the fields that the kernel takes")
  func agreesWithTheKernel() {
    let table = Format.makeTable()
    for form in OperationForm.all {
      for mode in form.modes {
        let rule = table[Int(form.code.rawValue) << 4 | Int(mode.raw)]
        let places = form.members.filter { $0.modes.contains(mode.raw) }
        let usesAmount = places.contains { if case .amount = $0.place { true } else { false } }
        let usesArgument = places.contains {
          switch $0.place {
          case .argument, .argumentLow, .argumentHigh, .argumentStep, .argumentLevel: true
          case .amount, .expectedVersion: false
          }
        }
        let name = "\(form.code) \(mode.word)"
        #expect(!usesAmount || rule.contains(.amount), "\(name)")
        #expect(!usesArgument || rule.contains(.argument), "\(name)")
        // What a consent repeats, and a hold of the platform, are the only fields that the kernel takes and a mode lacks.
        if form.code != .consent, form.code != .hold {
          #expect(usesAmount == rule.contains(.amount), "\(name)")
          // A failed payout has no reference, though the kernel would take one.
          if form.code != .payoutResult || mode.raw != 1 {
            #expect(usesArgument == rule.contains(.argument), "\(name)")
          }
        }
        let hasSlot = form.slot?.modes.contains(mode.raw) ?? false
        #expect(hasSlot == !rule.isDisjoint(with: [.extensionRequired, .extensionAllowed]), "\(name)")
        #expect(rule.contains(.onContract) == (form.subject != .milestone) || form.subject == .either, "\(name)")
        #expect(rule.contains(.onMilestone) == (form.subject != .contract) || form.subject == .either, "\(name)")
      }
    }
  }

  @Test("what is written is read again, for every mode")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    for form in OperationForm.all {
      for mode in form.modes {
        for _ in 0..<20 {
          let original = sample(form, mode, &generator)
          var writer = JSONWriter()
          writer.object { form.write(original.operation, slot: original.slot, to: &$0) }
          guard case .object(let members) = try JSONValue(reading: writer.bytes.span) else {
            Issue.record("no object")
            continue
          }
          let frame = OperationFrame(
            tenant: original.operation.tenant, contract: original.operation.contract,
            ordinal: original.operation.ordinal, id: original.operation.id, actor: original.operation.actor)
          let read = try form.operation(members, in: frame)
          #expect(read.operation == original.operation, "\(form.code) \(mode.word): \(writer.text)")
          #expect(read.slot.map(words) == original.slot.map(words), "\(form.code) \(mode.word): \(writer.text)")
        }
      }
    }
  }

  private func words(_ slot: InlineArray<8, UInt64>) -> [UInt64] { (0..<8).map { slot[$0] } }

  /// Any operation of a form: not one that the kernel would accept.
  private func sample(
    _ form: OperationForm, _ mode: OperationForm.Mode, _ generator: inout SystemRandomNumberGenerator
  ) -> SlottedOperation {
    var operation = Operation(
      form.code, mode: mode.raw, tenant: 3, contract: 5, ordinal: 7, id: 11, actor: 13,
      expectedVersion: 0)
    for member in form.members where member.modes.contains(mode.raw) {
      let value: UInt64
      switch member.kind {
      case .money: value = UInt64.random(in: 0...1_000_000_000_000_000, using: &generator)
      case .instant: value = UInt64.random(in: 1..<(1 << 42), using: &generator)
      case .person: value = UInt64.random(in: 0..<(1 << 32), using: &generator)
      case .digest: value = UInt64.random(in: 1...UInt64.max, using: &generator)
      case .number(let max): value = UInt64.random(in: 0...max, using: &generator)
      }
      switch member.place {
      case .amount: operation.amount = Int64(value)
      case .argument: operation.argument = value
      case .argumentLow: operation.argument |= value
      case .argumentHigh, .argumentStep: operation.argument |= value << 32
      case .argumentLevel: operation.argument |= value << 40
      case .expectedVersion: operation.expectedVersion = UInt32(value)
      }
    }
    guard let slot = form.slot, slot.modes.contains(mode.raw) else { return SlottedOperation(operation: operation) }
    var words = InlineArray<8, UInt64>(repeating: 0)
    for field in slot.fields {
      for element in 0..<field.count {
        let width = field.bit == nil ? field.bitCount : 1
        let position = field.byteOffset * 8 + (field.bit ?? element * field.bitCount)
        let value = UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64(64 - width)
        words[position / 64] |= value << UInt64(position % 64)
      }
    }
    operation.flags |= 2
    return SlottedOperation(operation: operation, slot: words)
  }

  @Test("all faults of a document are told, each with its place")
  func faults() throws {
    let form = try #require(OperationForm.form(named: "release"))
    let text = Array(#"{"basis":"lines","amount":-1,"lines":{"net":"x","nett":1},"actor":5,"extra":null}"#.utf8)
    guard case .object(let members) = try JSONValue(reading: text.span) else { return }
    let frame = OperationFrame(tenant: 1, contract: 1, ordinal: 1, id: 1, actor: 0)
    #expect {
      try form.operation(members, in: frame)
    } throws: { error in
      (error as? MemberFaults)?.all.map(\.pointer) == ["/actor", "/amount", "/lines/net", "/lines/nett", "/extra"]
    }
  }

  @Test("types of events are unique for what happened, and stable")
  func eventTypes() {
    #expect(CloudEvent.types.contains("in.milepost.milestone.funded.v1"))
    #expect(CloudEvent.types.contains("in.milepost.operation.refused.v1"))
    #expect(Set(CloudEvent.types).count == CloudEvent.types.count)
  }
}
