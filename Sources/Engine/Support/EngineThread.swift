internal import CIntrinsics
import Glibc

/// A thread that runs one closure and can be waited for.
final class EngineThread: @unchecked Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  // Written in `init`, read in `join`, which one thread calls.
  private let thread: pthread_t

  /// Starts the thread.
  /// - Parameter name: what the system's tools call it, at most 15 characters.
  init(name: String, _ run: @escaping @Sendable () -> Void) throws(EngineError) {
    // The new thread takes the reference over; when there is no new thread it is given back here.
    let body = unsafe Unmanaged.passRetained(Body(name, run))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        unsafe milepost_name_thread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      unsafe body.release()
      throw EngineError(.store, "cannot start the \(name) thread (errno \(code))")
    }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}
