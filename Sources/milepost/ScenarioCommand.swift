import ArgumentParser
import Dataset
import Formats
import Glibc

/// `milepost scenario`: runs scenarios on empty kernels, for tests by others.
struct ScenarioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario",
    abstract: "Run scenarios, one JSON line each, on empty kernels.",
    discussion: """
      A scenario is one JSON object a line:

        {"name": "n", "batches": [[stampMilliseconds, [op, ...]], ...]}

      An op has op (a name such as CREATE_CONTRACT), id, tenant, contract, m, actor, amount, arg, mode, ver, linked, ext; what is
      missing is zero. The answer is one JSON line: the code names of each batch, and every contract as it ends. Timers are
      off; operator operations are allowed. An operation name that does not exist answers bad_operation.

      A line that is no scenario is named on standard error with its number and field, the others run all the same, and the
      exit code is 65.
      """)

  @Option(help: ArgumentHelp("JSON lines; - reads standard input.", valueName: "file")) var input: String

  func run() throws {
    var output = StandardOutput()
    var failureCount = 0
    do {
      try ScenarioRunner().run(path: input) { line in
        output.write(line)
      } failure: { reject in
        failureCount += 1
        writeStandardError("milepost scenario: \(input):\(reject.line): \(place(reject))\(reject.reason)\n")
      }
    } catch {
      output.flush()
      writeStandardError("milepost scenario: \(error)\n")
      throw ExitCode(EX_NOINPUT)
    }
    output.flush()
    if failureCount > 0 { throw ExitCode(EX_DATAERR) }
  }

  private func place(_ reject: InputReject) -> String { reject.field.isEmpty ? "" : "\(reject.field): " }
}

/// Standard output in large pieces.
struct StandardOutput {
  private var buffer: [UInt8] = []

  mutating func write(_ line: String) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(0x0A)
    if buffer.count >= 1 << 16 { flush() }
  }

  mutating func flush() {
    var offset = 0
    while offset < buffer.count {
      // The array is not touched while its bytes are written.
      let count = unsafe buffer.withUnsafeBytes {
        unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress! + offset, $0.count - offset)
      }
      if count < 0 && errno == EINTR { continue }
      // Whoever read this is gone: the rest has no reader.
      guard count > 0 else { break }
      offset += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
