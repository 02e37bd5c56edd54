// SPDX-License-Identifier: Apache-2.0

public import RPC

/// TLS of a service: towards those who call it, and towards those it calls.
public struct ServiceTLS: Sendable {
  /// For its own port; nil for plaintext.
  public let server: ServerTLS?
  /// For its calls of other services; nil for plaintext.
  public let client: ClientTLS?

  /// Reads the settings `tlsCert`, `tlsKey`, `tlsCa` and `tlsClientCertificates`.
  ///
  /// - Throws: ``SettingsError`` when they do not go together.
  init(_ settings: Settings, options: ServiceOptions) throws {
    let roots = settings.text("tlsCa", flag: options.tlsCa)
    let clients = try settings.choice(
      "tlsClientCertificates", flag: options.tlsClientCertificates, of: ServerTLS.ClientCertificates.self)
    let chain = settings.text("tlsCert", flag: options.tlsCert)
    let key = settings.text("tlsKey", flag: options.tlsKey)
    switch (chain, key) {
    case (let chain?, let key?):
      let clients = clients ?? (roots == nil ? .none : .required)
      if roots == nil, clients != .none {
        throw SettingsError(
          setting: "--tls-client-certificates", value: clients.rawValue, problem: "needs --tls-ca to judge them by")
      }
      server = ServerTLS(certificateChain: chain, privateKey: key, trustRoots: roots, clientCertificates: clients)
      client = roots.map { ClientTLS(trustRoots: $0, certificate: .init(chain: chain, privateKey: key)) }
    case (let chain?, nil):
      throw SettingsError(setting: "--tls-cert", value: chain, problem: "needs --tls-key, the key of the certificate")
    case (nil, let key?):
      throw SettingsError(setting: "--tls-key", value: key, problem: "needs --tls-cert, the certificate of the key")
    case (nil, nil):
      if let clients, clients != .none {
        throw SettingsError(
          setting: "--tls-client-certificates", value: clients.rawValue,
          problem: "needs --tls-cert and --tls-key: without TLS nobody shows a certificate")
      }
      server = nil
      client = roots.map { ClientTLS(trustRoots: $0) }
    }
  }

  /// Reads the settings `publicTlsCert` and `publicTlsKey` of a port that is open to everyone.
  ///
  /// - Returns: nil for plaintext.
  /// - Throws: ``SettingsError`` when there is one without the other.
  public static func publicPort(_ settings: Settings, certificate: String?, key: String?) throws -> ServerTLS? {
    let chain = settings.text("publicTlsCert", flag: certificate)
    let key = settings.text("publicTlsKey", flag: key)
    switch (chain, key) {
    case (let chain?, let key?): return ServerTLS(certificateChain: chain, privateKey: key)
    case (let chain?, nil):
      throw SettingsError(
        setting: "--public-tls-cert", value: chain, problem: "needs --public-tls-key, the key of the certificate")
    case (nil, let key?):
      throw SettingsError(
        setting: "--public-tls-key", value: key, problem: "needs --public-tls-cert, the certificate of the key")
    case (nil, nil): return nil
    }
  }

  /// How to call other services.
  public var clientConfiguration: RPCClient.Configuration {
    var configuration = RPCClient.Configuration()
    configuration.tls = client
    return configuration
  }
}
