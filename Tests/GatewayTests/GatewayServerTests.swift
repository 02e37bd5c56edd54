// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import NIOPosix
import RPC
import Testing

@testable import Gateway

@Suite("The gateway's port")
struct GatewayServerTests {
  /// Sends text to the port, in the given pieces, and returns all that comes back until the gateway closes.
  ///
  /// - Parameter pause: how long nothing that comes is read; an error then ends the text, as the connection may be gone.
  static func send(_ pieces: [String], to port: Int, readingAfter pause: Duration? = nil) async throws -> String {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var text = ""
      if let pause {
        async let writing: Void = { for piece in pieces { try? await outbound.write(ByteBuffer(string: piece)) } }()
        try await Task.sleep(for: pause)
        do { for try await bytes in inbound { text += String(buffer: bytes) } } catch {}
        await writing
        return text
      }
      for piece in pieces { try await outbound.write(ByteBuffer(string: piece)) }
      for try await bytes in inbound { text += String(buffer: bytes) }
      return text
    }
  }

  static func get(_ path: String, from port: Int, headers: String = "") async throws -> String {
    try await send(
      ["GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(headers)Connection: close\r\n\r\n"], to: port)
  }

  static func post(_ path: String, to port: Int, type: String, body: String, headers: String = "") async throws
    -> String
  {
    let head =
      "POST \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nContent-Type: \(type)\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\(headers)Connection: close\r\n\r\n"
    return try await send([head, body], to: port)
  }

  private static let form = "application/x-www-form-urlencoded"

  @Test("HTTP/1.1 and gRPC answer on the same port")
  func bothProtocols() async throws {
    try await withGateway(people: World.people, projects: World.project, measurement: World.measurement) { port in
      // A method that begins like the preface of HTTP/2, byte by byte.
      let health = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".map(String.init)
      #expect(try await Self.send(health, to: port).contains("200 OK"))
      let odd = ["P", "R", "OPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
      #expect(try await Self.send(odd, to: port).hasPrefix("HTTP/1.1 "))

      let client = RPCClient(target: "127.0.0.1:\(port)")
      let page = try await GatewayV1.ProjectPageServiceClient(client).getProjectPage(
        .init(projectID: "p1"), options: .init(timeout: .milliseconds(500)))
      #expect(page.page?.team?.name == "Ward 7")
      // Passed on to the owner.
      let team = try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "t7"))
      #expect(team.team?.id == "t7")
      await #expect(throws: RPCError.self) {
        try await ProjectsV1.ProjectServiceClient(client).getProject(.init(id: "p9"))
      }
      // As soon as the services behind it are connected.
      while try await GrpcHealthV1.HealthClient(client).check(.init()).status != .serving {
        try await Task.sleep(for: .milliseconds(5))
      }
      let imported = try await MeasurementV1.ObservationServiceClient(client).importObservations { writer in
        try await writer.write(.init(part: .options(.init(measureID: "m1", allowPartial: true))))
        for _ in 0..<3 { try await writer.write(.init(part: .chunk([1, 2, 3]))) }
      }
      #expect(imported.rowsRead == 9)
      await client.close()
    }
  }

  @Test("a method that nobody serves is UNIMPLEMENTED")
  func unknownMethod() async throws {
    try await withGateway { port in
      let client = RPCClient(target: "127.0.0.1:\(port)")
      for path in ["/no.Such/Method", "/waymark.people.v1.TeamService/NoSuch"] {
        let error = await #expect(throws: RPCError.self) { try await client.unaryBytes(ByteBuffer(), path: path) }
        #expect(error?.code == .unimplemented)
      }
      await client.close()
    }
  }

  @Test("pages have their headers, and are found or not")
  func pages() async throws {
    var settings = GatewaySettings()
    settings.pageTimeout = .milliseconds(400)
    try await withGateway(
      people: World.people, projects: World.project, measurement: World.measurement, settings: settings
    ) { port in
      let list = try await Self.get("/?q=a+b", from: port)
      #expect(list.hasPrefix("HTTP/1.1 200"))
      #expect(list.contains("Fewer &lt;falls&gt;"))
      #expect(list.contains("North &amp; South"))
      #expect(list.contains("value=\"a b\""))
      #expect(list.lowercased().contains("content-security-policy: default-src 'none'"))
      #expect(list.lowercased().contains("x-content-type-options: nosniff"))

      let page = try await Self.get("/projects/p1", from: port)
      #expect(page.hasPrefix("HTTP/1.1 200"))
      #expect(page.contains("<svg id=\"m2\"/>") == false, "a chart without points is not drawn")
      #expect(page.contains("Reduce falls, to 3."))
      #expect(page.contains("The chart can’t be shown right now"))

      #expect(try await Self.get("/projects/p9", from: port).hasPrefix("HTTP/1.1 404"))
      #expect(try await Self.get("/nowhere", from: port).hasPrefix("HTTP/1.1 404"))
      for query in ["q=%00", "q=%zz", "q=a&q=b"] {
        #expect(try await Self.get("/?\(query)", from: port).hasPrefix("HTTP/1.1 400"))
      }
      #expect(try await Self.get("/measures/none/import", from: port).hasPrefix("HTTP/1.1 404"))
      #expect(try await Self.get("/measures/m1", from: port).contains("/projects/p1#measure-m1"))
      #expect(try await Self.get("/measures/m1/import", from: port).contains("Add data to Measure m1"))
      #expect(try await Self.get("/projects/new", from: port).contains("<option value=\"o1\""))
      #expect(try await Self.get("/api", from: port).contains("/waymark.people.v1.TeamService/GetTeam"))
      let head = "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      #expect(try await Self.send([head], to: port).hasSuffix("\r\n\r\n"))
    }
  }

  @Test("files of the pages are kept by their entity tag")
  func assets() async throws {
    try await withGateway { port in
      let style = try await Self.get(Asset.style.path, from: port)
      #expect(style.contains("immutable"))
      #expect(style.contains("--accent"))
      let again = try await Self.get(
        Asset.style.path, from: port, headers: "If-None-Match: \(Asset.style.entityTag)\r\n")
      #expect(again.hasPrefix("HTTP/1.1 304"))
      #expect(try await Self.get("/assets/style-0.css", from: port).hasPrefix("HTTP/1.1 404"))
    }
  }

  @Test("with every service away, pages still answer and say what is missing")
  func allAway() async throws {
    try await withGateway { port in
      let list = try await Self.get("/", from: port)
      #expect(list.hasPrefix("HTTP/1.1 200"))
      #expect(list.contains("The projects service cannot be reached."))
      #expect(try await Self.get("/projects/p1", from: port).hasPrefix("HTTP/1.1 200"))
      #expect(try await Self.get("/projects/new", from: port).hasPrefix("HTTP/1.1 503"))
      #expect(try await Self.get("/measures/m1/import", from: port).hasPrefix("HTTP/1.1 503"))
    }
  }

  @Test("a form creates, or comes back with what is wrong and what was typed")
  func forms() async throws {
    try await withGateway(people: World.people, projects: World.project, measurement: World.measurement) { port in
      let created = try await Self.post(
        "/projects", to: port, type: Self.form, body: "organisation=o1&title=Fewer+falls&to=3")
      #expect(created.hasPrefix("HTTP/1.1 303"))
      #expect(created.contains("/projects/p1"))

      let refused = try await Self.post(
        "/projects", to: port, type: Self.form, body: "organisation=o1&title=bad&what=x%22y")
      #expect(refused.hasPrefix("HTTP/1.1 422"))
      #expect(refused.contains("<a href=\"#title\">Is bad; good ones are accepted.</a>"))
      #expect(refused.contains("x&quot;y"))

      let empty = try await Self.post("/projects", to: port, type: Self.form, body: "from=ten")
      #expect(empty.hasPrefix("HTTP/1.1 422"))
      for text in ["Choose the organisation.", "Give the project a title.", "“ten” is not a number."] {
        #expect(empty.contains(text))
      }
      let odd = try await Self.post("/projects", to: port, type: "text/plain", body: "title=x")
      #expect(odd.hasPrefix("HTTP/1.1 415"))
      let large = String(repeating: "x", count: Form.largestBody + 1)
      #expect(try await Self.post("/projects", to: port, type: Self.form, body: large).hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test("a form from another site is refused")
  func otherSite() async throws {
    try await withGateway(people: World.people, projects: World.project) { port in
      for header in ["Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        let answer = try await Self.post(
          "/projects", to: port, type: Self.form, body: "organisation=o1&title=x", headers: header)
        #expect(answer.hasPrefix("HTTP/1.1 403"))
      }
      let own = try await Self.post(
        "/projects", to: port, type: Self.form, body: "organisation=o1&title=x",
        headers: "Origin: http://localhost:\(port)\r\n")
      #expect(own.hasPrefix("HTTP/1.1 303"))
    }
  }

  @Test("an upload is passed on whole and its report shown")
  func uploads() async throws {
    var settings = GatewaySettings()
    settings.largestUpload = 300_000
    try await withGateway(projects: World.project, measurement: World.measurement, settings: settings) { port in
      let type = "multipart/form-data; boundary=XX"
      func body(mode: String?, file: String?) -> String {
        (mode.map { "--XX\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\n\($0)\r\n" } ?? "")
          + (file.map { "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\($0)\r\n" }
            ?? "")
          + "--XX--\r\n"
      }
      let path = "/measures/m1/import"
      let file = String(repeating: "0123456789", count: 20_000)
      let taken = try await Self.post(path, to: port, type: type, body: body(mode: "partial", file: file))
      #expect(taken.hasPrefix("HTTP/1.1 200"))
      #expect(taken.contains("<dd>200,000</dd>"), "every byte arrived")
      #expect(taken.contains("<code>&lt;b&gt;</code>"))
      #expect(taken.contains("Read “m1” as the period."))

      let refused = try await Self.post(path, to: port, type: type, body: body(mode: "all", file: "x"))
      #expect(refused.hasPrefix("HTTP/1.1 422"))
      #expect(refused.contains("Nothing was saved"))

      let wrong: [(String, String, Int, String)] = [
        (type, body(mode: "all", file: nil), 422, "Choose a CSV file"),
        (type, body(mode: "all", file: ""), 422, "Choose a CSV file"),
        (type, body(mode: "odd", file: "x"), 422, "is none of the choices"),
        (type, String(body(mode: "all", file: "x").dropLast(8)), 400, "was cut off"),
        (type, body(mode: "all", file: file + file), 413, "The upload is larger than"),
        ("text/csv", "a,b", 400, "multipart/form-data"),
      ]
      for (type, body, status, text) in wrong {
        let answer = try await Self.post(path, to: port, type: type, body: body)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        #expect(answer.contains(text))
      }
    }
  }

  @Test("JSON calls reach the owning service, and its refusal comes back as JSON")
  func json() async throws {
    try await withGateway(people: World.people, projects: World.project) { port in
      let found = try await Self.post(
        "/waymark.people.v1.TeamService/GetTeam", to: port, type: "application/json", body: "{\"id\":\"t7\"}")
      #expect(found.hasSuffix("{\"team\":{\"id\":\"t7\",\"name\":\"Ward 7\"}}"))
      let missing = try await Self.post(
        "/waymark.projects.v1.ProjectService/GetProject", to: port, type: "application/json", body: "{\"id\":\"p9\"}")
      #expect(missing.hasPrefix("HTTP/1.1 404"))
      #expect(missing.contains("{\"code\":\"not_found\""))
      let invalid = try await Self.post(
        "/waymark.projects.v1.ProjectService/CreateProject", to: port, type: "application/json",
        body: "{\"project\":{\"title\":\"bad\"}}")
      #expect(invalid.hasPrefix("HTTP/1.1 400"))
      #expect(invalid.contains("\"debug\":{\"fieldViolations\":[{\"field\":\"project.title\""))
    }
  }

  @Test("a port in use is one clear sentence")
  func portInUse() async throws {
    try await withGateway { port in
      let backends = Backends(
        people: ConnectTests.nowhere, projects: ConnectTests.nowhere, measurement: ConnectTests.nowhere)
      let second = try GatewayServer(backends: backends)
      let error = await #expect(throws: ListenError.self) {
        try await second.run(host: "127.0.0.1", port: port) { _, _ in }
      }
      #expect(error?.description.contains("another program uses this port") == true)
    }
  }
}
