import Benchmark
import Documents
import Patterns
import Schemas

/// What the validation service does to a document: read it, check it by a schema, match its texts. Throughput is in
/// bytes of text where a document has several megabytes.
let benchmarks: @Sendable () -> Void = {
  let text = Array(TemplateTexts.list(of: 2_500).utf8)
  let limits = DocumentLimits(byteCountMax: 16 << 20, valueCountMax: 2_000_000)

  Benchmark(
    "read and check a document of \(text.count) bytes",
    configuration: .init(metrics: [.cpuTotal, .mallocCountTotal], maxDuration: .seconds(5))
  ) { benchmark in
    let schema = try TemplateTexts.listSchema()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      let document = try Document(json: text, limits: limits)
      precondition(schema.accepts(document.root), "the benchmark's own document fits")
    }
    benchmark.stopMeasurement()
  }

  Benchmark(
    "check one template",
    configuration: .init(metrics: [.cpuTotal, .mallocCountTotal], scalingFactor: .kilo, maxDuration: .seconds(5))
  ) { benchmark in
    let schema = try TemplateTexts.listSchema()
    let document = try Document(json: Array(TemplateTexts.list(of: 1).utf8))
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(schema.accepts(document.root)) }
    benchmark.stopMeasurement()
  }

  for (source, text) in [
    ("^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]$", "27AAPFU0939F1ZV"), ("^[A-Z]{4}0[A-Z0-9]{6}$", "HDFC0001234"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-04-01"),
  ] {
    Benchmark(
      "match \(text) by \(source)",
      configuration: .init(metrics: [.cpuTotal, .mallocCountTotal], scalingFactor: .mega, maxDuration: .seconds(5))
    ) { benchmark in
      let pattern = try Pattern(source)
      let bytes = Array(text.utf8)
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { blackHole(pattern.matches(bytes.span)) }
      benchmark.stopMeasurement()
    }
  }
}
