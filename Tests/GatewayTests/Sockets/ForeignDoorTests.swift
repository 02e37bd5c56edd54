// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import NIOCore
import NIOPosix
import RPC
import Testing

@testable import Gateway

@Suite("Clients and proxies of others at the gateway", .timeLimit(.minutes(3)))
struct ForeignDoorTests {
  private static let team = "{\"team\":{\"id\":\"t7\",\"name\":\"Ward 7\"}}"

  @Test("Java's client goes on after it asked for an upgrade, and is asked for the bodies that it holds back")
  func java() async throws {
    try await GatewayTLSTests.withBoth { plain, secure in
      let finished = try await ForeignProgram.run(
        "/usr/bin/java",
        [
          "-Xshare:auto", "-XX:TieredStopAtLevel=1", ForeignProgram.scripts.appending(path: "Doors.java").path,
          "\(plain)", "\(secure)",
        ])
      let expected =
        (1...3).flatMap { ["default \($0) HTTP_1_1 200 \(Self.team)", "page \($0) HTTP_1_1 200 ok"] } + [
          "expect h1 HTTP_1_1 200 \(Self.team)", "after h1 HTTP_1_1 200 \(Self.team)", "tls HTTP_2 200 \(Self.team)",
          "expect h2 HTTP_2 200 \(Self.team)", "after h2 HTTP_2 200 \(Self.team)",
          "expect tls h1 HTTP_1_1 200 \(Self.team)",
        ]
      let lines = finished.output.split(separator: "\n").map(String.init)
      for line in expected { #expect(lines.contains(line), "\(finished)") }
    }
  }

  @Test("Node's clients are asked for the bodies that they hold back, or answered at once")
  func node() async throws {
    try await withGateway(people: World.people) { port in
      let finished = try await ForeignProgram.run(
        "/usr/bin/node", [ForeignProgram.scripts.appending(path: "doors.mjs").path, "\(port)"])
      #expect(
        finished.output == """
          upgrade 1: 200 ok
          upgrade 2: 200 ok
          expect h1: asked 200
          refused h1: at once 404
          expect h2: asked 200
          refused h2: at once 404
          after h2: asked 200
          fetch: 200 \(Self.team)

          """, "\(finished)")
    }
  }

  @Test("ab counts every answer of HTTP/1.0, with kept connections and without", arguments: [[], ["-k"]])
  func apacheBench(flags: [String]) async throws {
    try await withGateway { port in
      let finished = try await ForeignProgram.run(
        "/usr/bin/ab", ["-q", "-s", "10", "-n", "200", "-c", "4"] + flags + ["http://127.0.0.1:\(port)/healthz"])
      #expect(finished.status == 0, "\(finished)")
      for (name, count) in [("Complete requests", 200), ("Failed requests", 0)]
        + (flags.isEmpty ? [] : [("Keep-Alive requests", 200)])
      {
        #expect(finished.output.contains(try Regex("\(name): +\(count)\n")), "\(finished)")
      }
    }
  }

  @Test("curl asks for an upgrade and goes on, and is not kept waiting with a large body")
  func curl() async throws {
    try await withGateway(people: World.people) { port in
      let url = "http://127.0.0.1:\(port)/healthz"
      let twice = try await ForeignProgram.curl("--http2", "-w", "%{num_connects} ", url, url, url)
      #expect(twice.output == "ok\n1 ok\n0 ok\n0 ", "\(twice)")
      // curl waits for 1 s if it is not asked, and says how long it waited.
      let body = "{\"id\":\"t7\"" + String(repeating: " ", count: 2 << 20) + "}"
      let asked = try await ForeignProgram.run(
        "/usr/bin/curl",
        [
          "-sv", "--max-time", "20", "--http1.1", "--expect100-timeout", "15", "-H", "content-type: application/json",
          "--data-binary", "@-",
          "http://127.0.0.1:\(port)/waymark.people.v1.TeamService/GetTeam",
        ], input: Array(body.utf8))
      #expect(
        asked.output.contains("HTTP/1.1 100 Continue") && asked.output.contains(Self.team),
        "\(asked.output.suffix(2000))")
    }
  }

  @Test("gRPC through a proxy that speaks HTTP/1.1 to the gateway is told so", arguments: ["haproxy", "nginx"])
  func proxies(name: String) async throws {
    try await withGateway(people: World.people) { port in
      try await withProxy(name, to: port) { front in
        let client = RPCClient(target: "127.0.0.1:\(front)")
        let error = await #expect(throws: RPCError.self) {
          try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "t7"), options: .init(timeout: .seconds(10)))
        }
        #expect(error?.message.contains("has to speak HTTP/2 to it") == true, "\(String(describing: error))")
        #expect(error?.code == .internalError)
        await client.close()
        // Whatever asked for an upgrade before, the pooled connection serves the next.
        for headers in [
          [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: d2FpdGluZyByb29tIDEyMw==",
          ],
          ["Connection: close"], ["Expect: 100-continue"],
        ] {
          // nginx 1.22 speaks one or the other on a plain port.
          let page = try await ForeignProgram.run(
            "/usr/bin/curl",
            ["-sS", "--max-time", "20", name == "nginx" ? "--http2-prior-knowledge" : "--http1.1"]
              + headers.flatMap { ["-H", $0] } + ["http://127.0.0.1:\(front)/healthz"])
          #expect(page.output == "ok\n", "\(headers): \(page)")
        }
      }
    }
  }
}

/// Runs HAProxy or nginx, which speak HTTP/2 and HTTP/1.1 to clients and HTTP/1.1 to the gateway, on a port of their own.
private func withProxy(_ name: String, to gateway: Int, _ body: (_ port: Int) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "waymark-proxy-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let port = try await freePort()
  let file = folder.appending(path: "proxy.conf").path
  let (program, text, arguments): (String, String, [String]) =
    if name == "haproxy" {
      (
        "/usr/sbin/haproxy",
        """
        defaults
          mode http
          timeout connect 5s
          timeout client 20s
          timeout server 20s
          option http-server-close
        listen door
          bind 127.0.0.1:\(port)
          server one 127.0.0.1:\(gateway)

        """, ["-db", "-f", file]
      )
    } else {
      (
        "/usr/sbin/nginx",
        """
        daemon off;
        pid \(folder.path)/pid;
        error_log \(folder.path)/log;
        events {}
        http {
          access_log off;
          client_body_temp_path \(folder.path)/body;
          proxy_temp_path \(folder.path)/proxy;
          fastcgi_temp_path \(folder.path)/fastcgi;
          uwsgi_temp_path \(folder.path)/uwsgi;
          scgi_temp_path \(folder.path)/scgi;
          server {
            listen 127.0.0.1:\(port) http2;
            location / { proxy_pass http://127.0.0.1:\(gateway); proxy_http_version 1.1; }
          }
        }

        """, ["-c", file, "-p", folder.path]
      )
    }
  try text.write(toFile: file, atomically: true, encoding: .utf8)
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  defer {
    process.terminate()
    process.waitUntilExit()
  }
  let deadline = ContinuousClock.now + .seconds(10)
  while try await ForeignProgram.run("/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"]).status != 0 {
    try #require(process.isRunning && ContinuousClock.now < deadline, "\(name) does not listen")
    try await Task.sleep(for: .milliseconds(20))
  }
  try await body(port)
}

/// A port that nobody uses just now.
private func freePort() async throws -> Int {
  let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: "127.0.0.1", port: 0).get()
  let port = listener.localAddress?.port
  try await listener.close().get()
  return try #require(port)
}
