// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RPC
import Testing

@testable import ServiceRuntime

@Suite("Settings of TLS")
struct TLSSettingsTests {
  private func tls(_ variables: [String: String]) async throws -> ServiceTLS {
    let settings = try await Settings(service: "people", file: nil, environment: variables)
    return try ServiceTLS(settings, options: ServiceOptions.parse([]))
  }

  @Test("that are not made mean plaintext")
  func none() async throws {
    let tls = try await tls([:])
    #expect(tls.server == nil)
    #expect(tls.client == nil)
  }

  @Test("with an authority mean that both sides show certificates, unless told otherwise")
  func mutual() async throws {
    var variables = ["WAYMARK_TLS_CERT": "c", "WAYMARK_TLS_KEY": "k", "WAYMARK_TLS_CA": "a"]
    let both = try await tls(variables)
    #expect(
      both.server
        == ServerTLS(certificateChain: "c", privateKey: "k", trustRoots: "a", clientCertificates: .required))
    #expect(both.client == ClientTLS(trustRoots: "a", certificate: .init(chain: "c", privateKey: "k")))
    variables["WAYMARK_TLS_CLIENT_CERTIFICATES"] = "optional"
    let optional = try await tls(variables)
    #expect(optional.server?.clientCertificates == .optional)
    variables["WAYMARK_TLS_CA"] = ""
    variables["WAYMARK_TLS_CLIENT_CERTIFICATES"] = ""
    let alone = try await tls(variables)
    #expect(alone.server?.clientCertificates == ServerTLS.ClientCertificates.none)
    #expect(alone.client == nil)
  }

  @Test(
    "that do not go together are refused by name",
    arguments: [
      (["WAYMARK_TLS_CERT": "c"], "--tls-key"),
      (["WAYMARK_TLS_KEY": "k"], "--tls-cert"),
      (["WAYMARK_TLS_CLIENT_CERTIFICATES": "required"], "--tls-cert"),
      (["WAYMARK_TLS_CLIENT_CERTIFICATES": "maybe"], "none, optional, required"),
      (["WAYMARK_TLS_CERT": "c", "WAYMARK_TLS_KEY": "k", "WAYMARK_TLS_CLIENT_CERTIFICATES": "required"], "--tls-ca"),
    ])
  func refused(variables: [String: String], words: String) async throws {
    let error = await #expect(throws: SettingsError.self) { try await tls(variables) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
