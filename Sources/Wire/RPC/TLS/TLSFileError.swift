// SPDX-License-Identifier: Apache-2.0

/// A file that TLS needs cannot be used.
public struct TLSFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Why not.
  public enum Reason: Sendable, Hashable {
    /// There is no such file, or it may not be read.
    case unreadable
    /// It holds no certificate in PEM.
    case noCertificate
    /// It holds no private key in PEM that is not itself encrypted.
    case noPrivateKey
    /// The key is not that of the certificate in the other file.
    case keyOfAnotherCertificate(String)
    /// Callers' certificates are asked for, and no file names the authorities they come from.
    case trustRootsMissing
    /// Anything else, in the words of the TLS library.
    case other(String)
  }

  /// The path of the file.
  public let path: String
  public let reason: Reason

  /// One sentence that names the file and what it should be.
  public var description: String {
    switch reason {
    case .unreadable: "\(path) cannot be read; it has to be a PEM file that this user may read"
    case .noCertificate: "\(path) holds no certificate; it has to begin with -----BEGIN CERTIFICATE-----"
    case .noPrivateKey:
      "\(path) holds no private key; it has to begin with -----BEGIN PRIVATE KEY----- (or EC, RSA), not encrypted"
    case .keyOfAnotherCertificate(let other): "the key in \(path) does not belong to the first certificate in \(other)"
    case .trustRootsMissing: "client certificates cannot be verified: name the file of the authorities they come from"
    case .other(let text): "\(path) cannot be used for TLS: \(text)"
    }
  }
}
