// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `waymark up` for more people than the one before the screen.
@Suite("waymark up on an address of its own, with TLS", .timeLimit(.minutes(2)))
struct OutsideAddressTests {
  @Test("pages, calls and the health check are served by TLS on the address that was named, and nowhere else")
  func secure() async throws {
    let folder = try TemporaryDirectory()
    let waymark = Products.executable("waymark")
    let made = try await finish(waymark, "certs", "--dir", folder.path, "--name", "web")
    #expect(made.succeeded, "\(made.said)")
    let (certificate, key, authority) = (folder.path + "/web.pem", folder.path + "/web.key", folder.path + "/ca.pem")
    let options = ["--host", "127.0.0.2", "--public-tls-cert", certificate, "--public-tls-key", key]
    try await withWaymark(options: options) { running in
      let address = try #require(running.base.firstMatch(of: /^https:\/\/127\.0\.0\.2:(\d+)$/), "\(running.base)")
      let port = String(address.1)
      let trusting = ["-sS", "--max-time", "20", "--cacert", authority]
      let named = trusting + ["--resolve", "localhost:\(port):127.0.0.2"]
      let page = try await finish("curl", named + ["https://localhost:\(port)/api"])
      #expect(page.succeeded && page.output.contains("https://localhost:\(port)/waymark."), "\(page.said)")
      let call = try await finish(
        "curl",
        named + [
          "-H", "content-type: application/json", "-d", "{}",
          "https://localhost:\(port)/waymark.projects.v1.ProjectService/ListProjects",
        ])
      #expect(call.succeeded && call.output.hasPrefix("{"), "\(call.said)")
      let plain = try await finish("curl", ["-sS", "--max-time", "20", "http://127.0.0.2:\(port)/"])
      #expect(plain.output.contains("This port speaks TLS: use https:// in the address"), "\(plain.said)")
      let elsewhere = try await finish("curl", trusting + ["https://localhost:\(port)/healthz"])
      #expect(!elsewhere.succeeded, "\(elsewhere.said)")
      let health = try await finish(
        waymark, "health", "127.0.0.2:\(port)", "--tls-ca", authority, "--tls-name", "localhost")
      #expect(health.succeeded && health.output == "serving\n", "\(health.said)")
      let pinned = try await finish(waymark, "health", "127.0.0.2:\(port)", "--tls-pin", certificate)
      #expect(pinned.succeeded, "\(pinned.said)")
    }
  }
}
