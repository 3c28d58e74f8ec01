// swift-tools-version: 6.2
import PackageDescription

// A package of its own: its programs define LMDB's functions themselves, and what they link must not be linked elsewhere.
let package = Package(
  name: "simulation",
  dependencies: [
    .package(name: "milepost", path: "../.."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .target(name: "SimulatedLMDB"),
    .executableTarget(
      name: "simulate",
      dependencies: [
        "SimulatedLMDB",
        .product(name: "Kernel", package: "milepost"),
        .product(name: "Store", package: "milepost"),
        .product(name: "Engine", package: "milepost"),
        .product(name: "Access", package: "milepost"),
        .product(name: "Wire", package: "milepost"),
        .product(name: "Telemetry", package: "milepost"),
        .product(name: "Server", package: "milepost"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]),
  ],
  cxxLanguageStandard: .cxx17
)
