// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Testing

@Suite("What cannot start says why", .timeLimit(.minutes(5)))
struct StartFailureTests {
  static let withStores = ["people", "projects", "measurement"]

  @Test("a port in use, for each service and for the stack")
  func portInUse() async throws {
    try await withWaymark { waymark in
      let taken = try waymark.child("gateway").address
      let port = String(taken.split(separator: ":").last ?? "")
      let data = try TemporaryDirectory()
      for service in Self.withStores + ["gateway"] {
        let store = service == "gateway" ? [] : ["--data-dir", data.path]
        try await expectRefusal(naming: port, service, ["--port", port] + store)
      }
      try await expectRefusal(
        naming: port, "waymark", ["up", "--gateway-port", port, "--data-dir", data.path])
    }
  }

  @Test("a data directory that is a file", arguments: withStores + ["waymark"])
  func unwritable(program: String) async throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/file"
    try Data("not a directory".utf8).write(to: URL(filePath: path))
    try await expectRefusal(naming: path, program, arguments(program, data: path))
  }

  @Test("a data directory that another stack has")
  func inUse() async throws {
    let data = try TemporaryDirectory()
    try await withWaymark(data: data.path) { _ in
      try await expectRefusal(
        naming: data.path, "waymark", ["up", "--gateway-port", "0", "--data-dir", data.path])
    }
  }

  @Test("a database file that is damaged, and one that a newer version wrote", arguments: withStores)
  func badStore(service: String) async throws {
    let data = try TemporaryDirectory()
    // A stack has made the files: they are where they are, whatever they are called.
    try await withWaymark(data: data.path) { _ in }
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: data.path).first {
        $0.hasPrefix(service) && $0.hasSuffix(".sqlite")
      })
    let path = "\(data.path)/\(file)"

    let newer = try await finish(
      "python3", "-c",
      """
      import sqlite3, sys
      store = sqlite3.connect(sys.argv[1])
      store.execute("INSERT INTO schema_migrations (number, name, applied_at) VALUES (9999, 'of the future', 0)")
      store.commit()
      """, path)
    try #require(newer.succeeded, "\(newer.said)")
    try await expectRefusal(naming: path, service, arguments(service, data: data.path), saying: "newer")
    try await expectRefusal(
      naming: path, "waymark", arguments("waymark", data: data.path), saying: "newer")

    for other in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + other) }
    try Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }).write(to: URL(filePath: path))
    try await expectRefusal(naming: path, service, arguments(service, data: data.path))
    try await expectRefusal(naming: path, "waymark", arguments("waymark", data: data.path))
  }

  @Test("an option that does not exist or has a wrong value", arguments: withStores + ["gateway", "waymark"])
  func options(program: String) async throws {
    let up = program == "waymark" ? ["up"] : []
    try await expectRefusal(naming: "no-such-flag", program, up + ["--no-such-flag"], manyLines: true)
    let port = program == "waymark" ? "--gateway-port" : "--port"
    try await expectRefusal(naming: "70000", program, up + [port, "70000"], manyLines: true)
  }

  private func arguments(_ program: String, data: String) -> [String] {
    program == "waymark"
      ? ["up", "--gateway-port", "0", "--data-dir", data] : ["--port", "0", "--data-dir", data]
  }

  /// Expects a program to end at once, with a code that is not 0 and one sentence that names what is wrong.
  private func expectRefusal(
    naming what: String, _ program: String, _ arguments: [String], saying: String = "", manyLines: Bool = false
  ) async throws {
    let finished = try await finish(Products.executable(program), arguments)
    let lines = finished.error.split(separator: "\n")
    #expect(!finished.succeeded, "\(program): \(finished.said)")
    if case .signaled(_) = finished.status { Issue.record("\(program) crashed: \(finished.said)") }
    #expect(!finished.output.contains("ready"), "\(program): \(finished.said)")
    let sentence = manyLines ? finished.error : String(lines.last ?? "")
    #expect(sentence.contains(what), "\(program): \(finished.said)")
    #expect(saying.isEmpty || sentence.contains(saying), "\(program): \(finished.said)")
  }
}
