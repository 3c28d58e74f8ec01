// swift-tools-version: 6.2
import PackageDescription

// A package of its own: it needs none of what the benchmarks beside it need, so the tests can build it quickly. Run with `tools/bench --check`.
let package = Package(
  name: "counts",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "milepost", path: "../..")],
  targets: [
    .executableTarget(
      name: "counts",
      dependencies: ["Kernel", "Wire", "Store", "Engine"].map { .product(name: $0, package: "milepost") },
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
