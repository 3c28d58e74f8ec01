import Foundation

// `counts PART` does the work of one part of the path, for `tools/bench --check` to count the instructions of.

let parts = ["kernel": kernel, "wire": wire, "engine": engine, "commit": commit, "checkpoint": checkpoint]
guard CommandLine.arguments.count == 2, let part = parts[CommandLine.arguments[1]] else {
  FileHandle.standardError.write(Data("usage: counts \(parts.keys.sorted().joined(separator: "|"))\n".utf8))
  exit(64)
}
part()
print("operations \(operations) bytes \(bytes)")
