import Dataset
import Formats

/// Files of scenarios: each line is answered, or refused with a reason; the same line is always answered the same.
enum Scenarios {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    if bytes.starts(with: [0x1F, 0x8B]) { return }
    let file = MemoryFile(bytes)
    let first = try answers(file)
    try must(first == answers(file), "a scenario is answered in two ways")
  }

  private static func answers(_ file: MemoryFile) throws(Finding) -> [String] {
    var answers: [String] = []
    do throws(InputError) {
      try ScenarioRunner().run(path: file.path, output: { answers.append($0) }, failure: { answers.append("\($0)") })
    } catch { throw Finding(description: "a file of scenarios cannot be read: \(error)") }
    return answers
  }
}
