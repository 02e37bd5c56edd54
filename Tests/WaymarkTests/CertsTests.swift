// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WaymarkMain

@Suite("Certificates") struct CertsTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "waymark-certs-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func request(_ name: String, days: Int = 30) -> CertificateRequest {
    CertificateRequest(
      name: name, dnsNames: [name, "localhost"], addresses: ["127.0.0.1", "::1"], days: days)
  }

  private func openssl(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test("hold for openssl, as server and as client, with every name that was asked for")
  func openSSL() throws {
    try withFolder { path in
      let folder = try CertificateFolder(path: path)
      let made = try folder.issue(request("people"), by: folder.authority(), force: false)
      #expect(made)
      for purpose in ["sslserver", "sslclient"] {
        let verified = try openssl([
          "verify", "-x509_strict", "-purpose", purpose, "-CAfile", "\(path)/ca.pem", "\(path)/people.pem",
        ])
        #expect(verified.status == 0, "\(verified.text)")
      }
      let text = try openssl(["x509", "-noout", "-text", "-in", "\(path)/people.pem"]).text
      for part in [
        "DNS:people", "DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1",
        "URI:spiffe://waymark/people", "TLS Web Server Authentication, TLS Web Client Authentication", "CA:FALSE",
      ] {
        #expect(text.contains(part), "\(part) is not in \(text)")
      }
      for key in ["ca.key", "people.key"] {
        let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(key)")[.posixPermissions] as? Int
        #expect(mode == 0o600)
      }
    }
  }

  @Test("stay while they are young, are renewed when told to, and the authority stays")
  func repetition() throws {
    try withFolder { path in
      let folder = try CertificateFolder(path: path)
      let authority = try folder.authority()
      #expect(try folder.issue(request("people"), by: authority, force: false))
      #expect(try !folder.issue(request("people"), by: folder.authority(), force: false))
      #expect(try folder.issue(request("people"), by: folder.authority(), force: true))
      var more = request("people")
      more = CertificateRequest(name: more.name, dnsNames: ["people", "more"], addresses: [], days: more.days)
      #expect(try folder.issue(more, by: folder.authority(), force: false), "it is for other names")
      #expect(try folder.authority().certificate == authority.certificate)
      let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(files == ["ca.key", "ca.pem", "people.key", "people.pem"])
    }
  }

  @Test("are not made without the key of the authority, nor with that of another")
  func foreignKey() throws {
    try withFolder { path in
      let folder = try CertificateFolder(path: path)
      _ = try folder.authority()
      try FileManager.default.removeItem(atPath: "\(path)/ca.key")
      #expect(throws: CleanFailure.self) { try folder.authority() }
      _ = try CertificateFolder(path: "\(path)/other").authority()
      try FileManager.default.copyItem(atPath: "\(path)/other/ca.key", toPath: "\(path)/ca.key")
      #expect(throws: CleanFailure.self) { try folder.authority() }
    }
  }
}
