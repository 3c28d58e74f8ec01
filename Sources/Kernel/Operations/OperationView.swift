/// An operation where it lies in its frame: one word, and a load for each field that is asked for.
///
/// A rule looks at a few fields of an operation. Passed by value its 64 bytes would be taken apart into ten arguments
/// at every call, a third of all instructions. Valid as long as the frame, that is during `Shard.apply`; must not be
/// kept.
@safe
struct OperationView: BitwiseCopyable {
  private let slot: UnsafeRawPointer

  /// - Parameter slot: a whole slot, and the extension behind it when the flags announce one; at least 8-byte aligned.
  @inline(__always)
  init(_ slot: UnsafeRawPointer) { unsafe self.slot = slot }

  /// Where the fields lie: see `Operation`.
  private enum Offset {
    static let contract = 0
    static let id = 16
    static let amount = 32
    static let argument = 40
    static let tenant = 48
    static let actor = 52
    static let ordinal = 56
    static let code = 58
    static let flags = 59
    static let expectedVersion = 60
  }

  // All loads lie inside the slot.

  @inline(__always) var contract: UInt128 {
    unsafe slot.loadUnaligned(fromByteOffset: Offset.contract, as: UInt128.self)
  }
  @inline(__always) var id: UInt128 { unsafe slot.loadUnaligned(fromByteOffset: Offset.id, as: UInt128.self) }
  @inline(__always) var amount: Int64 { unsafe slot.loadUnaligned(fromByteOffset: Offset.amount, as: Int64.self) }
  @inline(__always) var argument: UInt64 { unsafe slot.loadUnaligned(fromByteOffset: Offset.argument, as: UInt64.self) }
  @inline(__always) var tenant: UInt32 { unsafe slot.loadUnaligned(fromByteOffset: Offset.tenant, as: UInt32.self) }
  @inline(__always) var actor: UInt32 { unsafe slot.loadUnaligned(fromByteOffset: Offset.actor, as: UInt32.self) }
  @inline(__always) var ordinal: UInt16 { unsafe slot.loadUnaligned(fromByteOffset: Offset.ordinal, as: UInt16.self) }
  @inline(__always) var code: UInt8 { unsafe slot.load(fromByteOffset: Offset.code, as: UInt8.self) }
  @inline(__always) var flags: UInt8 { unsafe slot.load(fromByteOffset: Offset.flags, as: UInt8.self) }
  @inline(__always)
  var expectedVersion: UInt32 { unsafe slot.loadUnaligned(fromByteOffset: Offset.expectedVersion, as: UInt32.self) }

  @inline(__always) var mode: UInt8 { flags >> 4 }
  @inline(__always) var isLinked: Bool { flags & 1 != 0 }
  @inline(__always) var hasExtension: Bool { flags & 2 != 0 }

  /// All zero, for steps that only ask for deadlines.
  nonisolated(unsafe) static let none = {
    // Made once, never freed: a slot and an extension.
    let byteCount = 2 * Operation.byteCount
    let zeros = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: Operation.byteCount)
    unsafe zeros.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return unsafe OperationView(zeros)
  }()

  /// See `Operation.isTimer`.
  @inline(__always)
  var isTimer: Bool {
    actor == 0 && (unsafe slot.loadUnaligned(fromByteOffset: Offset.id + 8, as: UInt64.self)) == .max
  }

  /// The extension behind an operation that announces one.
  /// - Precondition: `hasExtension`, and `Extension` is 64 bytes.
  @inline(__always)
  func loadExtension<Extension: BitwiseCopyable>(as: Extension.Type) -> Extension {
    unsafe (slot + Operation.byteCount).loadUnaligned(as: Extension.self)
  }
}
