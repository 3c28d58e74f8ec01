import CoreMetrics
import Telemetry
import Testing

struct TelemetryTests {
  @Test func textIsStableAndEscaped() {
    let registry = MetricsRegistry()
    registry.gauge("b_now", help: "Line one\nand a \\ backslash.").set(-3)
    registry.counter("a_total", help: "Things.", labels: [MetricLabel("z", "1"), MetricLabel("a", "x\"y\\z\n")]).add(2)
    registry.counter("a_total", help: "Things.", labels: [MetricLabel("a", "b")]).add()
    let expected = """
      # HELP a_total Things.
      # TYPE a_total counter
      a_total{a="b"} 1
      a_total{a="x\\"y\\\\z\\n",z="1"} 2
      # HELP b_now Line one\\nand a \\\\ backslash.
      # TYPE b_now gauge
      b_now -3

      """
    #expect(registry.text() == expected)
    #expect(registry.text() == expected)
  }

  @Test func histogramBucketsAreCumulativeAndInclusive() {
    let registry = MetricsRegistry()
    let histogram = registry.histogram("h", help: "H.", upperBounds: [0.5, 1, 2.5])
    for value in [0.5, 0.75, 1, 2, 100] { histogram.observe(value) }
    histogram.observe(0.25, times: 3)
    let lines = registry.text().split(separator: "\n").dropFirst(2)
    #expect(
      lines == [
        "h_bucket{le=\"0.5\"} 4", "h_bucket{le=\"1\"} 6", "h_bucket{le=\"2.5\"} 7", "h_bucket{le=\"+Inf\"} 8",
        "h_sum 105", "h_count 8",
      ])
  }

  @Test func handlesAreLookedUpOnce() {
    let registry = MetricsRegistry()
    let first = registry.counter("c_total", help: "C.", labels: [MetricLabel("a", "1"), MetricLabel("b", "2")])
    let second = registry.counter("c_total", help: "C.", labels: [MetricLabel("b", "2"), MetricLabel("a", "1")])
    #expect(first === second)
  }

  @Test func scrapeHooksAddUp() {
    let registry = MetricsRegistry()
    for shard in 1...4 { registry.onScrape { $0.addCounter("shards_total", help: "S.", UInt64(shard)) } }
    registry.onScrape { $0.addGauge("ratio", help: "R.", 0.25) }
    #expect(registry.text().contains("\nshards_total 10\n"))
    #expect(registry.text().contains("\nratio 0.25\n"))
  }

  @Test(arguments: [
    (1.0, "1"), (0.00025, "0.00025"), (-2.5, "-2.5"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
    (.nan, "NaN"),
  ]) func numbersReadAsPrometheusReadsThem(_ value: Double, _ text: String) {
    let registry = MetricsRegistry()
    registry.onScrape { $0.addGauge("g", help: "G.", value) }
    #expect(registry.text().hasSuffix("\ng \(text)\n"))
  }

  @Test func swiftMetricsHandlesEndUpOnThePage() {
    let registry = MetricsRegistry()
    let factory = PrometheusMetricsFactory(registry: registry)
    let counter = factory.makeCounter(label: "library.calls", dimensions: [("kind-of", "a")])
    counter.increment(by: 5)
    factory.makeTimer(label: "library.time", dimensions: []).recordNanoseconds(1_500_000)
    factory.makeRecorder(label: "library.level", dimensions: [], aggregate: false).record(2.5)
    factory.makeFloatingPointCounter(label: "library.sum", dimensions: []).increment(by: 0.5)
    let meter = factory.makeMeter(label: "library.meter", dimensions: [])
    meter.increment(by: 3)
    meter.decrement(by: 1)
    let text = registry.text()
    #expect(text.contains("library_calls_total{kind_of=\"a\"} 5\n"))
    #expect(text.contains("library_time_seconds_bucket{le=\"0.0025\"} 1\n"))
    #expect(text.contains("library_time_seconds_bucket{le=\"0.001\"} 0\n"))
    #expect(text.contains("library_level 2.5\n"))
    #expect(text.contains("library_sum_total 0.5\n"))
    #expect(text.contains("library_meter 2\n"))
    factory.destroyCounter(counter)
    #expect(!registry.text().contains("library_calls_total"))
  }

  @Test func processMemoryIsKnown() throws {
    let memory = try #require(ProcessMemory.current())
    #expect(memory.anonymous > 0)
    #expect(memory.file > 0)
  }

  @Test func countersOfManyThreadsLoseNothing() async {
    let registry = MetricsRegistry()
    let counter = registry.counter("n_total", help: "N.")
    let histogram = registry.histogram("t", help: "T.", upperBounds: [1])
    await withTaskGroup(of: Void.self) { tasks in
      for _ in 0..<8 {
        tasks.addTask {
          for _ in 0..<1_000 {
            counter.add()
            histogram.observe(0.5)
          }
        }
      }
    }
    #expect(counter.value == 8_000)
    #expect(histogram.snapshot == HistogramSnapshot(upperBounds: [1], counts: [8_000, 0], sum: 4_000))
  }
}
