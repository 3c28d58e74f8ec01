import Store

/// Where the process is in its life; health checks and the command line read it, any thread may.
///
/// ```
/// recovering -> serving -> draining -> stopped
///      \____________\___________\____> failed
/// ```
public final class ServerStatus: Sendable {
  /// A stage of the life cycle.
  public enum Stage: Sendable, Hashable {
    /// The store is being opened and replayed.
    case recovering
    case serving
    /// Accepts nothing new and finishes what it has accepted.
    case draining
    case stopped
    /// Met a failure of its own; the reason is for the operator. Final.
    case failed(String)
  }

  private let current = Locked(Stage.recovering)

  /// Starts in `recovering`.
  public init() {}

  /// The stage now.
  public var stage: Stage { current.withLock { $0 } }

  /// Whether clients are served: recovered, not draining, not failed.
  public var isReady: Bool { stage == .serving }

  /// Whether the process is as it should be. A draining process is; one that failed is not.
  public var isHealthy: Bool {
    if case .failed = stage { false } else { true }
  }

  /// Moves on to `next`; a stage that lies behind is ignored, and nothing follows a failure.
  ///
  /// - Returns: whether the stage changed.
  @discardableResult
  public func advance(to next: Stage) -> Bool {
    current.withLock { stage in
      guard Self.rank(next) > Self.rank(stage) else { return false }
      stage = next
      return true
    }
  }

  private static func rank(_ stage: Stage) -> Int {
    switch stage {
    case .recovering: 0
    case .serving: 1
    case .draining: 2
    case .stopped: 3
    case .failed: 4
    }
  }
}

extension ServerStatus.Stage: CustomStringConvertible {
  /// One word, and the reason of a failure.
  public var description: String {
    switch self {
    case .recovering: "recovering"
    case .serving: "serving"
    case .draining: "draining"
    case .stopped: "stopped"
    case .failed(let reason): "failed: \(reason)"
    }
  }
}
