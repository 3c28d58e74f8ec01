import CJemalloc
import Telemetry

/// What jemalloc says about memory; nil when it does not answer.
func readAllocatorStatistics() -> AllocatorStatistics? {
  // Figures are of the last epoch; writing any number starts a new one.
  var epoch: UInt64 = 1
  guard unsafe mallctl("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size) == 0 else { return nil }
  guard let allocated = readSize("stats.allocated"), let active = readSize("stats.active"),
    let resident = readSize("stats.resident"), let mapped = readSize("stats.mapped")
  else { return nil }
  return AllocatorStatistics(allocated: allocated, active: active, resident: resident, mapped: mapped)
}

private func readSize(_ name: String) -> Int? {
  var value = 0
  var byteCount = MemoryLayout<Int>.size
  // The allocator writes one size_t, which is what the length says.
  guard unsafe mallctl(name, &value, &byteCount, nil, 0) == 0 else { return nil }
  return value
}
