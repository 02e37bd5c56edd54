// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import NIOCore
import NIOPosix
import ProtobufC
import Synchronization
import Testing

@testable import RPC

/// Connections with certificates, all made with the same few, which live for the run.
@Suite("TLS")
struct TLSTests {
  /// Where the certificates of the run are.
  private static let folder = Task {
    let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let output = try await ForeignTools.run(
      "/bin/sh", [ForeignTools.scripts.appending(path: "certificates.sh").path, folder.path])
    try #require(output.status == 0, "\(output.text)")
    removeAtExit(folder)
    return folder.path
  }

  private static func removeAtExit(_ folder: URL) {
    Self.leftover.withLock { $0 = folder }
    atexit {
      if let folder = TLSTests.leftover.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
    }
  }
  private static let leftover = Mutex<URL?>(nil)

  private func server(_ name: String = "server", _ clients: ServerTLS.ClientCertificates = .none) async throws
    -> ServerTLS
  {
    let folder = try await Self.folder.value
    return ServerTLS(
      certificateChain: "\(folder)/\(name).pem", privateKey: "\(folder)/\(name)-key.pem",
      trustRoots: "\(folder)/ca.pem", clientCertificates: clients)
  }

  private func client(_ name: String? = nil, roots: String = "ca", serverName: String? = nil) async throws -> ClientTLS
  {
    let folder = try await Self.folder.value
    return ClientTLS(
      trustRoots: "\(folder)/\(roots).pem",
      certificate: name.map { .init(chain: "\(folder)/\($0).pem", privateKey: "\(folder)/\($0)-key.pem") },
      serverName: serverName)
  }

  /// Runs the body with a server that answers with the caller's URIs.
  private func withTLS(_ tls: ServerTLS?, _ body: (_ target: String) async throws -> Void) async throws {
    var router = RPCRouter()
    router.register(unary: EchoService.echo) { (request: Note, context: ServerContext) -> Note in
      var note = request
      note.message = (context.peerIdentity.map { $0.uris + $0.dnsNames } ?? ["nobody"]).joined(separator: " ")
      return note
    }
    var configuration = RPCServer.Configuration(eventLoops: 1)
    configuration.tls = tls
    let server = RPCServer(router: router, configuration: configuration)
    let port = try #require(try await server.bind(host: "127.0.0.1", port: 0).port)
    do {
      try await body("127.0.0.1:\(port)")
    } catch {
      await server.shutdownGracefully()
      throw error
    }
    await server.shutdownGracefully()
  }

  private func call(_ target: String, _ tls: ClientTLS?) async throws -> String {
    var configuration = RPCClient.Configuration()
    configuration.tls = tls
    let client = RPCClient(target: target, configuration: configuration)
    do {
      let answer: Note = try await client.unary(
        Note(), method: EchoService.echo, options: CallOptions(timeout: .seconds(20)))
      await client.close()
      return answer.message
    } catch {
      await client.close()
      throw error
    }
  }

  private func expectAnswer(
    _ answer: String, _ target: String, _ tls: ClientTLS, location: SourceLocation = #_sourceLocation
  ) async throws {
    let received = try await call(target, tls)
    #expect(received == answer, sourceLocation: location)
  }

  @Test("carries calls, whether the server is asked for by name or by address")
  func plain() async throws {
    try await withTLS(server()) { target in
      try await expectAnswer("nobody", target, client())
      try await expectAnswer("nobody", target, client(serverName: "echo"))
      try await expectAnswer("nobody", "localhost:\(target.split(separator: ":")[1])", client())
    }
  }

  @Test(
    "is not kept waiting by a server that never says goodbye, as those of grpcio do not",
    .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"))
  func farewell() async throws {
    let tls = try await client()
    try await ForeignTools.withServer(["tls", Self.folder.value]) { target in
      var configuration = RPCClient.Configuration()
      configuration.tls = tls
      let client = RPCClient(target: target, configuration: configuration)
      let answer: Note = try await client.unary(
        Note(message: "m"), method: EchoService.echo, options: CallOptions(timeout: .seconds(20)))
      #expect(answer.message == "m")
      let start = ContinuousClock.now
      await client.close()
      // It waits a fifth of a second; the library's own patience would be five.
      #expect(ContinuousClock.now - start < .seconds(4))
    }
  }

  @Test("tells the handler who the caller is")
  func identity() async throws {
    try await withTLS(server("server", .required)) { target in
      try await expectAnswer("spiffe://waymark/ward ward", target, client("client"))
    }
    try await withTLS(server("server", .optional)) { target in
      try await expectAnswer("spiffe://waymark/ward ward", target, client("client"))
      try await expectAnswer("nobody", target, client())
    }
  }

  @Test("that cannot be agreed on fails the call with one UNAVAILABLE that says why")
  func failures() async throws {
    func expect(_ target: String, _ tls: ClientTLS?, _ words: String, line: Int = #line) async throws {
      let error = await #expect(throws: RPCError.self) { try await call(target, tls) }
      #expect(error?.code == .unavailable, "line \(line): \(String(describing: error))")
      #expect(error?.message.contains(words) == true, "line \(line): \(String(describing: error))")
    }
    try await withTLS(server()) { target in
      try await expect(target, client(roots: "stranger"), "does not come from an authority that is trusted here")
      try await expect(target, nil, "it wants TLS")
    }
    try await withTLS(server("named")) { target in
      try await expect(target, client(serverName: "other"), "is not for this name")
      try await expect(target, client(), "is not for this name")
    }
    try await withTLS(server("expired")) { try await expect($0, client(), "has expired") }
    try await withTLS(server("elsewhere")) { try await expect($0, client(), "is not for this name") }
    try await withTLS(nil) { try await expect($0, client(), "does not speak TLS") }
    try await withTLS(server("server", .required)) { target in
      try await expect(target, client(), "asks for a client certificate")
      try await expect(target, client("foreign"), "does not trust the authority of our certificate")
      try await expect(target, client("expired"), "our certificate has expired")
    }
  }

  @Test("uses certificates that were replaced for new connections, and leaves the old ones alone")
  func reload() async throws {
    let source = try await Self.folder.value
    let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func install(_ name: String) throws {
      for suffix in [".pem", "-key.pem"] {
        let new = folder.appending(path: "new")
        try FileManager.default.copyItem(at: URL(filePath: "\(source)/\(name)\(suffix)"), to: new)
        guard rename(new.path, folder.appending(path: "it\(suffix)").path) == 0 else { throw POSIXError(.EIO) }
      }
    }
    try install("named")
    let tls = ServerTLS(certificateChain: "\(folder.path)/it.pem", privateKey: "\(folder.path)/it-key.pem")
    try await withTLS(tls) { target in
      var configuration = RPCClient.Configuration()
      configuration.tls = try await client(serverName: "echo")
      let early = RPCClient(target: target, configuration: configuration)
      let _: Note = try await early.unary(Note(), method: EchoService.echo)
      // What does not go together stays out of use.
      try FileManager.default.removeItem(atPath: "\(folder.path)/it-key.pem")
      try await expectAnswer("nobody", target, client(serverName: "echo"))
      try install("renewed")
      // It is looked for at most once a second.
      var isRenewed = false
      while !isRenewed {
        isRenewed = (try? await call(target, client(serverName: "renewed"))) != nil
        if !isRenewed { try await Task.sleep(for: .milliseconds(50)) }
      }
      let former = try await client(serverName: "echo")
      await #expect(throws: RPCError.self) { try await call(target, former) }
      let _: Note = try await early.unary(Note(), method: EchoService.echo)
      await early.close()
    }
  }

  @Test("does not begin with files that it cannot use, and names them")
  func files() async throws {
    let folder = try await Self.folder.value
    func expect(_ tls: ServerTLS, _ reason: TLSFileError.Reason, _ path: String) async throws {
      let error = await #expect(throws: TLSFileError.self) { try await withTLS(tls) { _ in } }
      #expect(error == TLSFileError(path: path, reason: reason))
    }
    var tls = try await server()
    tls.certificateChain = "\(folder)/nothing.pem"
    try await expect(tls, .unreadable, tls.certificateChain)
    tls.certificateChain = "\(folder)/server-key.pem"
    try await expect(tls, .noCertificate, tls.certificateChain)
    tls = try await server()
    tls.privateKey = "\(folder)/server.pem"
    try await expect(tls, .noPrivateKey, tls.privateKey)
    tls.privateKey = "\(folder)/client-key.pem"
    try await expect(tls, .keyOfAnotherCertificate(tls.certificateChain), tls.privateKey)
    tls = try await server("server", .required)
    tls.trustRoots = nil
    try await expect(tls, .trustRootsMissing, tls.certificateChain)
  }

  @Test("closes a connection whose handshake does not come")
  func slow() async throws {
    var tls = try await server()
    tls.handshakeTimeout = .milliseconds(50)
    try await withTLS(tls) { target in
      let port = try #require(Int(target.split(separator: ":")[1]))
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port).get()
      try await channel.closeFuture.get()
    }
  }
}
