// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What handshakes are made with, kept up to date with the files it comes from.
final class TLSContext: Sendable {
  /// A file as it was when it was read: another time, size or number means that it was replaced.
  private struct Stamp: Equatable {
    /// The bytes of a `timespec`, whose fields the compiler finds in another module on each platform.
    let time: [UInt8]
    let size: Int
    let number: UInt64

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      #if canImport(Darwin)
        time = withUnsafeBytes(of: status.st_mtimespec) { Array($0) }
      #else
        time = withUnsafeBytes(of: status.st_mtim) { Array($0) }
      #endif
      size = Int(status.st_size)
      number = UInt64(status.st_ino)
    }
  }

  private struct State {
    var context: NIOSSLContext
    var stamps: [Stamp?]
    var nextLook: ContinuousClock.Instant
  }

  private let paths: [String]
  /// The file of the one certificate that a server may show.
  private let pinned: String?
  private let make: @Sendable () throws -> NIOSSLContext
  private let logger: Logger
  private let state: Mutex<State>

  /// How long the files are taken to be as they were.
  private static let lookInterval = Duration.seconds(1)
  /// How long a connection that is being closed waits for the other side's `close_notify`.
  ///
  /// Many never send one, gRPC's own implementation among them, and HTTP/2 knows by itself where its data ends. What is
  /// waited for is only to have closed in the usual way.
  private static let farewellTimeout = TimeAmount.milliseconds(200)

  /// - Throws: ``TLSFileError`` that names the file.
  init(server: ServerTLS, protocols: [String] = ["h2"], logger: Logger) throws {
    make = { try Self.context(for: server, protocols) }
    pinned = nil
    paths = [server.certificateChain, server.privateKey] + (server.trustRoots.map { [$0] } ?? [])
    self.logger = logger
    state = Mutex(try Self.read(paths, make))
  }

  /// - Throws: ``TLSFileError`` that names the file.
  init(client: ClientTLS, logger: Logger) throws {
    make = { try Self.context(for: client) }
    pinned = client.pinnedCertificate
    paths = [client.certificate?.chain, client.certificate?.privateKey, client.trustRoots].compactMap { $0 }
    self.logger = logger
    state = Mutex(try Self.read(paths, make))
  }

  private static func read(_ paths: [String], _ make: () throws -> NIOSSLContext) throws -> State {
    // Stamped before they are read: a replacement in between is seen the next time.
    let stamps = paths.map { Stamp($0) }
    return try State(context: make(), stamps: stamps, nextLook: .now + lookInterval)
  }

  /// The context for a new connection.
  var current: NIOSSLContext {
    state.withLock { state in
      let now = ContinuousClock.Instant.now
      guard now >= state.nextLook else { return state.context }
      state.nextLook = now + Self.lookInterval
      let stamps = paths.map { Stamp($0) }
      guard stamps != state.stamps else { return state.context }
      do {
        state.context = try make()
        state.stamps = stamps
        logger.info("certificates were read again", metadata: ["files": "\(paths)"])
      } catch {
        // Perhaps only half of the files are replaced yet, so the next look tries again.
        logger.error("new certificates cannot be used; the old stay in use", metadata: ["error": "\(error)"])
      }
      return state.context
    }
  }

  /// What does the client's side of a handshake.
  /// - Parameter serverName: what has to be in the server's certificate; `nil` for the address that is connected to.
  func clientHandler(serverName: String?) throws -> NIOSSLClientHandler {
    if let pinned { return try clientHandler(showing: serverName, expecting: pinned) }
    do {
      return try NIOSSLClientHandler(context: current, serverHostname: serverName)
    } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
      // The certificate is then compared with the address that was connected to.
      return try NIOSSLClientHandler(context: current, serverHostname: nil)
    }
  }

  /// What does the client's side of a handshake with a server that has to show one certificate.
  private func clientHandler(showing name: String?, expecting path: String) throws -> NIOSSLClientHandler {
    let expected = try Self.certificates(path)[0].toDERBytes()
    let verify: NIOSSLCustomVerificationCallback = { shown, promise in
      let isExpected = (try? shown.first?.toDERBytes()) == expected
      promise.succeed(isExpected ? .certificateVerified : .failed)
    }
    let name = name.flatMap { (try? SocketAddress(ipAddress: $0, port: 0)) == nil ? $0 : nil }
    return try NIOSSLClientHandler(context: current, serverHostname: name, customVerificationCallback: verify)
  }

  // MARK: Files

  private static func context(for server: ServerTLS, _ protocols: [String]) throws -> NIOSSLContext {
    let (chain, key) = try identity(server.certificateChain, server.privateKey)
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
    switch server.clientCertificates {
    case .none: configuration.certificateVerification = .none
    case .optional: configuration.certificateVerification = .optionalVerification
    case .required: configuration.certificateVerification = .noHostnameVerification
    }
    if server.clientCertificates != .none {
      guard let roots = server.trustRoots else {
        throw TLSFileError(path: server.certificateChain, reason: .trustRootsMissing)
      }
      configuration.trustRoots = .certificates(try certificates(roots))
      configuration.sendCANameList = true
    }
    return try context(configuration, protocols, certificate: server.certificateChain, key: server.privateKey)
  }

  private static func context(for client: ClientTLS) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    // The one certificate that is expected says it all: neither who issued it nor the name in it matters.
    if client.pinnedCertificate != nil { configuration.certificateVerification = .noHostnameVerification }
    if let roots = client.trustRoots { configuration.trustRoots = .certificates(try certificates(roots)) }
    if let own = client.certificate {
      let (chain, key) = try identity(own.chain, own.privateKey)
      configuration.certificateChain = chain
      configuration.privateKey = key
    }
    return try context(
      configuration, ["h2"], certificate: client.certificate?.chain ?? client.trustRoots ?? "the system's trust roots",
      key: client.certificate?.privateKey)
  }

  private static func context(
    _ configuration: TLSConfiguration, _ protocols: [String], certificate: String, key: String?
  ) throws(TLSFileError) -> NIOSSLContext {
    var configuration = configuration
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = protocols
    configuration.shutdownTimeout = farewellTimeout
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      // Each was read well by itself.
      if let key, case .failedToLoadPrivateKey? = error as? NIOSSLError {
        throw TLSFileError(path: key, reason: .keyOfAnotherCertificate(certificate))
      }
      throw TLSFileError(path: certificate, reason: .other("\(error)"))
    }
  }

  private static func identity(
    _ chain: String, _ key: String
  ) throws(TLSFileError) -> ([NIOSSLCertificateSource], NIOSSLPrivateKeySource) {
    let certificates = try certificates(chain)
    guard access(key, R_OK) == 0 else { throw TLSFileError(path: key, reason: .unreadable) }
    guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else {
      throw TLSFileError(path: key, reason: .noPrivateKey)
    }
    return (certificates.map { .certificate($0) }, .privateKey(privateKey))
  }

  private static func certificates(_ path: String) throws(TLSFileError) -> [NIOSSLCertificate] {
    guard access(path, R_OK) == 0 else { throw TLSFileError(path: path, reason: .unreadable) }
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
      throw TLSFileError(path: path, reason: .noCertificate)
    }
    return certificates
  }
}
