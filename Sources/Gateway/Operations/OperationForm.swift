import Formats
import Kernel

/// How an operation looks as a document, and where it is reached: the one table that requests, events and descriptions are made of.
///
/// Source: the table of operations of the protocol's page. One object each, made once: operations of a batch refer to it.
final class OperationForm: Sendable {
  /// What an operation may name.
  enum Subject: Sendable { case contract, milestone, either }

  /// A mode of the operation, by the word that stands for it.
  struct Mode: Sendable {
    var raw: UInt8
    var word: String
    /// In an event: what has happened.
    var event: String
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
struct OperationMember: Sendable {
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
  var name: String
  var kind: Kind
  var place: Place
  /// Raw modes that have it.
  var modes: Set<UInt8>
  var isRequired: Bool
  var summary: String
}

/// The extension of an operation, an object of its own.
struct OperationSlot: Sendable {
  enum Presence: Sendable {
    case required, optional
    /// Always sent to the kernel; a document may leave it out and gets the defaults.
    case defaulted
  }
  var name: String
  var layout: ExtensionField.Layout
  /// Modes that have it.
  var modes: Set<UInt8>
  var presence: Presence
  var summary: String
  /// What is not said.
  var defaults: InlineArray<8, UInt64>

  /// Its fields, in slot order.
  var fields: [ExtensionField] { ExtensionField.all.filter { $0.layout == layout } }

  init<Defaults: BitwiseCopyable>(
    _ name: String, _ layout: ExtensionField.Layout, _ presence: Presence, modes: Set<UInt8> = [0], defaults: Defaults,
    _ summary: String
  ) {
    self.name = name
    self.layout = layout
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
