import NIOCore

/// Work that waits for its turn, by flows: deficit round robin (Shreedhar and Varghese, SIGCOMM 1995).
///
/// Each flow has its own order; between flows each gets as many operations as the others, whatever one of them has
/// queued. A flow alone gets everything. Taking a piece of work is O(1) over time.
///
/// Confined to its event loop.
struct FairQueue {
  /// Operations that a flow gets in its turn. A frame that is larger waits for several turns.
  static let quantum = 2_048

  /// Flows with work, the one whose turn it is first.
  private var active = CircularBuffer<Flow>()
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Whether more than one flow has work: then others wait for what is applied at once.
  var isContested: Bool { active.count > 1 }

  mutating func append(_ work: QueuedWork, to flow: Flow) {
    if flow.work.isEmpty { active.append(flow) }
    flow.work.append(work)
    count += 1
  }

  /// The work whose turn it is.
  var first: QueuedWork? {
    mutating get {
      while let flow = active.first {
        // A flow with work is active, and one without is not.
        let work = flow.work[flow.work.startIndex]
        if flow.deficit >= work.operationCount { return work }
        flow.deficit += Self.quantum
        // Alone it need not wait for anybody.
        if active.count > 1 { active.append(active.removeFirst()) }
      }
      return nil
    }
  }

  /// Takes what `first` showed.
  mutating func removeFirst() {
    guard let flow = active.first, let work = flow.work.popFirst() else {
      preconditionFailure("only what was seen is taken")
    }
    flow.deficit -= work.operationCount
    count -= 1
    if flow.work.isEmpty {
      // Who pauses saves nothing up.
      flow.deficit = 0
      active.removeFirst()
    }
  }
}

/// Clients that share one turn and one bound of memory: all connections of a key, or one connection without keys.
///
/// Confined to its event loop.
final class Flow {
  /// Nil for one connection without a key.
  let key: UInt32?
  var work = CircularBuffer<QueuedWork>()
  /// Operations that it may still apply in this turn.
  var deficit = 0
  /// Bytes of its submits accepted or being received, and not yet answered.
  var bytesInFlight = 0
  /// Of them those of whole frames.
  var bytesAccepted = 0
  /// Its sockets are not read: it has as much in flight as is left for everybody.
  var isPaused = false
  /// Connections that use it.
  var connections: [UInt64: Connection] = [:]

  init(key: UInt32? = nil) { self.key = key }
}
