// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target of ours: see "How the code is kept" in README.md.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// Tests force what they must; they are still Swift 6 with warnings as errors.
let testing: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "milepost",
  products: [
    .library(name: "Kernel", targets: ["Kernel"]),
    .library(name: "Wire", targets: ["Wire"]),
    .library(name: "Store", targets: ["Store"]),
    .library(name: "Engine", targets: ["Engine"]),
    .library(name: "Access", targets: ["Access"]),
    .library(name: "Issuers", targets: ["Issuers"]),
    .library(name: "Telemetry", targets: ["Telemetry"]),
    .library(name: "Server", targets: ["Server"]),
    .library(name: "Client", targets: ["Client"]),
    .library(name: "Formats", targets: ["Formats"]),
    .library(name: "Documents", targets: ["Documents"]),
    .library(name: "Fiscal", targets: ["Fiscal"]),
    .library(name: "Patterns", targets: ["Patterns"]),
    .library(name: "Schemas", targets: ["Schemas"]),
    .library(name: "Templates", targets: ["Templates"]),
    .library(name: "Mappings", targets: ["Mappings"]),
    .library(name: "Repository", targets: ["Repository"]),
    .library(name: "Marketplace", targets: ["Marketplace"]),
    .library(name: "Dataset", targets: ["Dataset"]),
    .library(name: "Gateway", targets: ["Gateway"]),
    .library(name: "Texts", targets: ["Texts"]),
    .executable(name: "milepost", targets: ["milepost"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries and header shims.
    .systemLibrary(
      name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // The allocator of the executable, with its configuration.
    .target(name: "CJemalloc", linkerSettings: [.linkedLibrary("jemalloc")]),
    .target(name: "CIntrinsics"),

    // The centre: rules, without input, output or clock.
    .target(name: "Kernel", dependencies: ["CIntrinsics"], swiftSettings: strict),
    .target(name: "Wire", dependencies: ["Kernel", "CIntrinsics"], swiftSettings: strict),

    // Operations in text and files.
    .target(name: "Formats", dependencies: ["Kernel"], swiftSettings: strict),

    // What is customised: expressions, texts that are read and compared.
    .target(name: "Expressions", swiftSettings: strict),
    .target(name: "Documents", dependencies: [crypto, yams], swiftSettings: strict),
    // Regular expressions in linear time.
    .target(name: "Patterns", swiftSettings: strict),
    // JSON Schema over documents.
    .target(name: "Schemas", dependencies: ["Documents", "Patterns"], swiftSettings: strict),

    // What people read.
    .target(name: "Texts", swiftSettings: strict),

    // India: dates, identifiers, rates with their sources, and what is computed from them.
    .target(name: "Fiscal", dependencies: ["Documents", crypto], swiftSettings: strict),

    // From a form to a contract.
    .target(
      name: "Templates", dependencies: ["Documents", "Expressions", "Fiscal", "Kernel", "Texts", crypto],
      swiftSettings: strict),

    // Between the texts of other systems and ours.
    .target(name: "Mappings", dependencies: ["Documents", "Expressions", "Fiscal"], swiftSettings: strict),

    // Durability.
    .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: strict),
    .target(name: "Store", dependencies: ["LMDB", "CIntrinsics", crypto], swiftSettings: strict),
    .target(name: "Engine", dependencies: ["Kernel", "Store", "CIntrinsics"], swiftSettings: strict),

    // What is customised: its versions.
    .target(name: "Repository", dependencies: ["Documents", "Store", crypto], swiftSettings: strict),
    // What tenants offer each other.
    .target(name: "Marketplace", dependencies: ["Documents", "Repository", "Store"], swiftSettings: strict),

    // Gzip of what is in memory.
    .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: strict),

    // The edge.
    .target(name: "Access", dependencies: ["Kernel", "Store", "Engine", crypto], swiftSettings: strict),
    .target(
      name: "Issuers", dependencies: ["Access", "Formats", jwtKit, httpClient, logging, nioCore, nioHTTP1],
      swiftSettings: strict),
    .target(name: "Telemetry", dependencies: [metrics], swiftSettings: strict),
    .target(
      name: "Server",
      dependencies: [
        "Access", "Engine", "Kernel", "Store", "Wire", "Telemetry", nioCore, nioPosix, nioHTTP1, nioSSL, logging,
        metrics,
      ],
      swiftSettings: strict),
    .target(
      name: "Client", dependencies: ["Kernel", "Wire", nioCore, nioPosix, nioSSL], swiftSettings: strict),
    .target(
      name: "LoadGenerator", dependencies: ["CIntrinsics", "Kernel", "Wire", "Client", nioCore, nioPosix, histogram],
      swiftSettings: strict),
    .target(name: "Dataset", dependencies: ["Formats", "Kernel"], swiftSettings: strict),
    .target(
      name: "Gateway",
      dependencies: [
        "Access", "Client", "Compression", "Documents", "Expressions", "Fiscal", "Formats", "Kernel", "Mappings",
        "Marketplace", "Repository", "Store",
        "Templates",
        "Texts", "Wire",
        crypto, nioCore, nioPosix, nioSSL, nioConcurrency, nioHTTP1, httpClient, httpTypes, hummingbird, hummingbirdTLS,
        lifecycle, logging, metrics,
      ],
      // The console is a part of the program: there are no files to lose.
      resources: [.embedInCode("Console/Assets")], swiftSettings: strict),
    .executableTarget(
      name: "milepost",
      dependencies: [
        "Kernel", "Wire", "Store", "Engine", "Access", "Telemetry", "Server", "Gateway", "Client", "LoadGenerator",
        "Formats", "Issuers", "Dataset", "Documents", "Expressions", "Fiscal", "Templates", "Texts", "CIntrinsics",
        "CJemalloc",
        crypto, nioCore, nioPosix, nioSSL, logging, metrics, argumentParser,
      ],
      swiftSettings: strict),

    .testTarget(name: "KernelTests", dependencies: ["Kernel"], swiftSettings: testing),
    .testTarget(
      name: "WireTests", dependencies: ["Wire", "Kernel", "CIntrinsics"], resources: [.copy("Vectors")],
      swiftSettings: testing),
    .testTarget(
      name: "ClientTests", dependencies: ["Client", "Wire", "Kernel", nioCore, nioPosix], swiftSettings: testing),
    .testTarget(name: "LMDBTests", dependencies: ["LMDB"], swiftSettings: testing),
    .testTarget(name: "StoreTests", dependencies: ["Store", "LMDB"], swiftSettings: testing),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Store", "Kernel"], resources: [.copy("Fixtures")],
      swiftSettings: testing),
    .testTarget(name: "AccessTests", dependencies: ["Access", "Engine", "Kernel", "Store"], swiftSettings: testing),
    .testTarget(name: "IssuersTests", dependencies: ["Access", "Issuers", jwtKit, logging], swiftSettings: testing),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Access", "Server", "Client", "Engine", "Store", "Wire", "Kernel", "Telemetry", metrics, nioCore, nioPosix,
        nioSSL, nioTLS,
      ],
      swiftSettings: testing),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Access", "Client", "Compression", "Engine", "Expressions", "Formats", "Gateway", "Kernel", "Marketplace",
        "Repository",
        "Server", "Store",
        "Telemetry", "Wire",
        crypto,
        httpClient, httpTypes, nioCore, nioConcurrency, nioEmbedded, nioHTTP1, nioPosix,
      ],
      swiftSettings: testing),
    .testTarget(
      name: "LoadGeneratorTests", dependencies: ["LoadGenerator", "Server", "Engine", "Kernel"],
      swiftSettings: testing),
    .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"], swiftSettings: testing),
    .testTarget(name: "FormatsTests", dependencies: ["Formats", "Kernel"], swiftSettings: testing),
    .testTarget(name: "DocumentsTests", dependencies: ["Documents"], swiftSettings: testing),
    .testTarget(name: "FiscalTests", dependencies: ["Documents", "Fiscal", "Kernel"], swiftSettings: testing),
    .testTarget(name: "PatternsTests", dependencies: ["Patterns"], swiftSettings: testing),
    .testTarget(name: "SchemasTests", dependencies: ["Documents", "Schemas"], swiftSettings: testing),
    .testTarget(name: "CompressionTests", dependencies: ["Compression"], swiftSettings: testing),
    .testTarget(
      name: "MappingsTests", dependencies: ["Documents", "Mappings", "Schemas"], exclude: ["Golden"],
      swiftSettings: testing),
    // What tests of several targets need around a repository.
    .target(
      name: "RepositoryFixtures", dependencies: ["Repository", "Store"], path: "Tests/RepositoryFixtures",
      swiftSettings: testing),
    .testTarget(
      name: "RepositoryTests", dependencies: ["Documents", "Repository", "RepositoryFixtures", "Store", crypto],
      swiftSettings: testing),
    .testTarget(
      name: "MarketplaceTests",
      dependencies: ["Documents", "Marketplace", "Repository", "RepositoryFixtures", "Store", crypto],
      swiftSettings: testing),
    .testTarget(name: "DatasetTests", dependencies: ["Dataset", "Formats", "Kernel"], swiftSettings: testing),
    .testTarget(
      name: "TemplatesTests",
      dependencies: ["Documents", "Expressions", "Fiscal", "Kernel", "Schemas", "Templates", "Texts", crypto],
      exclude: ["Golden"], swiftSettings: testing),
    .testTarget(name: "TextsTests", dependencies: ["Texts"], swiftSettings: testing),
    // The same targets and seeds as in the package in its folder, which runs them under a fuzzer.
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Access", "Dataset", "Documents", "Engine", "Fiscal", "Formats", "Kernel", "Mappings", "Marketplace",
        "Patterns",
        "Repository", "Schemas", "Store", "Templates", "Texts", "Wire",
      ],
      exclude: ["CFuzzer", "Driver", "Package.swift", "Runs.log"], sources: ["Replay", "Seeds", "Targets"],
      resources: [.copy("Corpus"), .copy("Regressions")], swiftSettings: testing + [.strictMemorySafety()]),
  ]
)
