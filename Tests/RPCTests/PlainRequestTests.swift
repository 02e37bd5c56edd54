// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP2
import NIOCore
import RPC
import Testing

/// Requests that are not gRPC's, by curl.
@Suite(
  "A plain request", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is missing"))
struct PlainRequestTests {
  private func curl(_ arguments: [String]) async throws -> String {
    try await ForeignTools.run("/usr/bin/curl", ["-s", "--max-time", "20", "--http2-prior-knowledge"] + arguments).text
  }

  @Test("is answered by the plain handler, with its body and a streamed response")
  func handler() async throws {
    let configuration = RPCServer.Configuration(eventLoops: 1) { request in
      if request.path == "/stream" {
        return HTTP2Response(
          status: 200,
          body: .stream { writer in
            for index in 0..<2000 { try await writer.write(ByteBuffer(string: "\(index),")) }
          })
      }
      do {
        let body = try await request.body.collect(upTo: 1_000_000)
        let text = "\(request.method) \(request.path) \(request.header("x-a") ?? "") \(body.readableBytes)"
        return HTTP2Response(status: 201, headers: [("x-b", "c")], body: .bytes(ByteBuffer(string: text)))
      } catch {
        return HTTP2Response(status: 413)
      }
    }
    try await withServer(configuration: configuration) { _, target in
      let url = "http://\(target)"
      let got = try await curl(["-i", "-H", "X-A: 1", url + "/page?q=2"])
      #expect(got.contains("HTTP/2 201") && got.contains("x-b: c"), "\(got)")
      #expect(got.hasSuffix("GET /page?q=2 1 0"), "\(got)")
      let posted = try await curl(["--data-binary", String(repeating: "x", count: 100_000), url + "/post"])
      #expect(posted == "POST /post  100000")
      let streamed = try await curl([url + "/stream"])
      #expect(streamed == (0..<2000).map { "\($0)," }.joined())
      let head = try await curl(["-I", url + "/head"])
      #expect(head.contains("HTTP/2 201"), "\(head)")
    }
  }

  @Test("is refused with 415 where nobody takes it, and with 405 when it looks like gRPC but is no POST")
  func refused() async throws {
    try await withServer { _, target in
      let status = ["-o", "/dev/null", "-w", "%{http_code}"]
      let web = try await curl(status + ["http://\(target)/"])
      #expect(web == "415")
      let get = try await curl(status + ["-H", "content-type: application/grpc", "http://\(target)/a/B"])
      #expect(get == "405")
      let json = try await curl(status + ["-H", "content-type: application/grpc+json", "http://\(target)/a/B"])
      #expect(json == "415")
    }
  }
}
