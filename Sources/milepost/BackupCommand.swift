import ArgumentParser
import Dataset
import LoadGenerator
import Store

/// `milepost backup`: a consistent copy of a store, also of one that is being served.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store into a new directory, while it is being served.",
    discussion: """
      The copy holds everything that was durable at one instant, and `milepost restore` makes a store of it, as of that instant or of an
      earlier commit. Takes no lock; a server goes on meanwhile, and its files grow by what it writes while they are copied. The last
      file written is backup.json, with the size and SHA-256 of every other: a directory without it is an unfinished backup, and is
      refused. Nothing is ever overwritten. Exit code 0: the backup is whole and on disk; 1: the reason is named, and what was copied is removed.

      EXAMPLES
        milepost backup --store ./data --output /backups/monday
        milepost backup --store ./data --output /backups/monday --json -
      """)

  @Option(help: ArgumentHelp("Directory of the store.", valueName: "dir")) var store: String
  @Option(help: ArgumentHelp("Directory for the backup; made when it does not exist.", valueName: "dir")) var output:
    String
  @Option(help: ArgumentHelp("Write the report as JSON to this file; - for standard output.", valueName: "file"))
  var json: String?

  func run() throws {
    let manifest: BackupManifest
    let progress = CopyProgress("milepost backup")
    do {
      manifest = try Store.open(store, .inspect).backup(to: output) { progress.show($0) }
    } catch {
      writeStandardError("milepost backup: \(store): \(error)\n")
      throw ExitCode.failure
    }
    if json != "-" { print(manifest.summary) }
    if let json { try OutputText.write(manifest.json.text + "\n", to: json) }
  }
}

extension BackupManifest {
  fileprivate var summary: String {
    let byteCount = files.reduce(0) { $0 + $1.byteCount }
    let last =
      range.isEmpty
      ? "none" : "\(range.first) to \(range.next.previous), the last of \(RFC3339.text(lastCommitMilliseconds))"
    return """
      commits         \(last)
      files           \(files.count), \(byteCount) bytes
      store           \(storeIdentity)
      """
  }

  /// As in `backup.json`.
  var json: JSONText {
    .object([
      ("storeIdentity", .string(storeIdentity)), ("createdMilliseconds", .integer(Int(createdMilliseconds))),
      ("firstCommit", .integer(Int(range.first.rawValue))), ("lastCommit", .integer(Int(range.next.rawValue) - 1)),
      ("lastCommitMilliseconds", .integer(Int(lastCommitMilliseconds))),
      (
        "files",
        .array(
          files.map { file in
            .object([
              ("path", .string(file.path)), ("byteCount", .integer(Int(file.byteCount))),
              ("sha256", .string(file.sha256)),
            ])
          })
      ),
    ])
  }
}
