// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import SwiftASN1
import X509

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A folder with an authority and the certificates that it signed.
struct CertificateFolder: Sendable {
  let path: String

  /// Makes the folder if it is not there, readable by its owner only.
  init(path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CleanFailure(FileTrouble.makingFolder(path, reason: "\(error)"))
    }
  }

  /// The authority of the folder, made if there is none.
  func authority() throws -> CertificateAuthority {
    switch (exists("ca.pem"), exists("ca.key")) {
    case (false, false):
      let authority = try CertificateAuthority()
      // The key first: a certificate without its key is what stops the next run.
      try write(authority.key.pemRepresentation, to: "ca.key", mode: 0o600)
      try write(authority.certificate.serializeAsPEM().pemString, to: "ca.pem", mode: 0o644)
      return authority
    case (false, true):
      // A run that was cut short between the two, before anything was signed.
      try remove("ca.key")
      return try authority()
    case (true, false):
      throw CleanFailure(
        "\(path)/ca.pem has no ca.key beside it, without which nothing can be signed; put the key back, or choose "
          + "another --dir for a new authority")
    case (true, true):
      let certificate = try certificate("ca.pem")
      let key = try key("ca.key")
      guard certificate.publicKey == .init(key.publicKey) else {
        throw CleanFailure("\(path)/ca.key does not belong to ca.pem; put the right one back, or choose another --dir")
      }
      guard certificate.notValidAfter > Date() else {
        throw CleanFailure("\(path)/ca.pem has expired; choose another --dir for a new authority")
      }
      return CertificateAuthority(certificate: certificate, key: key)
    }
  }

  /// Makes the certificate that is asked for, unless there is one for the same names that is less than half its life old.
  /// - Returns: whether it was made.
  func issue(_ request: CertificateRequest, by authority: CertificateAuthority, force: Bool) throws -> Bool {
    let files = (certificate: "\(request.name).pem", key: "\(request.name).key")
    if !force, holds(request, files, authority: authority) { return false }
    let (certificate, key) = try authority.issue(request)
    // Both are written beside the old ones before either is put in place. A service that looks between the two renames
    // sees a key that does not belong, keeps what it has, and looks again.
    try write(key.pemRepresentation, to: files.key + ".new", mode: 0o600)
    try write(certificate.serializeAsPEM().pemString, to: files.certificate + ".new", mode: 0o644)
    try rename(files.key + ".new", to: files.key)
    try rename(files.certificate + ".new", to: files.certificate)
    return true
  }

  /// Whether there is a certificate of this authority for the names that are asked for, and less than half its life old.
  private func holds(
    _ request: CertificateRequest, _ files: (certificate: String, key: String), authority: CertificateAuthority
  ) -> Bool {
    guard let old = try? certificate(files.certificate), let key = try? key(files.key),
      old.publicKey == .init(key.publicKey), (try? old.extensions.subjectAlternativeNames) == request.names,
      authority.certificate.publicKey.isValidSignature(old.signature, for: old)
    else { return false }
    let life = old.notValidAfter.timeIntervalSince(old.notValidBefore)
    return Date().timeIntervalSince(old.notValidBefore) < life / 2
  }

  // MARK: Files

  private func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  private func text(_ name: String) throws -> String {
    do {
      return try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    } catch {
      throw CleanFailure("cannot read \(path)/\(name): \(error)")
    }
  }

  private func certificate(_ name: String) throws -> Certificate {
    let text = try text(name)
    do {
      return try Certificate(pemEncoded: text)
    } catch {
      throw CleanFailure("\(path)/\(name) is not a certificate in PEM form: \(error)")
    }
  }

  private func key(_ name: String) throws -> P256.Signing.PrivateKey {
    let text = try text(name)
    do {
      return try P256.Signing.PrivateKey(pemRepresentation: text)
    } catch {
      throw CleanFailure("\(path)/\(name) is not a P-256 private key in PEM form: \(error)")
    }
  }

  /// Writes a file whole or not at all, with its mode from the first byte on.
  private func write(_ text: String, to name: String, mode: mode_t) throws {
    let temporary = "\(path)/.\(name).\(getpid())"
    // What a run that was killed left behind, should this process have its number.
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw failure("write", name) }
    var rest = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.write(file, $0) }
      guard count > 0 else {
        let error = failure("write", name)
        close(file)
        unlink(temporary)
        throw error
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else {
      let error = failure("write", name)
      close(file)
      unlink(temporary)
      throw error
    }
    close(file)
    try rename(".\(name).\(getpid())", to: name)
  }

  private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.write(file, bytes.baseAddress, bytes.count)
    #elseif canImport(Glibc)
      Glibc.write(file, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(file, bytes.baseAddress, bytes.count)
    #endif
  }

  private func rename(_ old: String, to new: String) throws {
    #if canImport(Darwin)
      let status = Darwin.rename("\(path)/\(old)", "\(path)/\(new)")
    #elseif canImport(Glibc)
      let status = Glibc.rename("\(path)/\(old)", "\(path)/\(new)")
    #elseif canImport(Musl)
      let status = Musl.rename("\(path)/\(old)", "\(path)/\(new)")
    #endif
    guard status == 0 else { throw failure("write", new) }
  }

  private func remove(_ name: String) throws {
    guard unlink("\(path)/\(name)") == 0 else { throw failure("remove", name) }
  }

  private func failure(_ verb: String, _ name: String) -> CleanFailure {
    CleanFailure("cannot \(verb) \(path)/\(name): \(String(cString: strerror(errno)))")
  }
}
