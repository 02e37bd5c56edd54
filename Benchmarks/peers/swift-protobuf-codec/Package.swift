// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Encoding and decoding of a measure and its chart with SwiftProtobuf: what ours is compared with.
///
/// A package of its own, as nothing else in Benchmarks needs SwiftProtobuf. `build.sh` generates the messages.
let package = Package(
  name: "swift-protobuf-codec",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "swift-protobuf-codec", targets: ["SwiftProtobufCodec"])],
  dependencies: [.package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0")],
  targets: [
    .executableTarget(
      name: "SwiftProtobufCodec", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")])
  ]
)
