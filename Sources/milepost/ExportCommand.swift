import ArgumentParser
import Dataset
import Engine
import Glibc
import LoadGenerator
import Store

/// `milepost export`: sealed runs of the log as files of their own.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the sealed part of a store's log to segment files.",
    discussion: """
      Each file holds one sealed run of commits, compressed and checksummed, with an index by contract. Files that are there already stay.
      `verify` and `inspect` read them in front of the log once the log itself is trimmed. Takes no lock: a store that is being served can be
      exported. What is not sealed yet follows with the next export; a server that stops seals all.

      EXAMPLES
        milepost export --store ./data --output ./segments
      """)

  @Option(help: ArgumentHelp("Directory of the store.", valueName: "dir")) var store: String
  @Option(help: ArgumentHelp("Directory for the files; made when it does not exist.", valueName: "dir")) var output:
    String
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func run() throws {
    let isMade = unsafe mkdir(output, 0o755) == 0
    guard isMade || errno == EEXIST else {
      writeStandardError("milepost export: \(output): \(unsafe String(cString: strerror(errno)))\n")
      throw ExitCode.failure
    }
    let segments: [LogExport.Segment]
    do {
      let inspector = try StoreInspector(path: store)
      segments = try LogExport(store: inspector.store, directory: output).run()
    } catch {
      writeStandardError("milepost export: \(store): \(error)\n")
      throw ExitCode.failure
    }
    if json != "-" {
      for segment in segments {
        print("\(segment.path)  commits \(segment.first) to \(segment.last)\(segment.isNew ? "" : "  (was there)")")
      }
      print("\(segments.count) segments, \(segments.count { $0.isNew }) new")
    }
    if let json { try OutputText.write(Self.json(segments).text + "\n", to: json) }
  }

  private static func json(_ segments: [LogExport.Segment]) -> JSONText {
    .object([
      (
        "segments",
        .array(
          segments.map { segment in
            .object([
              ("path", .string(segment.path)), ("firstCommit", .integer(Int(segment.first))),
              ("lastCommit", .integer(Int(segment.last))), ("isNew", .bool(segment.isNew)),
            ])
          })
      )
    ])
  }
}
