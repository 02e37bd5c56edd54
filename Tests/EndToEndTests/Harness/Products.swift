// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the executables under test are, and the foreign programs that drive them.
enum Products {
  /// The folder of the executables: `WAYMARK_TEST_BIN`, else where this test was built.
  static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment["WAYMARK_TEST_BIN"] { return folder }
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
      return bundle.bundleURL.deletingLastPathComponent().path
    #else
      let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
      return URL(filePath: own).deletingLastPathComponent().path
    #endif
  }()

  static func executable(_ name: String) -> String { "\(folder)/\(name)" }

  /// The Python with the foreign clients, which `make test` makes; nil when it did not say.
  static let python = ProcessInfo.processInfo.environment["WAYMARK_TEST_PYTHON"]

  /// `buf`, beside that Python.
  static var buf: String { URL(filePath: python ?? "").deletingLastPathComponent().appending(path: "buf").path }

  /// A script of this target's folder `Clients`.
  static func client(_ name: String) -> String { folderOfThisTarget.appending(path: "Clients/\(name)").path }

  /// The folder of the repository.
  static var repository: URL { folderOfThisTarget.deletingLastPathComponent().deletingLastPathComponent() }

  /// The folder `proto` of the repository.
  static var contracts: String {
    repository.appending(path: "proto").path
  }

  private static let folderOfThisTarget = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
}

/// A directory that goes when this value does.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "waymark-e2e-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
