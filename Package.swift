// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// The language settings of every Swift target: Swift 6 mode, and imports that say what they expose.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The same for the floors that every call passes through: a function that waits stays where its caller is, which spares
/// a call the way through an executor's queue at every `await`.
let hotSettings = settings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

/// A library of one floor of the house (`docs/architecture.md`).
func library(_ name: String, floor: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil)
  -> Target
{
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)", resources: resources,
    swiftSettings: floor == "Wire" || floor == "Contracts" ? hotSettings : settings)
}

/// An entrance: the executable `name`, built from the target `target`.
///
/// Target and product differ in name because `projects` and `Projects` are one file on a disk that ignores case.
func entrance(_ target: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: target, dependencies: dependencies, path: "Sources/Executables/\(folder)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil, exclude: [String] = [])
  -> Target
{
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let numerics = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "waymark",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "projects", targets: ["ProjectsMain"]),
    .executable(name: "measurement", targets: ["MeasurementMain"]),
    .executable(name: "people", targets: ["PeopleMain"]),
    .executable(name: "gateway", targets: ["GatewayMain"]),
    .executable(name: "waymark", targets: ["WaymarkMain"]),
    .library(name: "ProtobufC", targets: ["ProtobufC"]),
    .library(name: "HTTP2", targets: ["HTTP2"]),
    .library(name: "RPC", targets: ["RPC"]),
    .library(name: "Contracts", targets: ["Contracts"]),
    .library(name: "SPC", targets: ["SPC"]),
    .library(name: "Charting", targets: ["Charting"]),
    .library(name: "ServiceRuntime", targets: ["ServiceRuntime"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: [
    // Floor 0: the wire.
    .systemLibrary(
      name: "CProtobufC", path: "Sources/Wire/CProtobufC", pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"]), .brew(["protobuf-c"])]),
    .systemLibrary(
      name: "CNGHTTP2", path: "Sources/Wire/CNGHTTP2", pkgConfig: "libnghttp2",
      providers: [.apt(["libnghttp2-dev"]), .brew(["libnghttp2"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Wire/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    library("ProtobufC", floor: "Wire", ["CProtobufC"]),
    library("HTTP2", floor: "Wire", ["CNGHTTP2", nioCore, nioPosix, nioConcurrency, logging]),
    library(
      "RPC", floor: "Wire",
      ["ProtobufC", "HTTP2", "CZlib", nioCore, nioPosix, nioSSL, nioTLS, nioConcurrency, logging, metrics, tracing]),

    // Floor 1: the contracts.
    .target(name: "CContracts", dependencies: ["CProtobufC"], path: "Sources/Contracts/CContracts"),
    library("Contracts", floor: "Contracts", ["CContracts", "CProtobufC", "ProtobufC", "RPC"]),

    // Floor 2: the domain.
    library("SPC", floor: "Domain", [numerics]),
    library("Charting", floor: "Domain", ["SPC", numerics]),
    library("Conformance", floor: "Domain", ["SPC"]),
    library("Tables", floor: "Domain", ["SPC"]),

    // Floor 3: the platform.
    .systemLibrary(
      name: "CPostgres", path: "Sources/Platform/CPostgres", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    library("Storage", floor: "Platform", ["CPostgres", "Identity", grdb, grdbSQLite, crypto, logging]),
    library("Identity", floor: "Platform", []),
    library(
      "ServiceRuntime", floor: "Platform",
      [
        "Tables", "Contracts", "RPC", "ProtobufC", "Storage", "Identity", crypto, nioCore, nioPosix, nioHTTP1, logging,
        coreMetrics,
        tracing, argumentParser, configuration, lifecycle, unixSignals, systemPackage,
      ]),

    // Floor 4: the services.
    library(
      "People", floor: "Services", ["ServiceRuntime", "Storage", "Identity", "Contracts", "ProtobufC", "RPC", logging]),
    library(
      "Projects", floor: "Services",
      ["ServiceRuntime", "Storage", "Identity", "Contracts", "ProtobufC", "RPC", logging]),
    library(
      "Measurement", floor: "Services",
      [
        "SPC", "Charting", "Tables", "ServiceRuntime", "Storage", "Identity", "Contracts", "ProtobufC", "RPC", crypto,
        logging,
      ]),
    library(
      "Gateway", floor: "Services",
      [
        "SPC", "Tables", "ServiceRuntime", "Identity", "Contracts", "RPC", "HTTP2", "ProtobufC", hummingbird,
        hummingbirdCore, mustache,
        httpTypes, nioCore, nioPosix, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, logging, metrics, tracing, lifecycle,
      ], resources: [.embedInCode("Resources")]),

    // Floor 5: the entrances.
    entrance("PeopleMain", folder: "people", ["People", "ServiceRuntime", argumentParser]),
    entrance("ProjectsMain", folder: "projects", ["Projects", "ServiceRuntime", argumentParser]),
    entrance("MeasurementMain", folder: "measurement", ["Measurement", "ServiceRuntime", argumentParser]),
    entrance("GatewayMain", folder: "gateway", ["Gateway", "ServiceRuntime", argumentParser]),
    entrance(
      "WaymarkMain", folder: "waymark",
      [
        "CDemoData", "SPC", "Charting", "Conformance", "Tables", "People", "Projects", "Measurement", "Storage",
        "ServiceRuntime", "Contracts", "RPC", certificates,
        crypto, asn1, argumentParser, subprocess,
        systemPackage, unixSignals,
        logging,
      ]),
    .target(name: "CDemoData", path: "Sources/Executables/CDemoData", exclude: ["ae_attendances.csv", "README.md"]),

    // Tests mirror Sources.
    // Contracts for tests alone: `Tests/TestContracts/proto`, generated by `Tools/proto.sh`.
    .target(
      name: "CTestContracts", dependencies: ["CProtobufC", "CContracts"], path: "Tests/TestContracts/CTestContracts"),
    .target(
      name: "TestContracts", dependencies: ["CTestContracts", "CProtobufC", "ProtobufC", "Contracts"],
      path: "Tests/TestContracts/Generated", swiftSettings: hotSettings),
    tests("ProtobufCTests", ["ProtobufC", "Contracts", "TestContracts"], exclude: ["Foreign"]),
    tests("ContractsTests", ["Contracts", "ProtobufC", "RPC"]),
    tests("HTTP2Tests", ["HTTP2", nioCore, nioEmbedded, nioPosix]),
    tests(
      "RPCTests",
      [
        "RPC", "HTTP2", "ProtobufC", "Contracts", "ServiceRuntime", nioCore, nioPosix, logging, metrics, tracing,
        inMemoryTracing,
      ]),
    tests("SPCTests", ["SPC", "Conformance"], resources: [.copy("Reference"), .copy("Exact")]),
    tests("ChartingTests", ["Charting", "SPC"], resources: [.copy("Data")], exclude: ["Golden"]),
    tests("TablesTests", ["Tables", "SPC"], resources: [.copy("Reference")]),
    // Places for the stores of tests, on both engines.
    .target(
      name: "StorageTesting", dependencies: ["Storage", "CPostgres"], path: "Tests/StorageTesting",
      swiftSettings: settings),
    tests("StorageTests", ["Storage", "StorageTesting", "Identity", grdb]),
    tests("IdentityTests", ["Identity"]),
    tests(
      "ServiceRuntimeTests",
      [
        "ServiceRuntime", "Tables", "Storage", "StorageTesting", "Identity", "Contracts", "RPC", argumentParser,
        logging,
        coreMetrics, tracing, nioCore, nioPosix,
      ],
      exclude: ["Foreign"]),
    tests("PeopleTests", ["People", "Storage", "StorageTesting", "Contracts", "RPC"], resources: [.copy("Stores")]),
    tests(
      "ProjectsTests", ["Projects", "Storage", "StorageTesting", "Contracts", "RPC", nioCore],
      resources: [.copy("Stores")]),
    tests(
      "MeasurementTests",
      [
        "Tables", "Measurement", "SPC", "Storage", "StorageTesting", "Identity", "ServiceRuntime", "Contracts",
        "ProtobufC",
        "RPC", nioCore,
      ], resources: [.copy("Stores")]),
    tests(
      "GatewayTests",
      [
        "Gateway", "ServiceRuntime", "Contracts", "RPC", "ProtobufC", hummingbird, hummingbirdCore, httpTypes,
        lifecycle, logging, metrics, nioConcurrency, nioCore, nioPosix, nioEmbedded,
      ], exclude: ["Foreign"]),
    tests(
      "WaymarkTests",
      [
        "WaymarkMain", "Storage", "StorageTesting", "Identity", "People", "Projects", "Measurement", "ServiceRuntime",
        "RPC", argumentParser,
      ]),
    tests(
      "EndToEndTests", ["Contracts", "RPC", "Storage", "StorageTesting", subprocess, systemPackage],
      exclude: ["Clients"]),
  ]
)
