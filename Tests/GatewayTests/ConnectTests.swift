// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOConcurrencyHelpers
import NIOCore
import ProtobufC
import RPC
import Testing

@testable import Gateway

@Suite("Calling methods as JSON by the Connect protocol")
struct ConnectTests {
  static let path = "/waymark.gateway.v1.ProjectPageService/GetProjectPage"

  /// A door whose only method of its own is answered by `handler`; the services behind it are not there.
  static func door(
    _ handler:
      @escaping @Sendable (GatewayV1.GetProjectPageRequest, ServerContext) async throws ->
      GatewayV1.GetProjectPageResponse = { request, _ in
        .init(page: .init(project: .init(id: request.projectID, title: "Ärzte & <Pflege>")))
      }
  ) -> ConnectDoor {
    var dispatch = MethodDispatch(
      backends: Backends(people: nowhere, projects: nowhere, measurement: nowhere))
    dispatch.serve(GatewayV1.ProjectPageServiceMethods.getProjectPage, handler)
    return ConnectDoor(dispatch: dispatch, defaultTimeout: .seconds(30))
  }

  /// A target where nobody ever listens.
  static let nowhere = "unix:/nonexistent/waymark.sock"

  static func post(
    _ body: String, to path: String = path, type: String? = "application/json", method: HTTPRequest.Method = .post,
    headers: HTTPFields = [:], door: ConnectDoor = door()
  ) async throws -> (status: Int, headers: HTTPFields, body: String) {
    var fields = headers
    if let type { fields[.contentType] = type }
    let request = Request(
      head: HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path, headerFields: fields),
      body: RequestBody(buffer: ByteBuffer(string: body)))
    let response = await door.respond(to: request, peer: "test")
    return (response.status.code, response.headers, try await response.text)
  }

  @Test("a call in JSON is answered in JSON")
  func json() async throws {
    for type in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
      let answer = try await Self.post("{\"projectId\":\"p1\"}", type: type)
      #expect(answer.status == 200)
      #expect(answer.headers[.contentType] == "application/json")
      let response = try GatewayV1.GetProjectPageResponse(json: answer.body)
      #expect(response.page?.project == .init(id: "p1", title: "Ärzte & <Pflege>"))
    }
  }

  @Test("a call in the binary format is answered in the binary format")
  func binary() async throws {
    let request = Request(
      head: HTTPRequest(
        method: .post, scheme: "http", authority: "localhost", path: Self.path,
        headerFields: [.contentType: "application/proto"]),
      body: RequestBody(
        buffer: ByteBuffer(bytes: try GatewayV1.GetProjectPageRequest(projectID: "p2").serialized())))
    let response = await Self.door().respond(to: request, peer: "test")
    #expect(response.status == .ok)
    #expect(response.headers[.contentType] == "application/proto")
    let bytes = Array(try await response.bytes.readableBytesView)
    #expect(try GatewayV1.GetProjectPageResponse(serialized: bytes).page?.project?.id == "p2")
  }

  @Test(
    "each code has its name and HTTP status",
    arguments: [
      (RPCError.Code.cancelled, "canceled", 499), (.unknown, "unknown", 500),
      (.invalidArgument, "invalid_argument", 400), (.deadlineExceeded, "deadline_exceeded", 504),
      (.notFound, "not_found", 404), (.alreadyExists, "already_exists", 409),
      (.permissionDenied, "permission_denied", 403), (.resourceExhausted, "resource_exhausted", 429),
      (.failedPrecondition, "failed_precondition", 400), (.aborted, "aborted", 409),
      (.outOfRange, "out_of_range", 400), (.unimplemented, "unimplemented", 501), (.internalError, "internal", 500),
      (.unavailable, "unavailable", 503), (.dataLoss, "data_loss", 500), (.unauthenticated, "unauthenticated", 401),
    ])
  func codes(code: RPCError.Code, name: String, status: Int) async throws {
    let door = Self.door { _, _ in throw RPCError(code: code, message: "so \"it\" is", metadata: ["x-why": "tests"]) }
    let answer = try await Self.post("{}", door: door)
    #expect(answer.status == status)
    #expect(answer.headers[.contentType] == "application/json")
    #expect(answer.body == "{\"code\":\"\(name)\",\"message\":\"so \\\"it\\\" is\"}")
    #expect(try answer.headers[#require(HTTPField.Name("trailer-x-why"))] == "tests")
  }

  @Test("every code there is has been named above")
  func allCodes() {
    #expect(Set(RPCError.Code.allCases.map(\.connectName)).count == 16)
  }

  @Test("field violations come as details: type, bytes and the same for people")
  func details() async throws {
    let door = Self.door { _, _ in throw RPCError.invalidArgument(field: "project_id", "is empty") }
    let answer = try await Self.post("{}", door: door)
    #expect(answer.status == 400)
    let bytes = try GoogleRpc.BadRequest(fieldViolations: [.init(field: "project_id", description: "is empty")])
      .serialized()
    let detail =
      "{\"type\":\"google.rpc.BadRequest\",\"value\":\"\(Base64.unpadded(bytes))\","
      + "\"debug\":{\"fieldViolations\":[{\"field\":\"project_id\",\"description\":\"is empty\"}]}}"
    #expect(answer.body.hasSuffix(",\"details\":[\(detail)]}"))
    #expect(answer.headers.allSatisfy { !$0.name.canonicalName.contains("grpc-status-details") })
  }

  @Test(
    "a request that is wrong as HTTP is refused as its own kind of wrong",
    arguments: [
      ("{}", "/waymark.gateway.v1.ProjectPageService/NoSuch", "application/json", "POST", 404, "unimplemented"),
      ("{}", "/no.such.Service/Get", "application/json", "POST", 404, "unimplemented"),
      ("{}", path, "application/json", "GET", 405, "unimplemented"),
      ("{}", path, "application/json", "PUT", 405, "unimplemented"),
      ("{}", path, "text/plain", "POST", 415, "unimplemented"),
      ("{}", path, "application/json; charset=latin1", "POST", 415, "unimplemented"),
      ("{}", path, nil, "POST", 415, "unimplemented"),
      (
        "{}", "/waymark.measurement.v1.ObservationService/ImportObservations", "application/json", "POST", 501,
        "unimplemented"
      ),
      ("{", path, "application/json", "POST", 400, "invalid_argument"),
      ("", path, "application/json", "POST", 400, "invalid_argument"),
      ("[]", path, "application/json", "POST", 400, "invalid_argument"),
      ("{\"projectId\":7}", path, "application/json", "POST", 400, "invalid_argument"),
      ("{\"projektId\":\"a\"}", path, "application/json", "POST", 400, "invalid_argument"),
      ("\u{0}\u{1}", path, "application/proto", "POST", 400, "invalid_argument"),
      ("{}", "/waymark.people.v1.TeamService/GetTeam", "application/json", "POST", 503, "unavailable"),
    ] as [(String, String, String?, String, Int, String)])
  func refused(
    body: String, path: String, type: String?, method: String, status: Int, code: String
  ) async throws {
    let answer = try await Self.post(
      body, to: path, type: type, method: try #require(HTTPRequest.Method(rawValue: method)))
    #expect(answer.status == status)
    #expect(answer.body.hasPrefix("{\"code\":\"\(code)\",\"message\":\""))
  }

  @Test("wrong JSON is refused by the path of the field")
  func pathOfField() async throws {
    let answer = try await Self.post("{\"render\": \"perhaps\"}")
    #expect(answer.status == 400)
    #expect(answer.body.contains("render"))
    #expect(answer.body.contains("\"type\":\"google.rpc.BadRequest\""))
  }

  @Test(
    "headers of the protocol are checked",
    arguments: [
      ("Connect-Protocol-Version", "1", 200), ("Connect-Protocol-Version", "2", 400),
      ("Connect-Timeout-Ms", "5000", 200), ("Connect-Timeout-Ms", "9999999999", 200),
      ("Connect-Timeout-Ms", "0", 400), ("Connect-Timeout-Ms", "-1", 400), ("Connect-Timeout-Ms", "", 400),
      ("Connect-Timeout-Ms", "12345678901", 400), ("Connect-Timeout-Ms", "1s", 400),
      ("Content-Encoding", "identity", 200), ("Content-Encoding", "br", 501),
      ("Content-Length", "4194305", 429),
    ])
  func protocolHeaders(name: String, value: String, status: Int) async throws {
    let field = try #require(HTTPField.Name(name))
    #expect(try await Self.post("{}", headers: [field: value]).status == status)
  }

  @Test("a body over the limit is refused however it comes")
  func tooLarge() async throws {
    let body = "{\"projectId\":\"" + String(repeating: "x", count: ConnectDoor.largestRequest) + "\"}"
    let answer = try await Self.post(body)
    #expect(answer.status == 429)
    #expect(answer.body.contains("resource_exhausted"))
  }

  @Test("the caller's timeout and only certain headers reach the handler")
  func context() async throws {
    let door = Self.door { _, context in
      #expect(context.metadata.first("authorization") == "Bearer t")
      #expect(context.metadata.entries.map(\.name) == ["authorization"])
      #expect((context.deadline?.remaining ?? .zero) > .seconds(50))
      return .init()
    }
    let timeout = try #require(HTTPField.Name("connect-timeout-ms"))
    let other = try #require(HTTPField.Name("waymark-actor"))
    let answer = try await Self.post(
      "{}", headers: [timeout: "60000", .authorization: "Bearer t", other: "somebody", .cookie: "a=b"], door: door)
    #expect(answer.status == 200)
    #expect(answer.body == "{}")
  }

  @Test("paths of methods are told from paths of pages")
  func paths() {
    #expect(ConnectDoor.isMethod("/waymark.people.v1.TeamService/GetTeam"))
    for page in ["/", "/projects", "/projects/new", "/projects/0.5/x", "/a.b", "/a.b/c/d", "//x"] {
      #expect(!ConnectDoor.isMethod(page))
    }
  }

  @Test(
    "base64 is without padding",
    arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{7f}\u{7f}?", "f38/")])
  func base64(text: String, encoded: String) {
    #expect(Base64.unpadded(Array(text.utf8)) == encoded)
  }

  @Test("JSON strings are escaped")
  func jsonStrings() {
    #expect(JSONText.string("a\"\\\n\r\t\u{1}</é") == "\"a\\\"\\\\\\n\\r\\t\\u0001\\u003c/é\"")
  }
}

extension Response {
  /// The whole body.
  var bytes: ByteBuffer {
    get async throws {
      let collected = Collected()
      try await body.write(collected)
      return collected.bytes.withLockedValue { $0 }
    }
  }

  var text: String {
    get async throws { String(buffer: try await bytes) }
  }
}

/// Keeps what is written.
private struct Collected: ResponseBodyWriter {
  let bytes = NIOLockedValueBox(ByteBuffer())

  mutating func write(_ buffer: ByteBuffer) async throws {
    bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
