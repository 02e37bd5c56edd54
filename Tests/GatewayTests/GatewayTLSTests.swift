// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import Gateway
import RPC
import Testing

/// The gateway's port with a certificate; OpenSSL makes it, and curl is the client that we did not write.
@Suite("With a certificate", .timeLimit(.minutes(2)))
struct GatewayTLSTests {
  private static let curl = "/usr/bin/curl"

  private struct Finished {
    let status: Int32
    let output: String
  }

  /// Runs a program to its end.
  private static func run(_ program: String, _ arguments: [String]) async throws -> Finished {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        do {
          try process.run()
          let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
          process.waitUntilExit()
          continuation.resume(returning: Finished(status: process.terminationStatus, output: text))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  /// Makes a certificate that vouches for itself, for 127.0.0.1.
  private static func makeCertificate(in folder: URL, named name: String) async throws {
    let made = try await run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", folder.appending(path: "key.pem").path, "-out", folder.appending(path: "cert.pem").path,
      ])
    try #require(made.status == 0, "\(made.output)")
  }

  private func withSecureGateway(
    _ body: @Sendable @escaping (_ port: Int, _ folder: URL) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-gateway-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await Self.makeCertificate(in: folder, named: "first")
    var settings = GatewaySettings()
    settings.tls = ServerTLS(
      certificateChain: folder.appending(path: "cert.pem").path, privateKey: folder.appending(path: "key.pem").path)
    try await withGateway(people: World.people, projects: World.project, settings: settings) { port in
      try await body(port, folder)
    }
  }

  /// Runs `body` with a gateway in plaintext and one with a certificate.
  static func withBoth(_ body: @Sendable @escaping (_ plain: Int, _ secure: Int) async throws -> Void) async throws {
    try await withGateway(people: World.people, projects: World.project) { plain in
      try await GatewayTLSTests().withSecureGateway { secure, _ in try await body(plain, secure) }
    }
  }

  private static func get(_ url: String, _ options: String..., trusting folder: URL) async throws -> Finished {
    try await run(
      curl,
      ["-sS", "--max-time", "20", "--cacert", folder.appending(path: "cert.pem").path, "-w", " %{http_version}"]
        + options + [url])
  }

  @Test("pages are served over TLS, by HTTP/1.1 and by HTTP/2, whichever the client asks for")
  func pages() async throws {
    try await withSecureGateway { port, folder in
      for (option, version) in [("--http1.1", "1.1"), ("--http2", "2"), ("--no-alpn", "1.1")] {
        let answer = try await Self.get("https://127.0.0.1:\(port)/healthz", option, trusting: folder)
        #expect(answer.status == 0 && answer.output == "ok\n \(version)", "\(option): \(answer.output)")
      }
    }
  }

  @Test("gRPC is served over TLS on the same port")
  func calls() async throws {
    try await withSecureGateway { port, folder in
      var configuration = RPCClient.Configuration()
      configuration.tls = ClientTLS(trustRoots: folder.appending(path: "cert.pem").path)
      let client = RPCClient(target: "127.0.0.1:\(port)", configuration: configuration)
      let found = try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "t7"))
      #expect(found.team?.name == "Ward 7")
      await client.close()
    }
  }

  @Test("a client without TLS is turned away, and the next is served")
  func plaintext() async throws {
    try await withSecureGateway { port, folder in
      let sentence = "This port speaks TLS: use https:// in the address, or gRPC over TLS."
      let refused = try await Self.run(
        Self.curl, ["-sS", "-i", "--max-time", "20", "--http1.1", "http://127.0.0.1:\(port)/healthz"])
      #expect(refused.output.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(refused.output)")
      #expect(refused.output.hasSuffix("\r\n\r\n\(sentence)\n"), "\(refused.output)")
      // A body that is on its way does not take the answer back.
      let posted = try await Self.run(
        Self.curl,
        [
          "-sS", "--max-time", "20", "-H", "Expect:", "-d", String(repeating: "x", count: 100_000),
          "http://127.0.0.1:\(port)/organisations",
        ])
      #expect(posted.output == sentence + "\n")
      let client = RPCClient(target: "127.0.0.1:\(port)")
      let error = await #expect(throws: RPCError.self) { try await PeopleV1.TeamServiceClient(client).getTeam(.init()) }
      #expect(error?.code == .unavailable, "\(String(describing: error))")
      await client.close()
      let preface = try await Self.run(
        Self.curl, ["-sS", "--max-time", "20", "--http2-prior-knowledge", "http://127.0.0.1:\(port)/healthz"])
      #expect(preface.status != 0)
      let served = try await Self.get("https://127.0.0.1:\(port)/healthz", trusting: folder)
      #expect(served.status == 0, "\(served.output)")
    }
  }

  @Test("pages name the port's own scheme")
  func ownScheme() async throws {
    try await withSecureGateway { port, folder in
      for option in ["--http1.1", "--http2"] {
        let page = try await Self.get("https://127.0.0.1:\(port)/api", option, trusting: folder)
        #expect(page.output.contains("https://127.0.0.1:\(port)/waymark.projects.v1.ProjectService/ListProjects"))
      }
    }
  }

  @Test("a client that expects one certificate takes that one and no other, whatever the name")
  func pinned() async throws {
    try await withSecureGateway { port, folder in
      func ask(_ pin: String) async -> RPCError? {
        var configuration = RPCClient.Configuration()
        configuration.tls = ClientTLS(pinned: pin)
        let client = RPCClient(target: "localhost:\(port)", configuration: configuration)
        do {
          _ = try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "t7"))
          await client.close()
          return nil
        } catch {
          await client.close()
          return error as? RPCError
        }
      }
      let right = folder.appending(path: "cert.pem").path
      #expect(await ask(right) == nil)
      let other = folder.appending(path: "other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      try await Self.makeCertificate(in: other, named: "first")
      #expect(await ask(other.appending(path: "cert.pem").path)?.code == .unavailable)
      #expect(await ask("/nowhere.pem")?.code == .unavailable)
    }
  }

  @Test("a certificate that is replaced is used without a restart")
  func replaced() async throws {
    try await withSecureGateway { port, folder in
      let first = try await Self.get("https://127.0.0.1:\(port)/healthz", trusting: folder)
      #expect(first.status == 0, "\(first.output)")
      try await Self.makeCertificate(in: folder, named: "second")
      // curl trusts the new certificate alone now. Files are looked at once a second.
      var answer = try await Self.get("https://127.0.0.1:\(port)/healthz", trusting: folder)
      let deadline = ContinuousClock.now + .seconds(20)
      while answer.status != 0, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(100))
        answer = try await Self.get("https://127.0.0.1:\(port)/healthz", trusting: folder)
      }
      #expect(answer.status == 0, "\(answer.output)")
    }
  }

  @Test("a file that cannot be used is an error that names it")
  func missing() async throws {
    var settings = GatewaySettings()
    settings.tls = ServerTLS(certificateChain: "/nowhere/cert.pem", privateKey: "/nowhere/key.pem")
    let backends = Backends(
      people: ConnectTests.nowhere, projects: ConnectTests.nowhere, measurement: ConnectTests.nowhere)
    let gateway = try GatewayServer(backends: backends, settings: settings)
    let error = await #expect(throws: TLSFileError.self) {
      try await gateway.run(host: "127.0.0.1", port: 0) { _, _ in }
    }
    #expect(error?.description.contains("/nowhere/cert.pem") == true)
  }
}
