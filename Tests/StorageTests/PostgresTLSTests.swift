// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

@Suite("TLS to PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresTLSTests {
  private let scratch: Scratch
  private let certificate: String

  init() throws {
    scratch = try Scratch()
    let store = try PostgresScratch()
    let session = try store.session()
    defer { session.close() }
    let text = try session.connection.value("SELECT pg_read_file(current_setting('ssl_cert_file')) AS value")
    guard case .text(let certificate) = text else { throw Unhappy() }
    self.certificate = certificate
  }

  private func connection(_ parameters: String, certificate: String) throws -> PostgresSession {
    let path = scratch.path("ca.pem")
    try certificate.write(toFile: path, atomically: true, encoding: .utf8)
    let url = PostgresScratch.url(adding: "sslrootcert=\(path)&\(parameters)")
    let engine = try PostgresEngine(address: PostgresAddress(url), schema: "test")
    return try engine.session(limits: PostgresLimits())
  }

  @Test("the server's certificate lets it in, for the name that it is for")
  func right() throws {
    let session = try connection("sslmode=verify-full", certificate: certificate)
    defer { session.close() }
    let sql = "SELECT ssl AS value FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    #expect(try session.connection.value(sql) == .integer(1))
    // Answers longer than what TLS and libpq hold at a time.
    let long = "SELECT repeat('x', i) AS value FROM generate_series(8000, 70000, 997) i"
    for row in try session.connection.rows(long, [], atMost: .max) { #expect(try row.text("value").first == "x") }
    var count = 0
    try session.connection.forEachRow("SELECT repeat('y', 1000 + i % 7) FROM generate_series(1, 20000) i", []) { _ in
      count += 1
    }
    #expect(count == 20_000)
  }

  @Test("another certificate, or one for another name, does not")
  func wrong() throws {
    for (parameters, authority, part) in [
      ("sslmode=verify-full", Self.other, "certificate verify failed"),
      ("sslmode=verify-ca", Self.other, "certificate verify failed"),
      ("sslmode=verify-full&host=waymark.example&hostaddr=127.0.0.1", certificate, "waymark.example"),
      ("sslmode=verify-full", "no certificate", "root certificate"),
    ] {
      let error = refusal { try connection(parameters, certificate: authority).close() }
      #expect(error?.kind == "refused")
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  /// A certificate whose key nobody has.
  private static let other = """
    -----BEGIN CERTIFICATE-----
    MIIBhzCCAS2gAwIBAgIUaKHRCP7/cgDQYjtFvxSRcmTGiLcwCgYIKoZIzj0EAwIw
    GDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTAgFw0yNjExMjMyMDQzMzFaGA8yMTI2
    MTAzMDIwNDMzMVowGDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTBZMBMGByqGSM49
    AgEGCCqGSM49AwEHA0IABAfb+YLpa+UY3ySavGbyxfih8r8JPjEcmcHqcTPuIoLB
    un3NRgV5gtHF7XMQIIhMrrKn09o7k2A+xCMwmCB8lKejUzBRMB0GA1UdDgQWBBQO
    6K+/y0YTsnQSJmCWAB0G0TUyWDAfBgNVHSMEGDAWgBQO6K+/y0YTsnQSJmCWAB0G
    0TUyWDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIDEbrjYMdBTU
    QSbJ1UjzN28LefQsdxekHX2RprNpte9UAiEA8qDxTEiJ77IV32zDti1CGzZbzI0a
    /GsOiyIvcOtCfJc=
    -----END CERTIFICATE-----

    """
}
