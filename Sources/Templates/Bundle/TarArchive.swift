/// Files in one stream of bytes, the same bytes for the same files: regular files of the ustar format (POSIX.1-1988), in order of
/// names, without times, owners or padding beyond the end.
///
/// It reads only what it writes itself: anything else in an archive is a fault, not a surprise.
enum TarArchive {
  private static let blockByteCount = 512

  /// - Precondition: names are ASCII of at most 100 bytes, files below 8 GiB.
  static func bytes(of files: [(path: String, bytes: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = []
    for file in files {
      archive += header(of: file.path, byteCount: file.bytes.count)
      archive += file.bytes
      archive += [UInt8](repeating: 0, count: padding(file.bytes.count))
    }
    // Two empty blocks end an archive.
    return archive + [UInt8](repeating: 0, count: 2 * blockByteCount)
  }

  /// - Throws: what is wrong, and at which byte.
  static func files(in archive: [UInt8]) throws(TarFault) -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = []
    var offset = 0
    while true {
      guard archive.count - offset >= 2 * blockByteCount else {
        throw TarFault(offset: offset, reason: "the end is missing")
      }
      let block = archive[offset..<offset + blockByteCount]
      if block.allSatisfy({ $0 == 0 }) { break }
      let name = block.prefix(100).prefix { $0 != 0 }
      let digits = block[offset + 124..<offset + 135]
      guard name.allSatisfy({ 0x21...0x7E ~= $0 }),
        let byteCount = Int(String(decoding: digits, as: UTF8.self), radix: 8)
      else {
        throw TarFault(offset: offset, reason: "no file of ours")
      }
      let path = String(decoding: name, as: UTF8.self)
      // One spelling only: what is not as it would be written is refused, checksum, mode, links and all.
      guard Array(block) == header(of: path, byteCount: byteCount) else {
        throw TarFault(offset: offset, reason: "the header of \(path) is otherwise than written here")
      }
      offset += blockByteCount
      let length = byteCount + padding(byteCount)
      guard length <= archive.count - offset else { throw TarFault(offset: offset, reason: "\(path) is cut off") }
      let bytes = Array(archive[offset..<offset + byteCount])
      guard archive[offset + byteCount..<offset + length].allSatisfy({ $0 == 0 }) else {
        throw TarFault(offset: offset, reason: "something behind \(path)")
      }
      files.append((path, bytes))
      offset += length
    }
    guard archive.count == offset + 2 * blockByteCount, archive[offset...].allSatisfy({ $0 == 0 }) else {
      throw TarFault(offset: offset, reason: "something behind the end")
    }
    return files
  }

  private static func padding(_ byteCount: Int) -> Int {
    (blockByteCount - byteCount % blockByteCount) % blockByteCount
  }

  private static func header(of path: String, byteCount: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: blockByteCount)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    put(String(path.prefix(100)), at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(byteCount, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6), at: 148)
    block[154] = 0
    return block
  }
}

/// Why bytes are no archive of ours.
package struct TarFault: Error, Equatable {
  /// In bytes, from 0.
  package var offset: Int
  package var reason: String
}
