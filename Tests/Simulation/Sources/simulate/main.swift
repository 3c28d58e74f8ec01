import Foundation
import Kernel

/// The command line of the simulation.
struct Arguments {
  var first: UInt64 = 1
  var count: UInt64 = 200
  var isTraced = false
  var defect: PlantedDefect?
  var directory = NSTemporaryDirectory()

  static let help = """
    Runs the server's connections and the engine in simulated worlds, one for each seed, and stops at the first that goes wrong.

      simulate [--seeds N] [--seed FIRST] [--trace] [--directory DIR] [--defect NAME]

      --seeds N        worlds to run, 200 unless given
      --seed FIRST     the first seed, 1 unless given; with --seeds 1 it runs just that world again
      --trace          prints everything that happens in it
      --directory DIR  where small files of the stores are made and removed; best a file system in memory
      --defect NAME    switches a planted defect on, in a build that has them: \(PlantedDefect.names)
    """

  init() {
    var rest = CommandLine.arguments.dropFirst()
    func value(_ name: String) -> String {
      guard let value = rest.popFirst() else { Self.stop("\(name) needs a value") }
      return value
    }
    func number(_ name: String) -> UInt64 {
      let text = value(name)
      guard let number = UInt64(text) else { Self.stop("\(name): \"\(text)\" is no number") }
      return number
    }
    while let name = rest.popFirst() {
      switch name {
      case "--seeds": count = number(name)
      case "--seed": first = number(name)
      case "--trace": isTraced = true
      case "--directory": directory = value(name)
      case "--defect":
        let name = value(name)
        guard let found = PlantedDefect(name: name) else { Self.stop("there is no defect \"\(name)\"") }
        defect = found
      case "--help", "-h":
        print(Self.help)
        exit(0)
      default: Self.stop("unknown option \(name)")
      }
    }
  }

  static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("simulate: \(message)\n\n\(help)\n".utf8))
    exit(2)
  }
}

/// Runs one world in a directory of its own.
func world(_ seed: UInt64, in directory: String, isTraced: Bool) throws -> World {
  let place = directory + "/milepost-simulation-\(getpid())"
  try? FileManager.default.removeItem(atPath: place)
  try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: place) }
  let world = World(seed: seed, directory: place, isTraced: isTraced)
  world.run()
  return world
}

let arguments = Arguments()
arguments.defect?.plant()
let start = ContinuousClock.now
var lastReport = start
var sums = World.Statistics()
/// One world in so many is run twice: a seed must mean the same, step by step.
let repeatInterval: UInt64 = 100
for seed in arguments.first..<arguments.first + arguments.count {
  // A defect may end the process; this tells with which seed.
  if arguments.defect != nil {
    try "\(seed)".write(toFile: arguments.directory + "/seed", atomically: false, encoding: .utf8)
  }
  let isRepeated = seed % repeatInterval == 0
  let result = try world(
    seed, in: arguments.directory, isTraced: isRepeated || arguments.isTraced && arguments.count == 1)
  if isRepeated, try world(seed, in: arguments.directory, isTraced: true).trace != result.trace {
    print("seed \(seed) fails: the same world ran differently when it ran again")
    exit(1)
  }
  if let failure = result.failure {
    print("seed \(seed) fails: \(failure)")
    // The same world again, this time with every step written down.
    let again = result.trace != nil ? result : try world(seed, in: arguments.directory, isTraced: true)
    for line in (again.trace ?? []).suffix(arguments.isTraced ? .max : 40) { print("  " + line) }
    if again.failure != failure { print("it did not repeat: \(again.failure ?? "no failure")") }
    let defect = arguments.defect.map { " --defect \($0.name)" } ?? ""
    print("run it again: tools/simulate --seed \(seed) --seeds 1 --trace\(defect)")
    exit(1)
  }
  if arguments.isTraced, arguments.count == 1, let trace = result.trace { print(trace.joined(separator: "\n")) }
  sums.operations += result.statistics.operations
  sums.timers += result.statistics.timers
  sums.collisions += result.statistics.collisions
  sums.restarts += result.statistics.restarts
  sums.resends += result.statistics.resends
  sums.repeats += result.statistics.repeats
  sums.evictions += result.statistics.evictions
  sums.busy += result.statistics.busy
  sums.reads += result.statistics.reads
  sums.checkpoints += result.statistics.checkpoints
  sums.commits += result.statistics.commits
  sums.archived += result.statistics.archived
  sums.pruned += result.statistics.pruned
  if ContinuousClock.now - lastReport > .seconds(2) {
    lastReport = ContinuousClock.now
    let done = seed - arguments.first + 1
    let rate = Double(done) / ((lastReport - start) / .seconds(1))
    FileHandle.standardError.write(Data("\(done) of \(arguments.count) seeds, \(Int(rate)) a second\n".utf8))
  }
}
let seconds = (ContinuousClock.now - start) / .seconds(1)
print(
  """
  \(arguments.count) seeds from \(arguments.first) on: all well, \(String(format: "%.1f", Double(arguments.count) / seconds)) seeds a second
    \(sums.operations) operations and \(sums.timers) deadlines in \(sums.commits) commits, judged by the model
    \(sums.restarts) restarts, \(sums.resends) requests sent again, \(sums.repeats) answered from memory, \(sums.busy) told busy, \(sums.evictions) told evicted, \(sums.reads) reads
    \(sums.checkpoints) checkpoint blocks, \(sums.archived) contracts in archives, \(sums.pruned) pruned, \(sums.collisions) repeats with another body of the same digest
  """)
