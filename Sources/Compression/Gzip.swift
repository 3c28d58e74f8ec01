import CZlib

/// Bytes in gzip (RFC 1952), by zlib: one member, made and read in one piece.
package enum Gzip {
  package enum Fault: Error, Sendable {
    /// It is no gzip, is cut off, has a wrong checksum, or something behind it.
    case broken
    case tooLarge
  }

  /// Of 1 to 9: text is some percent longer than with the default of 6, in a third of the time.
  private static let level: Int32 = 3

  /// - Returns: nil when there is no memory for it.
  /// - Precondition: below 1 GiB.
  package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    precondition(bytes.count < 1 << 30, "what is compressed is in memory, and small")
    let room = milepost_gzip_bound(bytes.count)
    let compressed = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
      // Both are this call's own, and have the sizes that are said.
      count = unsafe bytes.withUnsafeBufferPointer { input in
        unsafe milepost_gzip(input.baseAddress, input.count, output.baseAddress, room, level)
      }
    }
    return compressed.isEmpty ? nil : compressed
  }

  /// The bytes that were compressed; no more than `byteCountMax` of them are made, whatever is said in front.
  ///
  /// - Throws: `broken`, `tooLarge`.
  /// - Precondition: both below 1 GiB.
  package static func inflated(_ bytes: [UInt8], byteCountMax: Int) throws(Fault) -> [UInt8] {
    precondition(bytes.count < 1 << 30 && 0..<1 << 30 ~= byteCountMax, "what is inflated is in memory, and small")
    var outcome: Int32 = 2
    // Memory that is not written to costs nothing. One byte more, to tell what fits from what does not.
    let room = byteCountMax + 1
    let inflated = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
      // As above.
      outcome = unsafe bytes.withUnsafeBufferPointer { input in
        unsafe milepost_gunzip(input.baseAddress, input.count, output.baseAddress, room, &count)
      }
    }
    guard outcome != 2 else { throw .broken }
    guard outcome == 0, inflated.count <= byteCountMax else { throw .tooLarge }
    return inflated
  }
}
