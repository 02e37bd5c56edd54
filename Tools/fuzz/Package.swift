// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// Fuzz targets, in a package of their own so that they weigh on nobody else. `Tools/fuzz.sh` builds them with libFuzzer
// and the address sanitizer. The folders in Sources are links into the main package: what is fuzzed has to be compiled
// with the fuzzer's instruments, which a dependency is not. Of the contracts there are those that are decoded here.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c"),
    .target(name: "ProtobufC", dependencies: ["CProtobufC"], swiftSettings: settings),
    .target(name: "CContracts", dependencies: ["CProtobufC"]),
    .target(
      name: "Contracts", dependencies: ["CContracts", "CProtobufC", "ProtobufC"], swiftSettings: settings),
    .target(name: "CTestContracts", dependencies: ["CProtobufC", "CContracts"]),
    .target(
      name: "TestContracts", dependencies: ["CTestContracts", "CProtobufC", "ProtobufC", "Contracts"],
      swiftSettings: settings),
    .target(name: "CFuzzer"),
    .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .target(
      name: "HTTP2",
      dependencies: [
        "CNGHTTP2", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
    // The files of RPC that read what comes from outside, without TLS and all that stands on it.
    .executableTarget(
      name: "FuzzWire",
      dependencies: ["HTTP2", "ProtobufC", "CZlib", "CFuzzer", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: settings),
    .executableTarget(
      name: "FuzzMessages", dependencies: ["ProtobufC", "TestContracts", "Contracts", "CFuzzer"],
      swiftSettings: settings),
  ]
)
