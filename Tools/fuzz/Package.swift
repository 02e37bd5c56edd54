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
    .executableTarget(
      name: "FuzzMessages", dependencies: ["ProtobufC", "TestContracts", "Contracts", "CFuzzer"],
      swiftSettings: settings),
  ]
)
