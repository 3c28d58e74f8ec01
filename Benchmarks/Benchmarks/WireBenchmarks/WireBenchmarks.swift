import Benchmark
import Kernel
import Wire

/// What both sides of the wire do to a full frame: checksum and header, written and checked.
let benchmarks: @Sendable () -> Void = {
  for count in [1, 128, 8_190] {
    Benchmark(
      "seal and check a frame of \(count) operations",
      configuration: .init(metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(5))
    ) { benchmark in
      let body = [UInt8](repeating: 7, count: count * Kernel.Operation.byteCount)
      var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount)
      benchmark.startMeasurement()
      for request in benchmark.scaledIterations {
        var header = FrameHeader(.submit, count: UInt32(count), session: 1, request: UInt64(request + 1))
        header.seal(body: body.span.bytes)
        var bytes = frame.mutableSpan.mutableBytes
        header.store(into: &bytes)
        let decoded = try FrameHeader(decoding: frame.span.bytes)
        try decoded.check(body: body.span.bytes)
        blackHole(decoded)
      }
      benchmark.stopMeasurement()
    }
  }
}
