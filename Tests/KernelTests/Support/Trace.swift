import Kernel

/// Finds a short run that still shows a difference, and prints it.
enum Trace {
  /// The first difference that a run shows.
  static func difference(_ batches: [Batch]) -> String? {
    var comparison = Comparison()
    for batch in batches {
      if let difference = comparison.apply(batch, isThorough: true) { return difference }
    }
    return nil
  }

  /// Leaves out batches, then operations, as long as some difference remains.
  static func shrink(_ batches: [Batch]) -> [Batch] {
    var run = batches
    var chunk = max(1, run.count / 2)
    while chunk >= 1 {
      var start = 0
      while start < run.count {
        var shorter = run
        shorter.removeSubrange(start..<min(start + chunk, run.count))
        if difference(shorter) != nil { run = shorter } else { start += chunk }
      }
      if chunk == 1 { break }
      chunk /= 2
    }
    for index in run.indices.reversed() {
      for position in run[index].requests.indices.reversed() {
        var shorter = run
        shorter[index].requests.remove(at: position)
        if difference(shorter) != nil { run = shorter }
      }
    }
    return run.filter { !$0.requests.isEmpty }
  }

  /// The last operations of a run with the model's answers.
  static func text(_ batches: [Batch], last count: Int = 30) -> String {
    var model = Model()
    var lines: [String] = []
    for batch in batches {
      for (request, result) in zip(batch.requests, model.apply(batch.requests, stamp: batch.stamp)) {
        lines.append("  [\(batch.stamp)] \(request) -> \(result.text)")
      }
    }
    return lines.suffix(count).joined(separator: "\n")
  }
}
