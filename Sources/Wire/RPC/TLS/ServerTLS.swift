// SPDX-License-Identifier: Apache-2.0

/// How a server proves who it is, and whether its callers have to.
///
/// ```swift
/// var configuration = RPCServer.Configuration()
/// configuration.tls = ServerTLS(
///   certificateChain: "certs/projects.pem", privateKey: "certs/projects-key.pem",
///   trustRoots: "certs/ca.pem", clientCertificates: .required)
/// ```
///
/// TLS 1.2 or later, and HTTP/2 by ALPN, as gRPC wants it. The files are looked at again when a connection comes, at
/// most once a second: connections that are made after a file was replaced use the new one, those that are there go on.
/// A replacement that cannot be used is logged, and what was in use stays so.
public struct ServerTLS: Sendable, Hashable {
  /// What callers show of themselves.
  public enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
    /// They are not asked for a certificate.
    case none
    /// They may show one; one that is shown has to be good.
    case optional
    /// Only those with a certificate from one of the trust roots are served.
    case required
  }

  /// Path of a PEM file: the server's certificate, then those of the authorities between it and the root.
  public var certificateChain: String
  /// Path of a PEM file with the key of the certificate.
  public var privateKey: String
  /// Path of a PEM file with the authorities that clients' certificates come from; needed unless none are asked for.
  public var trustRoots: String?
  /// Whether clients show a certificate.
  public var clientCertificates: ClientCertificates
  /// How long the handshake may take before the connection is closed.
  public var handshakeTimeout: Duration = .seconds(10)

  public init(
    certificateChain: String, privateKey: String, trustRoots: String? = nil,
    clientCertificates: ClientCertificates = .none
  ) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
    self.trustRoots = trustRoots
    self.clientCertificates = clientCertificates
  }
}

/// How a client knows its server, and shows who it is itself.
///
/// There is no way to leave the server unverified. The files are looked at again when a connection is made.
public struct ClientTLS: Sendable, Hashable {
  /// A client's own certificate.
  public struct Certificate: Sendable, Hashable {
    /// Path of a PEM file: the client's certificate, then those of the authorities between it and the root.
    public var chain: String
    /// Path of a PEM file with the key of the certificate.
    public var privateKey: String

    public init(chain: String, privateKey: String) {
      self.chain = chain
      self.privateKey = privateKey
    }
  }

  /// Path of a PEM file with the authorities that the server's certificate may come from; `nil` for those that the
  /// system trusts.
  public var trustRoots: String?
  /// What the client shows to servers that ask for it.
  public var certificate: Certificate?
  /// The name that has to be in the server's certificate; `nil` for the host of the target.
  public var serverName: String?
  /// Path of a PEM file whose first certificate the server has to show, whoever issued it and whatever name is in it;
  /// `nil` to judge by trust roots and name.
  ///
  /// For those who look after a server and have its certificate's file at hand.
  public var pinnedCertificate: String?

  /// For a server that has to show the first certificate of a PEM file, whatever its name and whoever issued it.
  public init(pinned path: String) {
    self.init()
    pinnedCertificate = path
  }

  public init(trustRoots: String? = nil, certificate: Certificate? = nil, serverName: String? = nil) {
    self.trustRoots = trustRoots
    self.certificate = certificate
    self.serverName = serverName
  }
}
