import CFuzzer
import Glibc
import Synchronization

/// Runs a target under libFuzzer. `tools/fuzz` builds and starts it.
///
///     Fuzz --list                        names of the targets
///     Fuzz --seeds DIR                   writes the seed corpus below DIR
///     Fuzz TARGET [OPTION|DIR|FILE]...   libFuzzer's own options and arguments
@main
enum Fuzz {
  private static let target = Mutex(FuzzTarget.wireFrames)

  static func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 2, arguments[1] == "--list" {
      for target in FuzzTarget.allCases { print(target.rawValue) }
      return
    }
    if arguments.count == 3, arguments[1] == "--seeds" { return writeSeeds(below: arguments[2]) }
    guard arguments.count > 1, let chosen = FuzzTarget(rawValue: arguments[1]) else {
      fatalError("usage: Fuzz --list | --seeds DIR | TARGET [OPTION|DIR|FILE]...")
    }
    target.withLock { $0 = chosen }
    // A later option wins, so a caller may set another length.
    exit(run([arguments[0], "-max_len=\(chosen.byteCountMax)"] + arguments.dropFirst(2)))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    // Never freed: libFuzzer keeps them as long as the process.
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var count = Int32(arguments.count)
    return unsafe words.withUnsafeMutableBufferPointer { buffer in
      var base = buffer.baseAddress
      return unsafe LLVMFuzzerRunDriver(&count, &base, LLVMFuzzerTestOneInput)
    }
  }

  fileprivate static func visit(_ bytes: [UInt8]) {
    let target = target.withLock { $0 }
    do throws(Finding) { try target.run(bytes) } catch { fatalError("\(target.rawValue): \(error)") }
  }

  private static func writeSeeds(below directory: String) {
    for target in FuzzTarget.allCases {
      let folder = "\(directory)/\(target.rawValue)"
      unsafe mkdir(directory, 0o755)
      unsafe mkdir(folder, 0o755)
      for seed in Seeds.seeds(of: target) {
        let descriptor = unsafe open("\(folder)/\(seed.name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        let written = unsafe seed.bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == seed.bytes.count, "a seed cannot be written below \(directory)")
        close(descriptor)
      }
    }
  }
}

/// What libFuzzer calls with each input. The name is its own: its run-time library does not link without it.
@_cdecl("LLVMFuzzerTestOneInput")
func LLVMFuzzerTestOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // The input is valid during this call.
  unsafe Fuzz.visit([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
