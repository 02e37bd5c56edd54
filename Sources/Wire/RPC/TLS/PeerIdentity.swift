// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL

/// Who is at the other end of a connection, as a certificate says that a trust root vouches for.
///
/// The names are those of the certificate's subject alternative names. Its common name is not among them: it has no
/// defined meaning, and RFC 9525 has verifiers ignore it.
public struct PeerIdentity: Sendable, Hashable {
  /// Host names, such as `projects`.
  public let dnsNames: [String]
  /// Identifiers, such as `spiffe://waymark/projects`.
  public let uris: [String]
  /// The last second, since 1970, in which the certificate is valid.
  public let expiry: Int64
  /// The certificate itself, in DER.
  public let certificate: [UInt8]

  /// The identity in a certificate that was verified; `nil` when it cannot be read.
  init?(_ verified: NIOSSLCertificate) {
    guard let bytes = try? verified.toDERBytes() else { return nil }
    var dnsNames: [String] = []
    var uris: [String] = []
    for name in verified._subjectAlternativeNames() {
      switch name.nameType {
      case .dnsName: dnsNames.append(String(decoding: name.contents, as: UTF8.self))
      case .uri: uris.append(String(decoding: name.contents, as: UTF8.self))
      default: break
      }
    }
    self.dnsNames = dnsNames
    self.uris = uris
    expiry = Int64(verified.notValidAfter)
    certificate = bytes
  }

  /// Who is at the other end of a channel whose handshake is done; `nil` for one without TLS or without a certificate.
  ///
  /// On the channel's loop only.
  static func peer(of channel: any Channel) -> PeerIdentity? {
    guard let handler = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self) else { return nil }
    // A server asks for certificates only together with verification, so what came was verified.
    return handler.peerCertificate.flatMap { PeerIdentity($0) }
  }
}
