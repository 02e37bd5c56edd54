// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What is measured, and what measures it.
///
/// A package of its own, so that none of it weighs on users of Waymark.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "waymark-benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "echo-server", targets: ["EchoServer"]),
    .executable(name: "echo-client", targets: ["EchoClient"]),
    .executable(name: "measure-codec", targets: ["MeasureCodec"]),
    .executable(name: "measure-charts", targets: ["MeasureCharts"]),
    .executable(name: "interop-server", targets: ["InteropServer"]),
    .executable(name: "interop-client", targets: ["InteropClient"]),
    .executable(name: "soak", targets: ["Soak"]),
  ],
  dependencies: [
    .package(name: "waymark", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .target(name: "CBenchContracts"),
    .target(
      name: "BenchContracts",
      dependencies: [
        "CBenchContracts", .product(name: "ProtobufC", package: "waymark"), .product(name: "RPC", package: "waymark"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "EchoServer",
      dependencies: [
        "BenchContracts", .product(name: "RPC", package: "waymark"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "EchoClient",
      dependencies: [
        "BenchContracts", .product(name: "RPC", package: "waymark"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "MeasureCodec",
      dependencies: [
        .product(name: "Contracts", package: "waymark"), .product(name: "ProtobufC", package: "waymark"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "MeasureCharts",
      dependencies: [
        .product(name: "SPC", package: "waymark"), .product(name: "Charting", package: "waymark"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // gRPC's interoperability service and its cases, and calls of all kinds for as long as one likes.
    .target(
      name: "Interoperability",
      dependencies: [
        "BenchContracts", "CBenchContracts", .product(name: "Contracts", package: "waymark"),
        .product(name: "RPC", package: "waymark"), .product(name: "ServiceRuntime", package: "waymark"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "InteropServer",
      dependencies: [
        "Interoperability", .product(name: "RPC", package: "waymark"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "InteropClient",
      dependencies: [
        "Interoperability", .product(name: "RPC", package: "waymark"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "Soak",
      dependencies: [
        "BenchContracts", "Interoperability", .product(name: "RPC", package: "waymark"),
        .product(name: "HTTP2", package: "waymark"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
  ]
)
