import Glibc

/// A thread that runs one closure and can be waited for.
final class EngineThread: @unchecked Sendable {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  // Written in `init`, read in `join`, which one thread calls.
  private let thread: pthread_t

  /// Starts the thread.
  /// - Parameter name: for the error when there is no thread to have.
  init(name: String, _ run: @escaping @Sendable () -> Void) throws(EngineError) {
    // The new thread takes the reference over; when there is no new thread it is given back here.
    let body = unsafe Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
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
