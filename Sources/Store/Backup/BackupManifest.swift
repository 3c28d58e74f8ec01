import Crypto
internal import FoundationEssentials

/// What a backup is of and what it consists of: the file `backup.json`, written last.
///
/// ```
/// {
///   "format" : "milepost-backup", "version" : 1,
///   "storeIdentity" : SHA-256 of the store's MANIFEST, hex,
///   "createdMilliseconds", "firstCommit", "lastCommit", "lastCommitMilliseconds",
///   "files" : [ { "path", "byteCount", "sha256" } ... ]
/// }
/// ```
public struct BackupManifest: Hashable, Sendable {
  /// The format of the backup around the store, whose own format stands in its `MANIFEST`.
  public static let formatVersion: UInt64 = 1

  /// One file, by its path in the backup.
  public struct File: Hashable, Sendable {
    public var path: String
    public var byteCount: UInt64
    /// Hex.
    public var sha256: String
  }

  /// Names the store that the backup is of, and every store restored from it: SHA-256 of its `MANIFEST`, hex.
  public var storeIdentity: String
  /// When the backup was made, milliseconds since 1970.
  public var createdMilliseconds: Int64
  /// The commits in the backup's log.
  public var range: CommitRange
  /// Time of the last commit, milliseconds since 1970; 0 when there is none.
  public var lastCommitMilliseconds: Int64
  /// Every file but `backup.json` itself.
  public var files: [File]

  static let fileName = "backup.json"
  static let byteCountMax = 1 << 16
  /// The files of every backup.
  static let paths = ["MANIFEST"] + StoreDirectory.environments.map { $0 + "/data.mdb" }
}

extension BackupManifest {
  /// The JSON's members. Names are part of the format: they are added to, never changed.
  private struct Content: Codable {
    var format: String
    var version: UInt64
    var storeIdentity: String
    var createdMilliseconds: Int64
    var firstCommit: UInt64
    var lastCommit: UInt64
    var lastCommitMilliseconds: Int64
    var files: [Entry]

    struct Entry: Codable {
      var path: String
      var byteCount: UInt64
      var sha256: String
    }
  }

  /// What every version has, so that a newer one is told from something else.
  private struct Head: Codable {
    var format: String
    var version: UInt64
  }

  private static let format = "milepost-backup"

  /// The file's bytes.
  var fileBytes: [UInt8] {
    let content = Content(
      format: Self.format, version: Self.formatVersion, storeIdentity: storeIdentity,
      createdMilliseconds: createdMilliseconds, firstCommit: range.first.rawValue, lastCommit: range.next.rawValue - 1,
      lastCommitMilliseconds: lastCommitMilliseconds,
      files: files.map { Content.Entry(path: $0.path, byteCount: $0.byteCount, sha256: $0.sha256) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Numbers and strings always encode.
    guard let data = try? encoder.encode(content) else { preconditionFailure("a backup's manifest cannot be encoded") }
    return [UInt8](data) + [10]
  }

  /// Reads the file's bytes; `path` is named in errors.
  init(fileBytes: [UInt8], at path: String) throws(StoreError) {
    let decoder = JSONDecoder()
    let data = Data(fileBytes)
    guard let head = try? decoder.decode(Head.self, from: data), head.format == Self.format else {
      throw StoreError(.notABackup, at: path, "the file does not describe a backup of a store")
    }
    guard head.version == Self.formatVersion else {
      throw StoreError(
        .otherFormatVersion(found: head.version, supported: Self.formatVersion), at: path,
        "the backup has format version \(head.version), this program reads \(Self.formatVersion)")
    }
    guard let content = try? decoder.decode(Content.self, from: data), content.firstCommit > 0,
      content.lastCommit < .max, content.firstCommit <= content.lastCommit + 1,
      content.files.map(\.path).sorted() == Self.paths.sorted()
    else { throw StoreError(.damaged, at: path, "the description of the backup does not make sense") }
    self.init(
      storeIdentity: content.storeIdentity, createdMilliseconds: content.createdMilliseconds,
      range: CommitRange(first: CommitNumber(content.firstCommit), next: CommitNumber(content.lastCommit + 1)),
      lastCommitMilliseconds: content.lastCommitMilliseconds,
      files: content.files.map { File(path: $0.path, byteCount: $0.byteCount, sha256: $0.sha256) })
  }

  /// Reads the manifest of the backup in `directory`.
  /// - Throws: `notABackup`, saying what is there instead; `otherFormatVersion`, `damaged`.
  public init(directory: String) throws(StoreError) {
    switch try kind(of: directory) {
    case .nothing: throw StoreError(.notABackup, at: directory, "no backup: there is no such directory")
    case .other: throw StoreError(.notABackup, at: directory, "no backup: this is not a directory")
    case .directory: break
    }
    let path = directory + "/" + Self.fileName
    guard let bytes = try readSmallFile(path, byteCountMax: Self.byteCountMax) else {
      let isBegun = try names(inDirectory: directory).contains { StoreDirectory.environments.contains($0) }
      throw StoreError(
        .notABackup, at: directory,
        isBegun
          ? "the backup was never finished: there is no file \(Self.fileName)"
          : "no backup: there is no file \(Self.fileName)")
    }
    try self.init(fileBytes: bytes, at: path)
  }
}

/// How far a backup or a restore has come.
public struct BackupProgress: Hashable, Sendable {
  /// What is done now, for people: "copying log", "checking state/data.mdb".
  public var step: String
  /// Bytes done, and about how many there are: what the store counts as live may be a little more than is copied.
  public var byteCount: UInt64
  public var byteCountTotal: UInt64
}

/// SHA-256 in hex.
func hexDigest(_ digest: SHA256.Digest) -> String { digest.map { hex($0) }.joined() }
