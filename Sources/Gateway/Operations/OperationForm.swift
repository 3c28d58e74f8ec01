import Formats
import Kernel

/// How an operation looks as a document, and where it is reached: the one table that requests, events and descriptions are made of.
///
/// Source: the table of operations of the protocol's page. One object each, made once: operations of a batch refer to it.
final class OperationForm: Sendable {
  /// What an operation may name.
  enum Subject: Sendable { case contract, milestone, either }

  /// A mode of the operation, by the word that stands for it.
  final class Mode: Sendable {
    let raw: UInt8
    let word: String
    /// In an event: what has happened.
    let event: String
    /// The same as a type of CloudEvents.
    let eventType: String

    init(raw: UInt8, word: String, event: String) {
      self.raw = raw
      self.word = word
      self.event = event
      eventType = CloudEvent.type(named: event)
    }
  }

  /// A set of raw modes, 0 to 15.
  struct ModeSet: Sendable, ExpressibleByArrayLiteral {
    private let bits: UInt16

    static let all = ModeSet(0..<16)

    init(arrayLiteral modes: UInt8...) { self.init(modes) }

    init(_ modes: some Sequence<UInt8>) { bits = modes.reduce(0) { $0 | 1 << UInt16($1) } }

    func contains(_ mode: UInt8) -> Bool { bits >> UInt16(mode) & 1 != 0 }
  }

  let code: OperationCode
  /// Name of the operation as a document says it, for example `fund`.
  let word: String
  let subject: Subject
  /// Last part of the path, below the contract or the milestone.
  let path: String
  let summary: String
  /// What the modes choose, for example `outcome`; empty when there is only one mode.
  let modeName: String
  let modes: [Mode]
  let members: [OperationMember]
  let slot: OperationSlot?

  init(
    _ code: OperationCode, on subject: Subject, path: String, summary: String, modeName: String, modes: [Mode],
    members: [OperationMember], slot: OperationSlot?
  ) {
    self.code = code
    word = code.name.lowercased()
    self.subject = subject
    self.path = path
    self.summary = summary
    self.modeName = modeName
    self.modes = modes
    self.members = members
    self.slot = slot
  }

  /// The mode of an operation; nil when there is no such mode.
  func mode(_ raw: UInt8) -> Mode? { modes.first { $0.raw == raw } }
}

/// A value of an operation.
final class OperationMember: Sendable {
  enum Kind: Sendable {
    /// Minor units, 0...10^15.
    case money
    case instant
    case person
    /// A text that the kernel knows by its digest.
    case digest
    case number(max: UInt64)
  }
  enum Place: Sendable {
    case amount, argument, argumentLow, argumentHigh
    /// Bits 32-39 and 40-47 of the argument.
    case argumentStep, argumentLevel
    case expectedVersion
  }
  let name: String
  let kind: Kind
  let place: Place
  /// Modes that have it.
  let modes: OperationForm.ModeSet
  let isRequired: Bool
  let summary: String

  init(
    name: String, kind: Kind, place: Place, modes: OperationForm.ModeSet, isRequired: Bool, summary: String
  ) {
    self.name = name
    self.kind = kind
    self.place = place
    self.modes = modes
    self.isRequired = isRequired
    self.summary = summary
  }
}

/// The extension of an operation, an object of its own.
final class OperationSlot: Sendable {
  enum Presence: Sendable {
    case required, optional
    /// Always sent to the kernel; a document may leave it out and gets the defaults.
    case defaulted
  }
  let name: String
  let layout: ExtensionField.Layout
  /// Its fields, in slot order.
  let fields: [ExtensionField]
  /// Modes that have it.
  let modes: OperationForm.ModeSet
  let presence: Presence
  let summary: String
  /// What is not said.
  let defaults: InlineArray<8, UInt64>

  init<Defaults: BitwiseCopyable>(
    _ name: String, _ layout: ExtensionField.Layout, _ presence: Presence, modes: OperationForm.ModeSet = [0],
    defaults: Defaults, _ summary: String
  ) {
    self.name = name
    self.layout = layout
    fields = ExtensionField.all.filter { $0.layout == layout }
    self.modes = modes
    self.presence = presence
    self.summary = summary
    precondition(MemoryLayout<Defaults>.size == Operation.byteCount, "extensions are 64 bytes")
    // Both are 64 bytes without padding.
    self.defaults = unsafe withUnsafeBytes(of: defaults) { unsafe $0.loadUnaligned(as: InlineArray<8, UInt64>.self) }
  }
}

/// An operation with its extension, if it has one.
struct SlottedOperation: Sendable {
  var operation: Operation
  var slot: InlineArray<8, UInt64>?
}
