import Engine
import Store

/// Says on standard error how far something has come, once it takes more than two seconds, and then every two seconds.
final class CopyProgress {
  private let name: String
  private var last = ContinuousClock.now

  init(_ name: String) { self.name = name }

  func show(_ progress: BackupProgress) {
    say { "\(progress.step), \(progress.byteCount >> 20) of about \(progress.byteCountTotal >> 20) MiB" }
  }

  func show(_ progress: RecoveryProgress) {
    say { "verifying, \(progress.commitsReplayed) of \(progress.commitCount) commits replayed" }
  }

  private func say(_ text: () -> String) {
    let now = ContinuousClock.now
    guard now - last >= .seconds(2) else { return }
    last = now
    writeStandardError("\(name): \(text())\n")
  }
}
