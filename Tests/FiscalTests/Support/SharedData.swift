import Foundation
import Testing

/// The reference folder beside the checkout, or nil.
let sharedReference: URL? = {
  let datasets =
    ProcessInfo.processInfo.environment["MILEPOST_DATASETS"].map { URL(filePath: $0) }
    ?? checkout.appending(path: "../shared/datasets").standardizedFileURL
  let folder = datasets.appending(path: "india-reference")
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

let needsSharedReference = ConditionTrait.enabled(
  if: sharedReference != nil, "../shared/datasets is not beside the checkout")

func sharedBytes(_ path: String) throws -> Data {
  try Data(contentsOf: #require(sharedReference).appending(path: path))
}

/// Rows of a CSV file by column name. Cells may be quoted; no cell of these files has a line end.
func sharedRows(_ path: String) throws -> [[String: String]] {
  let lines = String(decoding: try sharedBytes(path), as: UTF8.self).split(whereSeparator: \.isNewline)
  let header = cells(lines[0])
  return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, cells($0))) }
}

private func cells(_ line: Substring) -> [String] {
  var cells = [""]
  var isQuoted = false
  for character in line {
    switch character {
    case "\"": isQuoted.toggle()
    case "," where !isQuoted: cells.append("")
    default: cells[cells.count - 1].append(character)
    }
  }
  return cells
}

/// What `gzip -dc` makes of a file.
func sharedUnpacked(_ path: String) throws -> Data {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["gzip", "-dc", try #require(sharedReference).appending(path: path).path]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return data
}
