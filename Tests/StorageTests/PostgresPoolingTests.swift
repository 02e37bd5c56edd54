// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

/// PostgreSQL behind pgbouncer, Debian's own.
@Suite("A pooler before PostgreSQL", .enabled(if: PostgresScratch.isThere), .serialized, .timeLimit(.minutes(2)))
struct PostgresPoolingTests {
  private static let pgbouncer = "/usr/sbin/pgbouncer"

  /// Runs `body` with the URL of the tests' PostgreSQL by way of a pooler, whose log it can ask for.
  private func withPooler(mode: String, _ settings: String = "", _ body: (_ url: String) throws -> Void) throws {
    try #require(FileManager.default.isExecutableFile(atPath: Self.pgbouncer), "\(Self.pgbouncer) is not there")
    let target = try #require(URLComponents(string: PostgresScratch.url))
    let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-pooler-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // A port that was free a moment ago; pgbouncer takes none of the system's choice.
    let port = try LocalListener { _ in }.port
    let (user, password) = (target.user ?? "", target.password ?? "")
    try Data("\"\(user)\" \"\(password)\"\n".utf8).write(to: folder.appending(path: "users"))
    let configuration = """
      [databases]
      * = host=\(target.host ?? "127.0.0.1") port=\(target.port ?? 5432)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = plain
      auth_file = \(folder.path)/users
      server_tls_sslmode = prefer
      pool_mode = \(mode)
      \(settings)
      """
    try Data(configuration.utf8).write(to: folder.appending(path: "pgbouncer.ini"))
    let process = Process()
    process.executableURL = URL(filePath: Self.pgbouncer)
    // It does not run as root.
    if getuid() == 0 {
      chmod(folder.path, 0o755)
      process.arguments = ["-q", "-u", "postgres", folder.appending(path: "pgbouncer.ini").path]
    } else {
      process.arguments = ["-q", folder.appending(path: "pgbouncer.ini").path]
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      // Asked to end in order, it waits for those who are connected.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let url = PostgresScratch.url(port: port)
    let isOpen = eventually {
      (try? PostgresConnecting(address: PostgresAddress(url), program: "test", limit: .seconds(2)).link()) != nil
    }
    try #require(isOpen, "pgbouncer does not answer")
    try body(url)
  }

  /// Opens a store by that way, and closes it.
  private func open(_ url: String, service: String) throws {
    try Database.open(StoreLocation(url), migrations: [], service: service).close()
  }

  @Test(
    "in transaction mode is named when a store is opened, however often it is tried and whoever else is there",
    arguments: ["", "default_pool_size = 1", "server_round_robin = 1\nmin_pool_size = 3"])
  func transactionMode(settings: String) throws {
    try withPooler(mode: "transaction", settings) { url in
      for attempt in 0..<3 {
        let error = refusal { try open(url, service: "pooled\(attempt)") }
        #expect(
          error?.description
            == "A pooler in transaction mode stands before the database; Waymark needs pool_mode = session.")
      }
    }
    // Nothing stands in the way of the next try, without the pooler.
    let scratch = try PostgresScratch()
    try open(PostgresScratch.url, service: scratch.schema)
  }

  @Test("in session mode is as good as none")
  func sessionMode() throws {
    let scratch = try PostgresScratch()
    try withPooler(mode: "session", "max_client_conn = 50\ndefault_pool_size = 20") { url in
      for _ in 0..<3 { try open(url, service: scratch.schema) }
    }
  }
}
