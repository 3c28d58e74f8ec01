import Glibc

extension SegmentFile {
  /// The usual file name for a segment: sorts in the order of commits.
  public static func fileName(for seal: Seal) -> String {
    "commits-\(padded(seal.first.rawValue, digits: 20))-\(padded(seal.last.rawValue, digits: 20)).segment"
  }

  /// The segment files that `path` names: itself, or those in it, in the order of commits, when it is a directory.
  public static func paths(at path: String) throws(StoreError) -> [String] {
    try files(at: path, endingIn: ".segment")
  }

  /// Writes the commits of `seal` from `source` to `path`, atomically: a temporary file beside it, synced, renamed.
  ///
  /// `visit` sees each commit on its way; `index` is asked at the end for a sorted index of the caller's making (by
  /// contract, for example), which is kept with the segment and not interpreted.
  /// - Throws: `damaged` when the commits do not give the seal's hash, or what writing said; then no file is left at
  ///   `path` (a temporary one may be, with the ending `.new`).
  public static func export(
    _ seal: Seal, from source: any CommitSource, to path: String,
    visit: (CommitHeader, RawSpan) -> Void = { _, _ in }, index: () -> [UInt8] = { [] }
  ) throws(StoreError) {
    let temporary = path + ".new"
    guard let file = try File.open(temporary, O_RDWR | O_CREAT | O_TRUNC) else {
      throw StoreError(errno: ENOENT, call: "open", at: temporary)
    }
    var writer = SegmentWriter(file: file, seal: seal)
    while writer.next <= seal.last {
      let before = writer.next
      _ = try source.read(from: writer.next, byteCountMax: SegmentLayout.framePlainByteCount) { header, body in
        writer.add(header, body)
        visit(header, body)
        return header.number == seal.last ? .stop : .next
      }
      guard writer.next > before else {
        throw StoreError(
          .damaged, at: "log commit \(before)", "the commits of the seal up to \(seal.last) are not all there")
      }
      try writer.writeFrame()
    }
    try writer.finish(index: index())
    try renameFile(temporary, to: path)
    try syncDirectory(parentDirectory(of: path))
  }
}

/// Writes a segment file frame by frame.
private struct SegmentWriter: ~Copyable {
  private let file: File
  private let seal: Seal
  private var hash: SegmentHash
  private var frames: [SegmentLayout.Frame] = []
  private var plain: [UInt8] = []
  private var plainFirst: CommitNumber
  private var offset = SegmentLayout.headerByteCount

  init(file: consuming File, seal: Seal) {
    self.file = file
    self.seal = seal
    hash = SegmentHash(first: seal.first, previous: seal.previous)
    plainFirst = seal.first
  }

  var next: CommitNumber { hash.next }

  mutating func add(_ header: CommitHeader, _ body: RawSpan) {
    hash.add(header, body)
    let start = plain.count
    plain += [UInt8](repeating: 0, count: CommitRecord.headerByteCount + header.bodyByteCount)
    unsafe plain.withUnsafeMutableBytes { all in
      // The room just made, and a copy of the body into it.
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start...])
      unsafe CommitRecord.write(header, into: room) { into in
        unsafe body.withUnsafeBytes { unsafe into.copyMemory(from: $0) }
      }
    }
  }

  /// Writes what was added since the last frame.
  mutating func writeFrame() throws(StoreError) {
    let frame = PackedFrame.bytes(plain)
    try file.write(frame, at: offset)
    frames.append(.init(first: plainFirst, offset: UInt64(offset)))
    offset += frame.count
    plain.removeAll(keepingCapacity: true)
    plainFirst = hash.next
  }

  /// Writes directory, index and header, and syncs.
  mutating func finish(index: [UInt8]) throws(StoreError) {
    guard hash.seal() == seal else {
      throw StoreError(
        .damaged, at: "log seal of commits \(seal.first) to \(seal.last)", "the commits do not give its hash")
    }
    var directory: [UInt8] = []
    for frame in frames {
      directory.appendInteger(frame.first.rawValue)
      directory.appendInteger(frame.offset)
    }
    try file.write(directory, at: offset)
    let indexOffset = offset + directory.count
    try file.write(index, at: indexOffset)
    let layout = SegmentLayout(
      seal: seal, directoryOffset: offset, frames: frames, directory: directory, indexOffset: indexOffset,
      index: index)
    try file.write(layout.bytes, at: 0)
    try file.sync()
  }
}
