import Glibc
import Synchronization

/// Waits for SIGTERM or SIGINT, or for being told to stop.
///
/// The handler only writes a byte to a pipe, whatever thread it runs on; a thread of its own reads the pipe and acts.
/// A second signal ends the process at once. One object a process: handlers are global.
final class StopSignals: Sendable {
  enum Reason: Sendable {
    /// Somebody asked the process to end.
    case signal
    /// The engine failed.
    case failure
  }

  private struct State {
    var reason: Reason?
    var waiter: CheckedContinuation<Reason, Never>?
  }

  private let state = Mutex(State())

  init() {
    let pipe = Self.makePipe()
    // Nobody reads it before the handlers are installed, below.
    unsafe pipeWriteEnd = pipe.writeEnd
    startThread(reading: pipe.readEnd)
    for number in [SIGTERM, SIGINT] {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in
        var byte: UInt8 = 1
        // Only this call, which a handler may make. A full pipe has enough signals in it already.
        _ = unsafe write(pipeWriteEnd, &byte, 1)
      }
      // Calls that were interrupted go on: nothing else in the process has to know of signals.
      action.sa_flags = SA_RESTART
      let code = unsafe sigaction(number, &action, nil)
      precondition(code == 0, "these two signals may be handled")
    }
  }

  private static func makePipe() -> (readEnd: CInt, writeEnd: CInt) {
    var ends: [CInt] = [-1, -1]
    let code = unsafe pipe(&ends)
    precondition(code == 0, "a new process has room for two descriptors")
    return (ends[0], ends[1])
  }

  /// Returns when there is a reason to stop.
  func wait() async -> Reason {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> Reason? in
        if state.reason == nil { state.waiter = continuation }
        return state.reason
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  /// Gives the reason; only the first one counts.
  ///
  /// - Returns: whether it was the first.
  @discardableResult
  func stop(_ reason: Reason) -> Bool {
    let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Reason, Never>?) in
      guard state.reason == nil else { return (false, nil) }
      state.reason = reason
      defer { state.waiter = nil }
      return (true, state.waiter)
    }
    waiter?.resume(returning: reason)
    return isFirst
  }

  private func startThread(reading descriptor: CInt) {
    let reader = PipeReader(signals: self, descriptor: descriptor)
    var thread = pthread_t()
    // The thread lives as long as the process, and so does what it holds.
    let context = unsafe Unmanaged.passRetained(reader).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context {
          unsafe Unmanaged<PipeReader>.fromOpaque(context).takeUnretainedValue().run()
        }
        return nil
      }, context)
    precondition(code == 0, "a thread for signals can be made")
    pthread_detach(thread)
  }
}

/// Turns bytes of the pipe into reasons.
private final class PipeReader: Sendable {
  let signals: StopSignals
  let descriptor: CInt

  init(signals: StopSignals, descriptor: CInt) {
    self.signals = signals
    self.descriptor = descriptor
  }

  func run() {
    var byte: UInt8 = 0
    while unsafe read(descriptor, &byte, 1) == 1 {
      guard !signals.stop(.signal) else { continue }
      writeStandardError("milepost: second signal, exiting without waiting\n")
      _exit(1)
    }
  }
}

/// Where the handler writes. Set once, before the handler is installed; a constant start value needs no lazy
/// initialisation, which a handler must not do.
private nonisolated(unsafe) var pipeWriteEnd: CInt = -1
