// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that normal builds and tests do without the fuzzer's run-time library. `tools/fuzz` builds it,
// through links below .build-fuzz. Targets and seeds are compiled here and in the test target of the same folder.
let package = Package(
  name: "fuzzing",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "milepost", path: "../..")],
  targets: [
    .systemLibrary(name: "CFuzzer", path: "CFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["CFuzzer"]
        + [
          "Kernel", "Wire", "Formats", "Store", "Engine", "Access", "Dataset", "Documents", "Fiscal", "Patterns",
          "Schemas", "Repository", "Marketplace", "Templates", "Texts", "Mappings",
        ].map {
          .product(name: $0, package: "milepost")
        },
      path: ".", sources: ["Driver", "Seeds", "Targets"],
      swiftSettings: [
        .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)
