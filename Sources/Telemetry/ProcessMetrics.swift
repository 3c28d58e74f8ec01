import Glibc

/// Memory of the allocator, in bytes, as jemalloc reports it. The executable that links the allocator
/// provides these; this target knows none.
public struct AllocatorStatistics: Sendable, Hashable {
  /// Bytes the program asked for and holds.
  public var allocated: Int
  /// Bytes in pages that back them.
  public var active: Int
  /// Bytes of the allocator that are resident, its own bookkeeping included.
  public var resident: Int
  /// Bytes mapped.
  public var mapped: Int

  /// Figures of one moment.
  public init(allocated: Int, active: Int, resident: Int, mapped: Int) {
    self.allocated = allocated
    self.active = active
    self.resident = resident
    self.mapped = mapped
  }
}

extension MetricsRegistry {
  /// Adds the process's resident memory (anonymous and file pages apart) and open time to every scrape.
  ///
  /// File pages are the store's mapped files: the kernel takes them back when memory is needed.
  public func addProcessMetrics() {
    onScrape { exposition in
      guard let memory = ProcessMemory.current() else { return }
      exposition.addGauge(
        "milepost_memory_resident_bytes", help: "Resident memory of the process, by kind.",
        labels: [MetricLabel("kind", "anonymous")], memory.anonymous)
      exposition.addGauge(
        "milepost_memory_resident_bytes", help: "Resident memory of the process, by kind.",
        labels: [MetricLabel("kind", "file")], memory.file)
    }
  }

  /// Adds the allocator's figures to every scrape; `read` runs on the thread that scrapes.
  public func addAllocatorMetrics(_ read: @escaping @Sendable () -> AllocatorStatistics?) {
    onScrape { exposition in
      guard let statistics = read() else { return }
      let figures = [
        ("allocated", statistics.allocated), ("active", statistics.active),
        ("resident", statistics.resident), ("mapped", statistics.mapped),
      ]
      for (kind, byteCount) in figures {
        exposition.addGauge(
          "milepost_allocator_bytes", help: "Memory of the allocator, by kind.",
          labels: [MetricLabel("kind", kind)], byteCount)
      }
    }
  }
}

/// Resident memory of this process, from `/proc/self/status`.
public struct ProcessMemory: Sendable, Hashable {
  /// Bytes of memory that only this process backs.
  public var anonymous: Int
  /// Bytes of mapped files.
  public var file: Int

  /// The figures now; nil when the system does not tell.
  public static func current() -> ProcessMemory? {
    guard let text = readStatus() else { return nil }
    guard let anonymous = kibibytes("RssAnon:", in: text), let file = kibibytes("RssFile:", in: text) else {
      return nil
    }
    return ProcessMemory(anonymous: anonymous * 1024, file: file * 1024)
  }

  private static func kibibytes(_ field: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(field) {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }
    return nil
  }

  private static func readStatus() -> String? {
    let descriptor = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
      // One read returns the whole page of text; the file is about 1.5 KiB.
      count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
