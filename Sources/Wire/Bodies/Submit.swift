public import Kernel

/// The body of `submit`: 64-byte slots, each operation followed by its extension where its flags announce one.
public enum SubmitBody {
  /// How many operations `slots` holds, or nil when the last one announces an extension that is not there.
  ///
  /// - Precondition: a multiple of 64 bytes.
  /// - Complexity: O(operations), one byte read for each.
  public static func operationCount(_ slots: RawSpan) -> Int? {
    precondition(slots.byteCount % Operation.byteCount == 0, "slots have 64 bytes")
    var offset = 0
    var count = 0
    func flags(_ index: Int) -> UInt8 {
      slots.load(at: offset + index * Operation.byteCount + flagsOffset, as: UInt8.self)
    }
    while offset < slots.byteCount {
      // Few operations have an extension: of four that have none, none waits for where the one before it ends.
      if offset + 4 * Operation.byteCount <= slots.byteCount,
        (flags(0) | flags(1) | flags(2) | flags(3)) & extensionFlag == 0
      {
        offset += 4 * Operation.byteCount
        count += 4
        continue
      }
      offset += flags(0) & extensionFlag == 0 ? Operation.byteCount : 2 * Operation.byteCount
      count += 1
    }
    return offset == slots.byteCount ? count : nil
  }

  /// How many operations of `slots` name each tenant.
  ///
  /// - Precondition: `check` has passed.
  public static func operationsByTenant(_ slots: RawSpan) -> [UInt32: Int] {
    var counts: [UInt32: Int] = [:]
    var run: (tenant: UInt32, count: Int) = (0, 0)
    var offset = 0
    while offset < slots.byteCount {
      let tenant = slots.load(at: offset + tenantOffset, as: UInt32.self)
      let flags = slots.load(at: offset + flagsOffset, as: UInt8.self)
      // Neighbours often have the same tenant.
      if tenant != run.tenant {
        if run.count > 0 { counts[run.tenant, default: 0] += run.count }
        run = (tenant, 0)
      }
      run.count += 1
      offset += flags & extensionFlag == 0 ? Operation.byteCount : 2 * Operation.byteCount
    }
    if run.count > 0 { counts[run.tenant, default: 0] += run.count }
    return counts
  }

  /// Checks that `slots` holds exactly the operations that the header counts.
  ///
  /// - Throws: `missingExtension`, `countMismatch`.
  public static func check(_ slots: RawSpan, header: FrameHeader) throws(FrameError) {
    guard let count = operationCount(slots) else {
      throw FrameError(.missingExtension, place: FrameHeader.byteCount + slots.byteCount, value: 0)
    }
    guard count == Int(header.count) else {
      throw FrameError(.countMismatch, place: FrameHeader.Offset.count, value: UInt64(header.count))
    }
  }

  static let flagsOffset = 59
  static let extensionFlag: UInt8 = 2
  static let tenantOffset = 48
}

/// The body of `result`: one 16-byte `OperationResult` for each operation, in the order of the submit.
public enum ResultBody {
  /// The result at `index`.
  ///
  /// - Precondition: `index` counts from 0 and is below the frame's count.
  @inlinable
  public static func result(_ body: RawSpan, at index: Int) -> OperationResult {
    // Every bit pattern is a result; the span checks its bounds.
    unsafe body.unsafeLoadUnaligned(fromByteOffset: index * 16, as: OperationResult.self)
  }

  /// All results, in an array.
  public static func results(_ body: RawSpan) -> [OperationResult] {
    var results: [OperationResult] = []
    results.reserveCapacity(body.byteCount / OperationResult.byteCount)
    for index in 0..<body.byteCount / OperationResult.byteCount { results.append(result(body, at: index)) }
    return results
  }
}
