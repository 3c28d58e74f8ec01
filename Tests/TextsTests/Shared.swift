import Foundation

@testable import Texts

/// The reference folder beside the checkout.
private let sharedFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "../shared").standardizedFileURL

/// Something in the reference folder, or nil when it is not there.
func shared(_ path: String) -> URL? {
  let file = sharedFolder.appending(path: path)
  return FileManager.default.fileExists(atPath: file.path) ? file : nil
}

/// Cells of a file of comma-separated values, without its header; cells may be quoted, without quotes in them.
func rows(of file: URL) throws -> [[String]] {
  try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().map { line in
    line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .reduce(into: [""]) { cells, piece in
        if piece.offset % 2 == 1 {
          cells[cells.count - 1] += piece.element
        } else {
          let parts = piece.element.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
          cells[cells.count - 1] += parts[0]
          cells += parts.dropFirst()
        }
      }
  }
}

/// SplitMix64: the same numbers in every run.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of which each count of bits is as likely as any other.
  mutating func number() -> Int64 {
    Int64(truncatingIfNeeded: next()) >> Int.random(in: 0..<64, using: &self)
  }
}
