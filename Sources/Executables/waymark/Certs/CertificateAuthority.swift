// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// What a certificate shall say.
struct CertificateRequest: Sendable {
  let name: String
  let dnsNames: [String]
  let addresses: [String]
  let days: Int

  /// All that the certificate is for, in the order in which it was asked for, each once.
  var names: SubjectAlternativeNames {
    var names: [GeneralName] = dnsNames.map { .dnsName($0) }
    for address in addresses {
      if let bytes = IPAddressBytes(address)?.bytes {
        names.append(.ipAddress(ASN1OctetString(contentBytes: bytes[...])))
      }
    }
    names.append(.uniformResourceIdentifier("spiffe://waymark/\(name)"))
    var seen: Set<GeneralName> = []
    return SubjectAlternativeNames(names.filter { seen.insert($0).inserted })
  }
}

/// A private authority: its certificate, and the key that signs.
struct CertificateAuthority: Sendable {
  let certificate: Certificate
  let key: P256.Signing.PrivateKey

  /// Ten years, in seconds.
  private static let life: TimeInterval = 3652 * 86400
  /// Clocks of other machines may be late.
  private static let leeway: TimeInterval = 300

  init(certificate: Certificate, key: P256.Signing.PrivateKey) {
    self.certificate = certificate
    self.key = key
  }

  /// A new authority.
  init(now: Date = Date()) throws {
    let key = P256.Signing.PrivateKey()
    let name = try DistinguishedName {
      OrganizationName("Waymark")
      CommonName("Waymark private authority")
    }
    self.key = key
    certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: now - Self.leeway,
      notValidAfter: now + Self.life, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: .init(key.publicKey))
      }, issuerPrivateKey: .init(key))
  }

  /// Signs a certificate with a new key.
  func issue(
    _ request: CertificateRequest, now: Date = Date()
  ) throws -> (certificate: Certificate, key: P256.Signing.PrivateKey) {
    let key = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: now - Self.leeway,
      notValidAfter: min(now + TimeInterval(request.days) * 86400, self.certificate.notValidAfter),
      issuer: self.certificate.subject, subject: try DistinguishedName { CommonName(request.name) },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectKeyIdentifier(hash: .init(key.publicKey))
        AuthorityKeyIdentifier(
          keyIdentifier: SubjectKeyIdentifier(hash: .init(self.key.publicKey)).keyIdentifier)
        request.names
      }, issuerPrivateKey: .init(self.key))
    return (certificate, key)
  }
}
