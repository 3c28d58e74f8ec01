import Formats
import Kernel

/// What a document does not say of an operation, because the path or the caller does.
struct OperationFrame {
  var tenant: UInt32
  var contract: UInt128
  var ordinal: UInt16
  /// For documents without an id.
  var id: UInt128
  /// For documents without an actor.
  var actor: UInt32
}

extension OperationForm {
  /// The operation that a document describes.
  ///
  /// - Parameters:
  ///   - members: of the document.
  ///   - passed: names that the caller has read already.
  /// - Throws: every fault that was found, by place.
  func operation(
    _ members: [JSONMember], passing passed: [String] = [], in frame: OperationFrame
  ) throws(MemberFaults) -> SlottedOperation {
    var reading = FormReading(form: self, frame: frame)
    for member in members where !passed.contains(member.name) { reading.take(member) }
    return try reading.finish()
  }
}

/// One document on its way to an operation.
private struct FormReading {
  let form: OperationForm
  private var operation: Operation
  private var slot: InlineArray<8, UInt64>?
  private var mode: OperationForm.Mode?
  /// Which of the form's members came, a bit each.
  private var seen: UInt32 = 0
  private var faults = MemberFaults()
  /// Members wait for the mode, which may stand behind them, where there is more than one.
  private var waiting: [JSONMember] = []

  init(form: OperationForm, frame: OperationFrame) {
    self.form = form
    operation = Operation(
      form.code, tenant: frame.tenant, contract: frame.contract, ordinal: frame.ordinal, id: frame.id,
      actor: frame.actor)
    if form.modeName.isEmpty { mode = form.modes[0] }
  }

  mutating func take(_ member: JSONMember) {
    switch member.name {
    case "id":
      guard case .string(let text) = member.value, let id = Identifier.id(text) else {
        return faults.add(member.name, "is no id: a string with a decimal number below 2^128 or a UUID, not 0")
      }
      operation.id = id
    case "actor":
      guard case .string(let text) = member.value, let actor = Identifier.decimal(text, UInt32.self) else {
        return faults.add(member.name, "is no person: a string with a decimal number below 2^32")
      }
      operation.actor = actor
    case "expected_version":
      guard case .integer(let version) = member.value, let version = UInt32(exactly: version) else {
        return faults.add(member.name, "is no version: an integer from 0 to 4294967295")
      }
      operation.expectedVersion = version
    case form.modeName where !form.modeName.isEmpty:
      guard case .string(let word) = member.value, let mode = form.modes.first(where: { $0.word == word }) else {
        return faults.add(member.name, "is none of \(form.modes.map(\.word).joined(separator: ", "))")
      }
      self.mode = mode
    default: if let mode, form.modeName.isEmpty { place(member, mode) } else { waiting.append(member) }
    }
  }

  mutating func finish() throws(MemberFaults) -> SlottedOperation {
    guard let mode else {
      // Without it nothing can be said of what was found but for the mode itself.
      if !faults.contains(form.modeName) { faults.add(form.modeName, "is missing") }
      throw faults
    }
    for member in waiting { place(member, mode) }
    for (index, member) in form.members.enumerated()
    where member.isRequired && member.modes.contains(mode.raw) && seen >> UInt32(index) & 1 == 0 {
      faults.add(member.name, "is missing")
    }
    if let wanted = form.slot, wanted.modes.contains(mode.raw), slot == nil {
      switch wanted.presence {
      case .required: if !faults.contains(wanted.name) { faults.add(wanted.name, "is missing") }
      case .optional: break
      case .defaulted: slot = wanted.defaults
      }
    }
    guard faults.isEmpty else { throw faults }
    operation.flags = mode.raw << 4 | (slot == nil ? 0 : 2)
    return SlottedOperation(operation: operation, slot: slot)
  }

  private mutating func place(_ member: JSONMember, _ mode: OperationForm.Mode) {
    if let wanted = form.slot, wanted.name == member.name, wanted.modes.contains(mode.raw) {
      return fill(wanted, member.value)
    }
    guard let index = form.members.firstIndex(where: { $0.name == member.name && $0.modes.contains(mode.raw) }) else {
      let place = mode.word.isEmpty ? form.word : "\(form.word) with \(form.modeName) \(mode.word)"
      return faults.add(member.name, "is no member of \(place)")
    }
    let known = form.members[index]
    seen |= 1 << UInt32(index)
    switch read(known, member.value) {
    case .failure(let fault): faults.add(member.name, fault.text)
    case .success(let value): store(value, at: known.place)
    }
  }

  private struct Fault: Error {
    var text: String
    init(_ text: String) { self.text = text }
  }

  private func read(_ member: OperationMember, _ value: JSONValue) -> Result<UInt64, Fault> {
    switch (member.kind, value) {
    case (.money, .integer(let sum)) where (0...OperationForm.amountMax).contains(sum): return .success(UInt64(sum))
    case (.money, _):
      return .failure(Fault("is no sum: an integer of minor units from 0 to \(OperationForm.amountMax)"))
    case (.instant, .string(let text)):
      guard let instant = Instants.read(text) else { fallthrough }
      return .success(UInt64(bitPattern: instant))
    case (.instant, _): return .failure(Fault("is no instant, as 2026-04-01T09:30:00.000Z"))
    case (.person, .string(let text)):
      guard let person = Identifier.decimal(text, UInt32.self) else { fallthrough }
      return .success(UInt64(person))
    case (.person, _): return .failure(Fault("is no person: a string with a decimal number below 2^32"))
    case (.digest, .string(let text)):
      guard let number = Digest.number(of: text) else { fallthrough }
      return .success(number)
    case (.digest, _):
      return .failure(Fault("is no text of 1 to \(Digest.byteCountMax) bytes, nor # and a number below 2^64"))
    case (.number(let max), .integer(let number)) where number >= 0 && UInt64(number) <= max:
      return .success(UInt64(number))
    case (.number(let max), _): return .failure(Fault("is no integer from 0 to \(max)"))
    }
  }

  private mutating func store(_ value: UInt64, at place: OperationMember.Place) {
    switch place {
    case .amount: operation.amount = Int64(bitPattern: value)
    case .argument: operation.argument = value
    case .argumentLow: operation.argument |= value
    case .argumentHigh, .argumentStep: operation.argument |= value << 32
    case .argumentLevel: operation.argument |= value << 40
    case .expectedVersion: operation.expectedVersion = UInt32(truncatingIfNeeded: value)
    }
  }

  // MARK: Extension

  private mutating func fill(_ wanted: OperationSlot, _ value: JSONValue) {
    var draft = OperationDraft()
    draft.words = wanted.defaults
    if wanted.layout == .predecessors {
      fill(&draft, wanted.fields[0], value, at: wanted.name)
    } else {
      guard case .object(let members) = value else { return faults.add(wanted.name, "is \(value.kind), not an object") }
      for member in members {
        guard let field = ExtensionField.byName[member.name], field.layout == wanted.layout else {
          faults.add([wanted.name, member.name], "is no member of \(wanted.name)")
          continue
        }
        fill(&draft, field, member.value, at: wanted.name, member.name)
      }
    }
    slot = draft.words
  }

  private mutating func fill(
    _ draft: inout OperationDraft, _ field: ExtensionField, _ value: JSONValue, at place: String...
  ) {
    do throws(FieldError) {
      switch value {
      case .bool(let isSet) where field.bit != nil: try draft.set(field, IntegerText(magnitude: isSet ? 1 : 0))
      case .integer(let number) where field.bit == nil && field.count == 1:
        try draft.set(field, IntegerText(isNegative: number < 0, magnitude: UInt128(number.magnitude)))
      case .array(let elements) where field.count > 1:
        guard elements.count <= field.count else {
          throw FieldError(field.name, "has more than \(field.count) elements")
        }
        // What is not named is none, not what stands there by default.
        for index in 0..<field.count {
          guard index < elements.count else {
            try draft.set(field, element: index, IntegerText(magnitude: 0))
            continue
          }
          guard case .integer(let number) = elements[index] else {
            throw FieldError(field.name, "has an element that is no integer")
          }
          try draft.set(
            field, element: index, IntegerText(isNegative: number < 0, magnitude: UInt128(number.magnitude)))
        }
      default:
        let expected = field.bit != nil ? "a boolean" : field.count > 1 ? "an array of integers" : "an integer"
        throw FieldError(field.name, "is \(value.kind), not \(expected)")
      }
    } catch {
      faults.add(place, error.reason)
    }
  }
}

extension OperationForm {
  /// Most minor units of an operation. Source: DOMAIN 4.3, `amount_overflow`.
  static let amountMax: Int64 = 1_000_000_000_000_000
}
