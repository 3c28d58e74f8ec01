import Glibc

/// A sealed run of commits in a file of its own: written before the log trims them, read like the log.
///
/// Compressed in frames; header, frames, directory and index are checksummed. `SegmentLayout` has the bytes. Reading
/// needs no lock and may be done by many threads.
public final class SegmentFile: CommitSource {
  private let file: File
  private let layout: SegmentLayout
  private let frames: [SegmentLayout.Frame]

  /// The seal that covers exactly these commits.
  public var seal: Seal { layout.seal }

  /// Where it lies.
  public var path: String { file.path }

  public var range: CommitRange { CommitRange(first: seal.first, next: seal.last.next) }

  /// Opens a segment and checks its header and directory.
  /// - Throws: `notAStore` when it is something else, `otherFormatVersion`, `damaged` with the byte position.
  public init(path: String) throws(StoreError) {
    guard let file = try File.open(path, O_RDONLY) else {
      throw StoreError(errno: ENOENT, call: "open", at: path)
    }
    let byteCount = try file.byteCount()
    layout = try SegmentLayout(
      try file.read(SegmentLayout.headerByteCount, at: 0), byteCount: byteCount, at: path)
    frames = try Self.directory(layout, file)
    self.file = file
  }

  private static func directory(
    _ layout: SegmentLayout, _ file: borrowing File
  ) throws(StoreError) -> [SegmentLayout.Frame] {
    // The offsets stand in a header that passed its checksum, in a file of the length it names.
    let bytes = try file.read(Int(layout.frameCount) * 16, at: Int(layout.directoryOffset))
    guard bytes.withRawSpan({ crc32c($0) }) == layout.directoryChecksum else {
      throw StoreError(
        .damaged, at: "\(file.path) byte \(layout.directoryOffset)",
        "the segment's directory does not match its checksum")
    }
    var reader = ByteReader(bytes)
    var frames: [SegmentLayout.Frame] = []
    while let first = reader.integer(UInt64.self), let offset = reader.integer(UInt64.self) {
      frames.append(.init(first: CommitNumber(first), offset: offset))
    }
    guard layout.hold(frames) else {
      throw StoreError(
        .damaged, at: "\(file.path) byte \(layout.directoryOffset)",
        "the segment's directory names frames that it cannot have")
    }
    return frames
  }

  /// The index that the exporter gave, checked against its checksum, not interpreted.
  public func index() throws(StoreError) -> [UInt8] {
    let bytes = try file.read(Int(layout.indexByteCount), at: Int(layout.indexOffset))
    guard bytes.withRawSpan({ crc32c($0) }) == layout.indexChecksum else {
      throw StoreError(
        .damaged, at: "\(path) byte \(layout.indexOffset)", "the segment's index does not match its checksum")
    }
    return bytes
  }

  public func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber {
    if first == range.next { return first }
    guard first <= range.next else {
      throw StoreError(
        .positionMismatch(expected: range.next, found: first), at: path, "the segment ends before \(range.next)")
    }
    // The last frame that begins at or before `first`.
    guard var index = frames.lastIndex(where: { $0.first <= first }) else {
      throw StoreError(.tooOld(firstKept: range.first), at: path, "the segment begins with commit \(range.first)")
    }
    var number = first
    var byteCount = 0
    while index < frames.count, byteCount < byteCountMax {
      let frame = frames[index]
      let bytes = try expand(frame)
      var cursor = FramePosition(number: frame.first, offset: 0)
      while cursor.offset < bytes.count, byteCount < byteCountMax {
        let step = try bytes.withRawSpan { (bytes) throws(StoreError) in
          try visitRecord(bytes, &cursor, from: first, byteCount: &byteCount, visit)
        }
        number = max(number, cursor.number)
        if step == .stop { return number }
      }
      index += 1
      // Nothing may be missing between two frames, or at the end.
      let next = index < frames.count ? frames[index].first : range.next
      guard cursor.offset < bytes.count || cursor.number == next else {
        throw StoreError(
          .damaged, at: "\(path) commit \(cursor.number)", "the frame ends, the next one begins with commit \(next)")
      }
    }
    return number
  }

  private struct FramePosition {
    var number: CommitNumber
    var offset: Int
  }

  /// Checks the record at a position, has it visited unless it lies before `first`, and moves on.
  private func visitRecord(
    _ bytes: RawSpan, _ position: inout FramePosition, from first: CommitNumber, byteCount: inout Int,
    _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> ReadStep {
    let place = "\(path) commit \(position.number)"
    guard position.number <= seal.last else {
      throw StoreError(.damaged, at: place, "the frame goes on behind the segment's last commit")
    }
    let rest = bytes.extracting(position.offset...)
    let header = try CommitRecord.header(of: rest, number: position.number, at: place)
    guard header.bodyByteCount <= rest.byteCount - CommitRecord.headerByteCount else {
      throw StoreError(.damaged, at: place, "the commit reaches past the end of its frame")
    }
    let record = rest.extracting(0..<(CommitRecord.headerByteCount + header.bodyByteCount))
    position.offset += record.byteCount
    position.number = position.number.next
    if header.number < first { return .next }
    byteCount += header.bodyByteCount
    return visit(header, try CommitRecord.body(of: record, header, at: place))
  }

  private func expand(_ frame: SegmentLayout.Frame) throws(StoreError) -> [UInt8] {
    try PackedFrame.read(
      file, at: Int(frame.offset), fileByteCount: Int(layout.fileByteCount),
      plainByteCountMax: CommitRecord.bodyByteCountMax + SegmentLayout.framePlainByteCount)
  }
}
