// swift-tools-version: 6.2
import PackageDescription

// A package of its own: its programs define LMDB's functions themselves, and what they link must not be linked elsewhere.
let package = Package(
  name: "simulation",
  dependencies: [.package(name: "milepost", path: "../..")],
  targets: [
    .target(name: "SimulatedLMDB"),
    .executableTarget(
      name: "simulate",
      dependencies: [
        "SimulatedLMDB",
        .product(name: "Kernel", package: "milepost"),
        .product(name: "Store", package: "milepost"),
        .product(name: "Engine", package: "milepost"),
      ],
      swiftSettings: [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]),
  ],
  cxxLanguageStandard: .cxx17
)
