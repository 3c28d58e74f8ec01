// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that normal builds and tests do without it. Run with `tools/bench`.
let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "milepost", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    benchmarks("KernelBenchmarks", ["Kernel"]),
    benchmarks("WireBenchmarks", ["Wire", "Kernel"]),
    benchmarks("StoreBenchmarks", ["Store"]),
    benchmarks("PathBenchmarks", ["Engine", "Kernel"]),
    benchmarks("SchemaBenchmarks", ["Documents", "Patterns", "Schemas"]),
  ]
)

func benchmarks(_ name: String, _ products: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: products.map { .product(name: $0, package: "milepost") } + [
      .product(name: "Benchmark", package: "benchmark")
    ],
    path: "Benchmarks/\(name)",
    swiftSettings: [.swiftLanguageMode(.v6)],
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}
