// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WaymarkMain

@Suite("The data directory") struct DataDirectoryTests {
  private let base = FileManager.default.temporaryDirectory.appending(path: "waymark-data-\(UUID().uuidString)").path

  @Test("is made with its parents, and held by one stack at a time")
  func held() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    var first: DataDirectory? = try DataDirectory(path: base + "/deep/er")
    let refusal = #expect(throws: DataDirectory.Unusable.self) { try DataDirectory(path: base + "/deep/er") }
    #expect(refusal?.description.contains("in use by another 'waymark up'") == true)
    withExtendedLifetime(first) {}
    first = nil
    _ = try DataDirectory(path: base + "/deep/er")
  }

  @Test("a file in its place is an error that names it")
  func fileInPlace() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try Data("not a directory".utf8).write(to: URL(filePath: base))
    for path in [base, base + "/below"] {
      let refusal = #expect(throws: DataDirectory.Unusable.self) { try DataDirectory(path: path) }
      #expect(refusal?.description.contains("data directory \(path)") == true)
    }
  }

  @Test(
    "its standard place follows the XDG base directories",
    arguments: [
      (["XDG_DATA_HOME": "/srv/x", "HOME": "/home/a"], "/srv/x/waymark"),
      (["HOME": "/home/a"], "/home/a/.local/share/waymark"),
      (["XDG_DATA_HOME": "relative", "HOME": "/home/a"], "/home/a/.local/share/waymark"),
    ])
  func standard(environment: [String: String], path: String) {
    #expect(DataDirectory.standard(environment: environment) == path)
  }
}
