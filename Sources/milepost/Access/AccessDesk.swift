import Access
import ArgumentParser
import Client
import Glibc
import NIOPosix
import Engine
import Store

/// Options of the commands about keys, quotas and the audit trail: a server, or a store that is not being served.
struct DeskOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A server; needs an administrator's key.", valueName: "host:port"))
  var connect: Endpoint?

  @Option(
    help: ArgumentHelp(
      "A store that no server has open. Whoever may write its files needs no second person; the audit trail says \"local\".",
      valueName: "dir"))
  var store: String?

  @OptionGroup(title: "Connection") var connection: ConnectOptions

  @Option(help: ArgumentHelp("A code of one's second factor, where it is needed.", valueName: "digits"))
  var oneTimeCode: String?

  @Flag(help: "Print the answer as JSON.") var json = false

  func validate() throws {
    guard (connect == nil) != (store == nil) else { throw ValidationError("give --connect or --store") }
    try connection.validate()
  }

  /// Does what a command asks, and shows the second factor before, if there is a code of it.
  ///
  /// - Throws: `ExitCode` when it was refused or failed; the reason is on standard error.
  func perform(_ command: AccessCommand, stepsUp: Bool = true) async throws -> AccessAnswer {
    let answer: AccessAnswer
    if let store {
      answer = try performLocally(command, store)
    } else {
      answer = try await performRemotely(
        (stepsUp ? oneTimeCode.map { [.stepUp(oneTimeCode: $0)] } ?? [] : []) + [command])
    }
    if case .refused(let kind, let text) = answer { try fail("\(text) (\(kind.rawValue))") }
    if json { print(String(decoding: answer.json, as: UTF8.self)) }
    return answer
  }

  private func performLocally(_ command: AccessCommand, _ path: String) throws -> AccessAnswer {
    do {
      let control = try Self.open(path, .open)
      do throws(AccessError) { return try control.perform(command, by: .local) } catch {
        // What was refused is in the trail, too.
        try control.audit.flush()
        throw error
      }
    } catch let error as AccessError {
      return AccessAnswer(error)
    } catch {
      try fail("\(path): \(error)")
    }
  }

  static func open(_ path: String, _ mode: OpenMode) throws -> AccessControl {
    let store = try Store.open(path, mode)
    return try AccessControl(catalog: store.catalog, manifest: store.manifest) { SystemClock().now() }
  }

  /// The answer to the last of several commands, or the refusal of one.
  private func performRemotely(_ commands: [AccessCommand]) async throws -> AccessAnswer {
    guard let connect else { preconditionFailure("validated") }
    do {
      var configuration = try connection.configuration()
      configuration.reconnect.giveUpMilliseconds = 5_000
      let client = try await MilepostClient.connect(
        host: connect.host, port: connect.port, configuration: configuration,
        group: MultiThreadedEventLoopGroup.singleton)
      var answer = AccessAnswer.done
      do {
        for command in commands {
          answer = try AccessAnswer(json: try await client.manage(command.json))
          if case .refused = answer { break }
        }
      } catch {
        client.abort()
        throw error
      }
      await client.close()
      return answer
    } catch let error as AccessError {
      try fail("\(connect): \(error)")
    } catch let error as ClientError {
      try fail("\(connect): \(error)")
    }
  }

  private func fail(_ message: String) throws -> Never {
    writeStandardError("milepost: \(message)\n")
    throw ExitCode.failure
  }
}

/// Writes a secret where only its owner reads it, or on standard output.
///
/// - Throws: `ValidationError` when the file is there already: a secret is never overwritten.
func deliver(_ secret: KeySecret, to path: String?) throws {
  guard let path else { return print(secret.text) }
  let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw ValidationError("\(path): \(unsafe String(cString: strerror(errno)))") }
  var text = secret.text + "\n"
  let isWritten = text.withUTF8 { bytes in unsafe write(descriptor, bytes.baseAddress, bytes.count) == bytes.count }
  // Both must succeed: a full disk may show only when the file is closed.
  guard Glibc.close(descriptor) == 0, isWritten else { throw ValidationError("\(path): could not be written") }
}

/// Rows in columns, the first row the heading.
func columns(_ rows: [[String]]) -> String {
  let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = ""
    for (cell, width) in zip(row, widths) { line += cell + String(repeating: " ", count: width - cell.count + 2) }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }.joined(separator: "\n")
}

/// An instant as `2026-11-26 01:31:14Z`.
func timeText(_ milliseconds: Int64?) -> String {
  guard let milliseconds else { return "-" }
  var seconds = time_t(milliseconds / 1_000)
  var parts = unsafe tm()
  unsafe gmtime_r(&seconds, &parts)
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  let date = unsafe "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  return unsafe "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
