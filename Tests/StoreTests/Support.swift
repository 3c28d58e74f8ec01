import Foundation
import Store
import Testing

/// A directory of a test's own, removed with everything in it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "/milepost-test-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

  func contents(_ name: String) -> [UInt8] { [UInt8](FileManager.default.contents(atPath: path + "/" + name)!) }

  func write(_ bytes: [UInt8], to name: String) {
    #expect(FileManager.default.createFile(atPath: path + "/" + name, contents: Data(bytes)))
  }

  /// Changes bytes of a file in place, where `pattern` stands for the first time.
  func damage(_ name: String, at pattern: [UInt8], offset: Int = 0, location: SourceLocation = #_sourceLocation) {
    let descriptor = open(path + "/" + name, O_RDWR)
    defer { close(descriptor) }
    // Test stores are small; what follows is a hole.
    var all = [UInt8](repeating: 0, count: 4 << 20)
    let count = pread(descriptor, &all, all.count, 0)
    guard let found = Data(all[..<max(0, count)]).range(of: Data(pattern)) else {
      Issue.record("the pattern is not in \(name)", sourceLocation: location)
      return
    }
    let place = found.lowerBound + offset
    #expect(pwrite(descriptor, [all[place] ^ 0x40], 1, off_t(place)) == 1, sourceLocation: location)
  }
}

/// Options that keep test stores small.
func small(
  retention: LogRetention = .init(), mapByteCount: Int = 1 << 30
) -> StoreOptions {
  StoreOptions(
    mapByteCount: mapByteCount, retention: retention, digestKeys: DigestKeys(k0: 1, k1: 2), creationMilliseconds: 1000)
}

func copy(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { [UInt8]($0) } }

extension CommitLog {
  /// Appends a body.
  func append(_ body: [UInt8], epoch: UInt64 = 1, time: Int64 = 0) throws(StoreError) {
    let header = CommitHeader(
      number: range.next, epoch: epoch, timeMilliseconds: time, bodyByteCount: body.count)
    try append(header) { $0.copyBytes(from: body) }
  }
}

extension CommitSource {
  /// All bodies from a commit on, read in small chunks.
  func bodies(from first: CommitNumber? = nil, byteCountMax: Int = 1) throws(StoreError) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var next = first ?? range.first
    while next < range.next {
      next = try read(from: next, byteCountMax: byteCountMax) { header, body in
        result.append(copy(body))
        return .next
      }
    }
    return result
  }
}

/// A body that names its commit and has some length.
func body(_ number: Int, byteCount: Int = 100) -> [UInt8] {
  var bytes = [UInt8]("body of commit \(number);".utf8)
  while bytes.count < byteCount { bytes.append(UInt8(truncatingIfNeeded: bytes.count &* 31 &+ number)) }
  return bytes
}

/// Expects a store error that `matches`; returns it.
@discardableResult
func expectError(
  _ matches: (StoreError.Kind) -> Bool, location: SourceLocation = #_sourceLocation,
  _ work: () throws(StoreError) -> Void
) -> StoreError? {
  do throws(StoreError) {
    try work()
    Issue.record("no error", sourceLocation: location)
    return nil
  } catch {
    #expect(matches(error.kind), "\(error.kind): \(error)", sourceLocation: location)
    return error
  }
}

/// Expects a store error of a kind; returns it.
@discardableResult
func expectError(
  _ kind: StoreError.Kind, location: SourceLocation = #_sourceLocation, _ work: () throws(StoreError) -> Void
) -> StoreError? {
  expectError({ $0 == kind }, location: location, work)
}
