/// The 64 bytes in front of every frame, little-endian, each field naturally aligned.
///
/// ```
///  0 magic 4 | 4 version 1 | 5 kind 1 | 6 flags 2 | 8 bodyByteCount 4 | 12 count 4
/// 16 session 16 | 32 trace 16 | 48 request 8 | 56 bodyChecksum 4 | 60 headerChecksum 4
/// ```
///
/// The header checksum is CRC-32C of bytes 0..<60, so it covers the body's, and the length can be trusted
/// before the body has come.
public struct FrameHeader: Sendable, Hashable {
  public var kind: FrameKind
  public var flags: FrameFlags
  /// Bytes behind the header.
  public var bodyByteCount: UInt32
  /// Operations, results, records, events or credit, by kind; else 0.
  public var count: UInt32
  /// The session of the connection; 0 in the hello that asks for a new one.
  public var session: UInt128
  /// The sender's trace id (a W3C trace id fits), echoed in the answer; 0 for none.
  public var trace: UInt128
  /// submit: 1, 2, 3, ... in the session. Elsewhere a number of the sender's choice, echoed in the answer.
  public var request: UInt64
  /// CRC-32C of the body; 0 for an empty one.
  public var bodyChecksum: UInt32

  public static let byteCount = 64
  /// The bytes "MPST".
  public static let magic: UInt32 = 0x5453_504D
  public static let version: UInt8 = 1

  /// A header for an empty body; `seal` gives it the body's length and checksum.
  public init(
    _ kind: FrameKind, flags: FrameFlags = [], count: UInt32 = 0, session: UInt128 = 0, trace: UInt128 = 0,
    request: UInt64 = 0
  ) {
    self.kind = kind
    self.flags = flags
    self.bodyByteCount = 0
    self.count = count
    self.session = session
    self.trace = trace
    self.request = request
    self.bodyChecksum = 0
  }

  /// Bytes of the whole frame.
  public var frameByteCount: Int { Self.byteCount + Int(bodyByteCount) }
}

extension FrameHeader {
  enum Offset {
    static let magic = 0
    static let version = 4
    static let kind = 5
    static let flags = 6
    static let bodyByteCount = 8
    static let count = 12
    static let session = 16
    static let trace = 32
    static let request = 48
    static let bodyChecksum = 56
    static let headerChecksum = 60
  }

  /// Reads and checks a header of which all or a part may have come.
  ///
  /// - Returns: nil when it is not complete.
  /// - Throws: as `init(decoding:limits:)`; a wrong magic at once, for who speaks another protocol may wait for an answer.
  public init?(decodingFrontOf bytes: RawSpan, limits: Limits = Limits()) throws(FrameError) {
    guard bytes.byteCount >= Self.byteCount else {
      if bytes.byteCount >= Offset.version { try Self.checkMagic(bytes) }
      return nil
    }
    try self.init(decoding: bytes, limits: limits)
  }

  private static func checkMagic(_ bytes: RawSpan) throws(FrameError) {
    let magic = bytes.load(at: Offset.magic, as: UInt32.self)
    guard magic == Self.magic else { throw FrameError(.badMagic, place: Offset.magic, value: UInt64(magic)) }
  }

  /// Reads and checks the first 64 bytes of `bytes`. Nothing is allocated.
  ///
  /// - Precondition: at least 64 bytes.
  /// - Throws: the first fault in this order: magic, version, header checksum, kind, flags, frame over `limits`,
  ///   body length or count that the kind cannot have, too many operations.
  public init(decoding bytes: RawSpan, limits: Limits = Limits()) throws(FrameError) {
    precondition(bytes.byteCount >= Self.byteCount, "a header has 64 bytes")
    try Self.checkMagic(bytes)
    let version = bytes.load(at: Offset.version, as: UInt8.self)
    guard version == Self.version else {
      throw FrameError(.badVersion, place: Offset.version, value: UInt64(Self.version))
    }
    let headerChecksum = bytes.load(at: Offset.headerChecksum, as: UInt32.self)
    guard headerChecksum == bytes.extracting(0..<Offset.headerChecksum).checksum else {
      throw FrameError(.headerChecksum, place: Offset.headerChecksum, value: UInt64(headerChecksum))
    }
    let kindByte = bytes.load(at: Offset.kind, as: UInt8.self)
    guard let kind = FrameKind(rawValue: kindByte) else {
      throw FrameError(.badKind, place: Offset.kind, value: UInt64(kindByte))
    }
    self.kind = kind
    flags = FrameFlags(rawValue: bytes.load(at: Offset.flags))
    // The end of a subscription is no place that it has come to.
    guard flags.isSubset(of: kind.allowedFlags), flags != [.ended, .progress] else {
      throw FrameError(.badFlags, place: Offset.flags, value: UInt64(flags.rawValue))
    }
    bodyByteCount = bytes.load(at: Offset.bodyByteCount)
    count = bytes.load(at: Offset.count)
    session = bytes.load(at: Offset.session)
    trace = bytes.load(at: Offset.trace)
    request = bytes.load(at: Offset.request)
    bodyChecksum = bytes.load(at: Offset.bodyChecksum)
    // Int is 64 bits wide, so neither this sum nor a product of 32-bit counts below can overflow.
    guard frameByteCount <= Int(limits.frameByteCountMax) else {
      throw FrameError(.badLength, place: Offset.bodyByteCount, value: UInt64(bodyByteCount))
    }
    if let reason = kind.lengthFault(bodyByteCount: Int(bodyByteCount), count: Int(count)) {
      if reason == .badLength {
        throw FrameError(.badLength, place: Offset.bodyByteCount, value: UInt64(bodyByteCount))
      }
      throw FrameError(reason, place: Offset.count, value: UInt64(count))
    }
    guard kind != .events || flags.isEmpty == (count > 0) else {
      throw FrameError(.countMismatch, place: Offset.count, value: UInt64(count))
    }
    if kind == .submit && count > limits.operationCountMax {
      throw FrameError(.tooManyOperations, place: Offset.count, value: UInt64(count))
    }
  }

  /// Checks `body` against the header.
  ///
  /// - Precondition: `body` has `bodyByteCount` bytes.
  /// - Throws: `bodyChecksum`.
  public func check(body: RawSpan) throws(FrameError) {
    precondition(body.byteCount == Int(bodyByteCount), "a body is as long as its header says")
    guard body.checksum == bodyChecksum else {
      throw FrameError(.bodyChecksum, place: Offset.bodyChecksum, value: UInt64(bodyChecksum))
    }
  }

  /// Takes over length and checksum of `body`.
  ///
  /// - Precondition: the body is shorter than 4 GiB.
  public mutating func seal(body: RawSpan) {
    bodyByteCount = UInt32(body.byteCount)
    bodyChecksum = body.checksum
  }

  /// Writes the header to the first 64 bytes of `bytes`, with its checksum.
  ///
  /// - Precondition: at least 64 bytes.
  public func store(into bytes: inout MutableRawSpan) {
    bytes.store(Self.magic, at: Offset.magic)
    bytes.store(Self.version, at: Offset.version)
    bytes.store(kind.rawValue, at: Offset.kind)
    bytes.store(flags.rawValue, at: Offset.flags)
    bytes.store(bodyByteCount, at: Offset.bodyByteCount)
    bytes.store(count, at: Offset.count)
    bytes.store(session, at: Offset.session)
    bytes.store(trace, at: Offset.trace)
    bytes.store(request, at: Offset.request)
    bytes.store(bodyChecksum, at: Offset.bodyChecksum)
    bytes.store(bytes.bytes.extracting(0..<Offset.headerChecksum).checksum, at: Offset.headerChecksum)
  }

  /// Completes a frame whose body lies in `frame` from byte 64 on: length, checksums, header.
  ///
  /// - Precondition: `frame` has at least 64 bytes and is the whole frame.
  public mutating func complete(_ frame: inout MutableRawSpan) {
    seal(body: frame.bytes.extracting(Self.byteCount..<frame.byteCount))
    store(into: &frame)
  }
}

/// Writes a whole frame into `frame`: the body by `body`, which gets exactly its bytes, then the header.
///
/// - Precondition: `frame` has 64 bytes and the body's, no more.
@unsafe
public func encodeFrame(
  _ header: FrameHeader, into frame: UnsafeMutableRawBufferPointer, _ body: (inout MutableRawSpan) -> Void
) {
  // The two spans lie in the caller's memory, are used one after the other, and do not leave this call.
  var bodySpan = unsafe UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]).mutableBytes
  body(&bodySpan)
  var span = unsafe frame.mutableBytes
  var header = header
  header.complete(&span)
}

/// A whole frame in an array: for rare frames and for tests. Hot paths write into buffers of their own.
public func encodeFrame(
  _ header: FrameHeader, bodyByteCount: Int = 0, _ body: (inout MutableRawSpan) -> Void = { _ in }
) -> [UInt8] {
  var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount + bodyByteCount)
  // The array outlives the call.
  unsafe frame.withUnsafeMutableBytes { unsafe encodeFrame(header, into: $0, body) }
  return frame
}
