extension LoadReport {
  /// The report for people: a dozen lines.
  public var summary: String {
    var lines: [String] = []
    func add(_ name: String, _ value: String) {
      lines.append("  " + name + String(repeating: " ", count: max(1, 16 - name.count)) + value)
    }
    let loop =
      configuration.search != nil
      ? "search for a rate, of which the last try is shown"
      : configuration.rate.map { "open loop at \(grouped(Int($0)))/s" } ?? "closed loop"
    add(
      "workload",
      "\(configuration.workloadName), \(loop), \(configuration.connectionCount) connections, \(grouped(configuration.batch)) a batch, "
        + "\(configuration.inFlight) in flight")
    if configuration.spread == .zipf { add("tenants", "\(grouped(configuration.tenantCount)), by Zipf's law") }
    if let recording = configuration.recording {
      add(
        "recording",
        "\(recording.name): \(grouped(recording.operationCount)) operations on \(grouped(recording.contractCount)) contracts of "
          + "\(grouped(recording.tenantCount)) tenants, over and over")
    } else {
      add(
        "preload",
        "\(grouped(configuration.contractCount * configuration.milestonesPerContract)) live milestones, "
          + "\(grouped(preloadOperations)) operations in \(tenths(preloadSeconds)) s")
    }
    addSearch(to: &lines)
    add(
      "throughput", "\(grouped(Int(operationsPerSecond))) operations/s (\(grouped(operations)) in \(tenths(seconds)) s)"
    )
    add(
      "latency",
      "p50 \(milliseconds(latency.p50))  p90 \(milliseconds(latency.p90))  p99 \(milliseconds(latency.p99))  "
        + "p99.9 \(milliseconds(latency.p999))  max \(milliseconds(latency.max)) ms")
    if let courseText { add("course", courseText) }
    if let stolenText { add("stolen", stolenText) }
    if configuration.readersPerConnection > 0 {
      add(
        "reads",
        "\(grouped(Int(seconds > 0 ? Double(reads) / seconds : 0))) contracts/s with their milestones, "
          + "p50 \(milliseconds(readLatency.p50))  p99 \(milliseconds(readLatency.p99)) ms, "
          + "\(grouped(readsCompared)) milestones compared whole")
    }
    add("in flight", "\(grouped(inFlightMax)) operations at most")
    let refused = rejected.reduce(0) { $0 + $1.count }
    add(
      "refused",
      "\(grouped(refused)) operations, each with the code predicted" + (differenceCount == 0 ? "" : " but see below"))
    add("durable", isDurable ? "yes: every answer left after its commit was on disk" : "not shown")
    add(
      "totals",
      tenantsDiffering == 0 && tenantsCompared > 0
        ? "equal for \(grouped(tenantsCompared)) tenants"
        : "DIFFER for \(tenantsDiffering) of \(tenantsCompared) tenants")
    add(
      "money",
      "funded \(rupees(totals.funded)), paid \(rupees(totals.paidOut - totals.returned)), tax deposited "
        + "\(rupees(totals.taxDeposited)), refunded \(rupees(totals.refunded))")
    if reconnects + resentFrames + replayedFrames > 0 {
      add("connections", "\(reconnects) reconnects, \(resentFrames) frames sent again, \(replayedFrames) kept replies")
    }
    if differenceCount > 0 { add("DIFFERENCES", "\(grouped(differenceCount)) answers were not the predicted ones") }
    for difference in differences { lines.append("    " + difference) }
    if let failure { add("FAILED", failure) }
    return lines.joined(separator: "\n")
  }

  /// The worst latency of each stretch as a bar, each height three times the one below: runs differ by orders of magnitude.
  private var courseText: String? {
    let (stretch, worst) = course.joined(atMost: LatencyCourse.drawnCount)
    guard worst.count > 1, let most = worst.max(), let least = worst.filter({ $0 > 0 }).min() else { return nil }
    let bars = worst.map { latency -> Character in
      var (height, bound) = (0, 1_000_000 as UInt64)
      while latency > bound, height < Self.bars.count - 1 { (height, bound) = (height + 1, bound * 3) }
      return latency == 0 ? " " : Self.bars[height]
    }
    return "[\(String(bars))] worst of each \(tenths(Double(stretch) / 1e9)) s: "
      + "\(milliseconds(Double(least) / 1_000)) to \(milliseconds(Double(most) / 1_000)) ms (\(Self.bars[0]) up to 1 ms, each step 3 times)"
  }

  /// What the host took, below the course; nil where it is nothing to speak of, so always on a machine of one's own.
  private var stolenText: String? {
    guard let stolen, let share = stolen.share(from: course.start, to: course.start + UInt64(seconds * 1e9)) else {
      return nil
    }
    let (stretch, worst) = course.joined(atMost: LatencyCourse.drawnCount)
    let shares = course.stolenShares(stolen, stretch: stretch, count: worst.count)
    guard let most = shares.compactMap({ $0 }).max(), most >= 0.01 else { return nil }
    let bars = shares.map { share -> Character in
      guard let share, share >= 0.01 else { return " " }
      return Self.bars[min(Self.bars.count - 1, Int(share * Double(Self.bars.count)))]
    }
    return "[\(String(bars))] of the processors' time by the host of this machine: \(tenths(share * 100)) %, "
      + "up to \(tenths(most * 100)) % of a stretch"
  }

  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private func addSearch(to lines: inout [String]) {
    guard let search = configuration.search else { return }
    lines.append("  search          highest rate with p99 up to \(milliseconds(search.p99Milliseconds * 1_000)) ms:")
    for step in steps {
      let offered = step.offered.map { "\(grouped(Int($0)))/s" } ?? "closed loop"
      lines.append(
        "    \(offered): \(grouped(Int(step.operationsPerSecond)))/s, p50 \(milliseconds(step.latency.p50))  "
          + "p99 \(milliseconds(step.latency.p99)) ms  \(step.holds ? "holds" : "does not hold")")
    }
    lines.append("    " + (highestRate.map { "holds \(grouped(Int($0))) operations/s" } ?? "no rate holds it"))
  }
}
internal import Kernel

/// 1234567 as 1,234,567.
func grouped(_ value: Int) -> String {
  let digits = String(value.magnitude)
  var out = ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { out += "," }
    out.append(digit)
  }
  return value < 0 ? "-" + out : out
}

/// Minor units as rupees, grouped the Indian way: Rs 12,34,56,789.00.
func rupees(_ minorUnits: Int64) -> String {
  let paise = minorUnits.magnitude % 100
  var digits = String(minorUnits.magnitude / 100)
  // The last three digits, then pairs.
  var groups = [String(digits.suffix(3))]
  digits = String(digits.dropLast(3))
  while !digits.isEmpty {
    groups.insert(String(digits.suffix(2)), at: 0)
    digits = String(digits.dropLast(2))
  }
  return (minorUnits < 0 ? "-" : "") + "Rs " + groups.joined(separator: ",") + "." + (paise < 10 ? "0" : "")
    + "\(paise)"
}

/// One decimal.
func tenths(_ value: Double) -> String {
  let scaled = Int((value * 10).rounded())
  return "\(scaled / 10).\(abs(scaled % 10))"
}

/// Microseconds as milliseconds with two decimals.
private func milliseconds(_ microseconds: Double) -> String {
  let scaled = Int((microseconds / 10).rounded())
  let cents = scaled % 100
  return "\(scaled / 100).\(cents < 10 ? "0" : "")\(cents)"
}
