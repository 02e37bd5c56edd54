// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import Metrics
import NIOCore
import NIOPosix
import ProtobufC
import RPC
import Synchronization
import Testing

@testable import Gateway

@Suite("Callers and what they speak", .timeLimit(.minutes(2)))
struct CallerTests {
  private static let call = "/waymark.people.v1.TeamService/GetTeam"

  @Test("gRPC that comes by HTTP/1.1 is told in gRPC's words what the proxy has to do")
  func grpcByHTTP1() async throws {
    try await withGateway(people: World.people) { port in
      for path in [
        Self.call, "/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      ] {
        for type in ["application/grpc", "application/grpc+proto", "Application/gRPC; charset=x"] {
          // A stream whose requests never end is answered all the same.
          let answers = try await RawSocket.answers(
            to:
              "POST \(path) HTTP/1.1\nHost: x\nContent-Type: \(type)\nTE: trailers\nTransfer-Encoding: chunked\n\n5\n\0\0\0\0\0\n",
            from: port)
          let answer = try #require(answers.first)
          #expect(answer.status == 200 && answer.headers["content-type"] == "application/grpc", "\(answer)")
          #expect(answer.headers["grpc-status"] == "13", "\(answer)")
          #expect(
            answer.headers["grpc-message"]?.contains("over HTTP/1.1: the proxy before the gateway has to speak HTTP/2")
              == true)
        }
      }
      let codec = try await ForeignProgram.curl(
        "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code} %header{grpc-status} %header{grpc-message}",
        "-H",
        "content-type: application/grpc+json", "-d", "{}", "http://127.0.0.1:\(port)\(Self.call)")
      #expect(
        codec.output.hasPrefix("200 12 ") && codec.output.contains("application/grpc+proto are taken"), "\(codec)")
    }
  }

  @Test(
    "gRPC-Web and streams by Connect are told in their own words what is taken",
    arguments: ["--http1.1", "--http2-prior-knowledge"])
  func otherProtocols(version: String) async throws {
    try await withGateway(people: World.people) { port in
      let url = "http://127.0.0.1:\(port)\(Self.call)"
      func post(_ type: String) async throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "waymark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let answer = try await ForeignProgram.curl(
          version, "-o", file.path, "-w", "%{http_code} %{content_type}", "-H", "content-type: \(type)", "-d", "x", url)
        #expect(answer.output == "200 \(type)", "\(answer)")
        return Array(try Data(contentsOf: file))
      }
      for type in ["application/grpc-web", "application/grpc-web+proto", "application/grpc-web+json"] {
        let body = try await post(type)
        #expect(body.first == 0x80)
        #expect(Int(body[3]) << 8 | Int(body[4]) == body.count - 5)
        let trailers = String(decoding: body.dropFirst(5), as: UTF8.self)
        #expect(trailers.hasPrefix("grpc-status: 12\r\ngrpc-message: gRPC-Web") && trailers.hasSuffix("\r\n"))
      }
      let text = String(decoding: try await post("application/grpc-web-text"), as: UTF8.self)
      #expect(Data(base64Encoded: text)?.first == 0x80)
      for type in ["application/connect+json", "application/connect+proto"] {
        let body = try await post(type)
        #expect(body.first == 0x02)
        let end = String(decoding: body.dropFirst(5), as: UTF8.self)
        #expect(end.hasPrefix("{\"error\":{\"code\":\"unimplemented\",\"message\":\"Streams by Connect"), "\(end)")
      }
    }
  }

  @Test("a body that begins with a byte order mark is read without it")
  func byteOrderMark() async throws {
    try await withGateway(people: World.people) { port in
      let answer = try await GatewayServerTests.post(
        Self.call, to: port, type: "application/json", body: "\u{FEFF}{\"id\":\"t7\"}")
      #expect(answer.hasSuffix("{\"team\":{\"id\":\"t7\",\"name\":\"Ward 7\"}}"))
      let twice = try await GatewayServerTests.post(
        Self.call, to: port, type: "application/json", body: "\u{FEFF}\u{FEFF}{\"id\":\"t7\"}")
      #expect(twice.hasPrefix("HTTP/1.1 400"))
    }
  }

  @Test("where a service is that cannot be reached is not told outside")
  func addresses() async throws {
    try await withGateway { port in
      let json = try await GatewayServerTests.post(Self.call, to: port, type: "application/json", body: "{}")
      #expect(
        json.hasPrefix("HTTP/1.1 503") && json.contains("The people service, or one that it needs, cannot be reached"))
      #expect(!json.contains("nonexistent") && !json.contains("connect:"))
      let client = RPCClient(target: "127.0.0.1:\(port)")
      let unary = await #expect(throws: RPCError.self) {
        try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "t7"))
      }
      let stream = await #expect(throws: RPCError.self) {
        try await MeasurementV1.ObservationServiceClient(client).importObservations { writer in
          try await writer.write(.init(part: .options(.init(measureID: "m1"))))
        }
      }
      let watch = await #expect(throws: RPCError.self) {
        try await EventsV1.EventServiceClient(client).getAuditHead(.init(service: "projects"))
      }
      for error in [unary, stream, watch] {
        #expect(
          error?.code == .unavailable && error?.message.contains("nonexistent") == false, "\(String(describing: error))"
        )
        #expect(error?.message.contains("cannot be reached just now") == true)
      }
      await client.close()
      // Who calls without a gateway needs the address, with as many brackets closed as opened.
      let direct = RPCClient(target: "127.0.0.1:1")
      let refused = await #expect(throws: RPCError.self) {
        try await PeopleV1.TeamServiceClient(direct).getTeam(.init(id: "t7"))
      }
      #expect(refused?.message == "cannot reach 127.0.0.1:1: connect: Connection refused (errno 111)")
      await direct.close()
    }
  }

  @Test("one header limit holds by both versions, and one bad header harms no other call")
  func headers() async throws {
    try await withGateway(people: World.people) { port in
      let sentences = [
        "The request line and the header fields are larger than 65536 bytes together, or more than 1000 fields.",
        "The header is larger than the limit of 65536 bytes.",
      ]
      for (bytes, status) in [(20_000, 200), (60_000, 200), (70_000, 431)] {
        let half = String(repeating: "x", count: bytes / 2)
        let answers = try await RawSocket.answers(
          to: "GET /healthz HTTP/1.1\nHost: x\nConnection: close\nX-A: \(half)\nX-B: \(half)\n\n", from: port)
        #expect(answers.map(\.status) == [status], "\(bytes): \(answers)")
        #expect(answers.first?.body == (status == 200 ? "ok" : sentences[0]) + "\n")
      }
      let finished = try await ForeignProgram.run(
        "/usr/bin/node", [ForeignProgram.scripts.appending(path: "headers.mjs").path, "\(port)"])
      // The call goes on to a service, which takes as large a header as the gateway.
      let taken = [20_000, 60_000].map { bytes in
        "\(bytes): 200 ok\n\(bytes): gRPC 0 \n\(bytes): beside it 200 ok\n"
      }
      let refused = [70_000, 120_000].map { bytes in
        "\(bytes): 431 \(sentences[1])\n"
          + "\(bytes): gRPC 8 the header is larger than the limit of 65536 bytes\n\(bytes): beside it 200 ok\n"
      }
      #expect(finished.output == (taken + refused).joined(), "\(finished)")
    }
  }

  // MARK: Compression

  private static let projects = "/waymark.projects.v1.ProjectService/ListProjects"

  private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    Array(try MessageEncoding.gzip.compress(ByteBuffer(bytes: bytes)).readableBytesView)
  }

  /// Posts bytes by curl, which decompresses the answer when it asked for that.
  private static func post(_ body: [UInt8], _ options: [String], to url: String) async throws -> ForeignProgram.Finished
  {
    try await ForeignProgram.run(
      "/usr/bin/curl",
      [
        "-sS", "--max-time", "20", "-w", " %{http_code} [%header{content-encoding}] [%header{accept-encoding}]",
        "--data-binary", "@-",
      ] + options + [url],
      input: body)
  }

  private static func large(_ router: inout RPCRouter) {
    router.register(unary: ProjectsV1.ProjectServiceMethods.listProjects) {
      (request: ProjectsV1.ListProjectsRequest, _) async throws -> ProjectsV1.ListProjectsResponse in
      .init(
        projects: (0..<(request.query == "many" ? 3000 : 20)).map {
          .init(id: "p\($0)", title: "Fewer falls on ward \($0)")
        },
        totalSize: Int32(request.query.utf8.count))
    }
  }

  @Test(
    "calls in gzip are taken, and answered in gzip to who asks", arguments: ["--http1.1", "--http2-prior-knowledge"])
  func compression(version: String) async throws {
    try await withGateway(projects: Self.large) { port in
      let url = "http://127.0.0.1:\(port)\(Self.projects)"
      let json = ["-H", "content-type: application/json"]
      for query in ["few", "many"] {
        let body = try Self.gzip(Array("{\"query\":\"\(query)\"}".utf8))
        let packed = [version, "-H", "content-encoding: gzip"] + json
        let plain = try await Self.post(body, packed, to: url)
        #expect(plain.output.hasSuffix(" 200 [] []") && plain.output.contains("ward 19"), "\(plain.output.suffix(300))")
        let both = try await Self.post(body, packed + ["--compressed"], to: url)
        #expect(
          both.output.hasSuffix(" 200 [gzip] []") && both.output.contains("ward 19"), "\(both.output.suffix(300))")
      }
      let plain = Array("{}".utf8)
      for (accept, coding) in [
        ("gzip", "gzip"), ("br, GZIP;q=0.5", "gzip"), ("*", "gzip"), ("x-gzip", "gzip"), ("gzip;q=0", ""),
        ("gzip;q=0.000, *", ""), ("br, zstd, deflate", ""), ("identity", ""), ("", ""),
      ] {
        let answer = try await Self.post(
          plain, [version, "-o", "/dev/null", "-H", "accept-encoding: \(accept)"] + json, to: url)
        #expect(answer.output == " 200 [\(coding)] []", "\(accept): \(answer)")
      }
      // The binary format: a query of field 5 or whatever stays what it is.
      let message = try ProjectsV1.ListProjectsRequest(query: "few").serialized()
      let binary = try await Self.post(
        try Self.gzip(message),
        [
          version, "-o", "/dev/null", "-H", "content-type: application/proto", "-H", "content-encoding: gzip", "-H",
          "accept-encoding: gzip",
        ],
        to: url)
      #expect(binary.output == " 200 [gzip] []", "\(binary)")
      // An empty request, packed and not at all, as connect's clients send it.
      for empty in [try Self.gzip([]), []] {
        let answer = try await Self.post(
          empty,
          [
            version, "-o", "/dev/null", "-X", "POST", "-H", "content-type: application/proto", "-H",
            "content-encoding: gzip",
          ], to: url)
        #expect(answer.output == " 200 [] []", "\(answer)")
      }
    }
  }

  @Test("what is not gzip, or far too much of it, is refused with what is taken")
  func badCompression() async throws {
    try await withGateway(projects: Self.large) { port in
      let url = "http://127.0.0.1:\(port)\(Self.projects)"
      let bomb = try Self.gzip([UInt8](repeating: 0x20, count: 64 << 20))
      #expect(bomb.count < 100_000)
      let fits = try Self.gzip(Array("{}".utf8) + [UInt8](repeating: 0x20, count: (4 << 20) - 2))
      let good = try Self.gzip(Array("{}".utf8))
      let table: [(String, [UInt8], Int, String, String)] = [
        ("gzip", bomb, 429, "larger than 4194304 bytes once it is decompressed", ""),
        ("gzip", fits, 200, "ward 19", ""),
        ("GZip", good, 200, "ward 19", ""),
        ("gzip", Array("{}".utf8), 400, "cannot be decompressed", ""),
        ("gzip", Array(good.dropLast(3)), 400, "damaged or cut off", ""),
        ("gzip", good + [1, 2], 400, "2 bytes follow it", ""),
        ("br", good, 501, "Content-Encoding is “br”; gzip, identity are taken.", "gzip, identity"),
        ("gzip, gzip", good, 501, "gzip, identity are taken.", "gzip, identity"),
        ("zstd", good, 501, "gzip, identity are taken.", "gzip, identity"),
      ]
      for (coding, body, status, words, accepted) in table {
        let answer = try await Self.post(
          body, ["-H", "content-type: application/json", "-H", "expect:", "-H", "content-encoding: \(coding)"], to: url)
        #expect(
          answer.output.hasSuffix(" \(status) [] [\(accepted)]") && answer.output.contains(words),
          "\(coding) \(answer.output.suffix(300))")
      }
    }
  }

  // MARK: Clients that go away

  /// Notes what becomes of calls.
  private final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// Whether a line comes that holds the words.
    func eventually(_ words: String) async throws -> Bool {
      let deadline = ContinuousClock.now + .seconds(10)
      while !all.contains(where: { $0.contains(words) }) {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(10))
      }
      return true
    }
  }

  private struct Reporter: CallReporter {
    let notes: Notes
    func callStarted(_ method: MethodDescriptor) {}
    func callEnded(_ report: CallReport) { notes.add("call \(report.status?.code.name ?? "OK")") }
  }

  /// A factory whose timers note their labels when they are made.
  private struct Timers: MetricsFactory {
    let notes: Notes
    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
      func increment(by: Int64) {}
      func reset() {}
      func record(_ value: Int64) {}
      func record(_ value: Double) {}
      func recordNanoseconds(_ duration: Int64) {}
    }
    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { Handler() }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
      Handler()
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
      notes.add("page " + dimensions.map(\.1).joined(separator: " "))
      return Handler()
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
  }

  /// A service whose calls end only when they are cancelled, and that notes both.
  private static func endless(_ notes: Notes) -> Registration {
    @Sendable func wait(_ name: String) async throws {
      notes.add("begun \(name)")
      do {
        try await World.untilCancelled()
      } catch {
        notes.add("cancelled \(name)")
        throw error
      }
    }
    return { router in
      router.register(unary: PeopleV1.TeamServiceMethods.getTeam) {
        (_: PeopleV1.GetTeamRequest, _) async throws -> PeopleV1.GetTeamResponse in
        try await wait("call")
        return .init()
      }
      router.register(unary: PeopleV1.OrganisationServiceMethods.listOrganisations) {
        (_: PeopleV1.ListOrganisationsRequest, _) async throws -> PeopleV1.ListOrganisationsResponse in
        try await wait("page")
        return .init()
      }
    }
  }

  @Test(
    "who goes away is neither an error nor work any longer, by either version",
    arguments: ["--http1.1", "--http2-prior-knowledge"])
  func gone(version: String) async throws {
    let notes = Notes()
    var observers = GatewayObservers()
    observers.reporters = [Reporter(notes: notes)]
    observers.metrics = Timers(notes: notes)
    var settings = GatewaySettings()
    settings.pageTimeout = .seconds(60)
    try await withGateway(
      people: Self.endless(notes), measurement: World.measurement, settings: settings, observers: observers
    ) { port in
      let url = "http://127.0.0.1:\(port)"
      func leave(_ arguments: [String], after sign: String?) async throws {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments = ["-sS", "--max-time", "30", version, "-o", "/dev/null"] + arguments
        curl.standardError = FileHandle.nullDevice
        let input = Pipe()
        curl.standardInput = input
        try curl.run()
        if let sign {
          #expect(try await notes.eventually("begun \(sign)"), "\(notes.all)")
        } else {
          // Half of a form: more than the pipe and curl hold, so that its beginning is sent once all of it is written.
          let start = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nmonth,value\r\n"
          try input.fileHandleForWriting.write(
            contentsOf: Array(start.utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: 1 << 20))
        }
        // The tests' process ignores the gentler signals, and what it starts does too.
        kill(curl.processIdentifier, SIGKILL)
        curl.waitUntilExit()
        if let sign { #expect(try await notes.eventually("cancelled \(sign)"), "\(notes.all)") }
      }
      try await leave(["-H", "content-type: application/json", "-d", "{}", url + Self.call], after: "call")
      #expect(try await notes.eventually("call CANCELLED"), "\(notes.all)")
      try await leave([url + "/projects/new"], after: "page")
      #expect(try await notes.eventually("page /projects/new GET 499"), "\(notes.all)")
      try await leave(
        [
          "-X", "POST", "-H", "expect:", "-H", "content-type: multipart/form-data; boundary=XX", "-T", "-",
          url + "/measures/m1/import",
        ],
        after: nil)
      #expect(try await notes.eventually("page /measures/{id}/import POST 499"), "\(notes.all)")
      #expect(!notes.all.contains { $0.contains(" 500") || $0.contains("INTERNAL") }, "\(notes.all)")
      #expect(try await ForeignProgram.curl(version, url + "/healthz").output == "ok\n")
    }
  }

  @Test("who ends its side after its request still has the answer")
  func halfClosed() async throws {
    try await withGateway(people: World.people) { port in
      let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(host: "127.0.0.1", port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
              wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
          }
        }
      let text = try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
        outbound.finish()
        var text = ""
        for try await bytes in inbound { text += String(buffer: bytes) }
        return text
      }
      #expect(RawSocket.parse(text).map(\.status) == [200], "\(text)")
    }
  }
}
