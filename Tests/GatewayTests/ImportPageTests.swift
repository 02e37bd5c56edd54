// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Synchronization
import Testing

@testable import Gateway

@Suite("The page to add data")
struct ImportPageTests {
  /// What the measurement service was sent.
  final class Imports: Sendable {
    struct Import: Sendable {
      var options: MeasurementV1.ImportOptions
      var bytes: [UInt8] = []
    }
    private let all = Mutex<[Import]>([])
    private let names = Mutex(["month", "falls", "Bed Days"])
    private let says = Mutex(true)
    var saysColumns: Bool {
      get { says.withLock { $0 } }
      set { says.withLock { $0 = newValue } }
    }
    /// What the columns of the files are called.
    var columns: [String] {
      get { names.withLock { $0 } }
      set { names.withLock { $0 = newValue } }
    }
    var seen: [Import] { all.withLock { $0 } }
    func take(_ one: Import) { all.withLock { $0.append(one) } }

    /// A measurement service that answers each import so.
    func service(
      measure: MeasurementV1.Measure = World.measure("m1"),
      _ answer: @escaping @Sendable (Import) -> MeasurementV1.ImportObservationsResponse = { one in
        .init(
          accepted: true, dryRun: one.options.dryRun, rowsRead: 1, rowsAdded: 1, periodColumn: "period",
          valueColumn: "value")
      }
    ) -> Registration {
      { router in
        router.register(unary: MeasurementV1.MeasureServiceMethods.getMeasure) {
          (_: MeasurementV1.GetMeasureRequest, _) async throws -> MeasurementV1.GetMeasureResponse in
          .init(measure: measure)
        }
        router.register(clientStreaming: MeasurementV1.ObservationServiceMethods.importObservations) {
          (requests: RequestStream<MeasurementV1.ImportObservationsRequest>, _) async throws
            -> MeasurementV1.ImportObservationsResponse in
          var one = Import(options: .init())
          for try await request in requests {
            switch request.part {
            case .options(let given): one.options = given
            case .chunk(let bytes): one.bytes += bytes
            case nil: break
            }
          }
          self.take(one)
          return answer(one)
        }
      }
    }
  }

  /// A field of a form; with a file name, a file.
  struct Part: Sendable {
    var name: String
    var value: String
    var fileName: String?

    static func file(_ content: String) -> Part { Part(name: "file", value: content, fileName: "a.csv") }
    static func field(_ name: String, _ value: String) -> Part { Part(name: name, value: value) }
  }

  static func send(_ parts: [Part], to port: Int, headers: String = "") async throws -> String {
    let body =
      parts.map { part in
        let file = part.fileName.map { "; filename=\"\($0)\"\r\nContent-Type: text/csv" } ?? ""
        return "--XX\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n\(part.value)\r\n"
      }.joined() + "--XX--\r\n"
    return try await GatewayServerTests.post(
      "/measures/m1/import", to: port, type: "multipart/form-data; boundary=XX", body: body, headers: headers)
  }

  /// The value of a hidden field of a page.
  static func hidden(_ name: String, in page: String) -> String? {
    page.matches(of: /name="(\w+)" value="([^"]*)"/).first { $0.1 == name }.map { String($0.2) }
  }

  @Test("the order of the fields does not matter: a check behind the file writes nothing, replace behind it counts")
  func anyOrder() async throws {
    let imports = Imports()
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let parts: [Part] = [.field("mode", "check"), .file("a,b\n1,2\n"), .field("replace", "yes")]
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let answer = try await Self.send(order.map { parts[$0] }, to: port)
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("This file can be saved"))
      }
      #expect(imports.seen.count == 6)
      for one in imports.seen {
        #expect(one.options.dryRun && one.options.replace && one.bytes == Array("a,b\n1,2\n".utf8))
      }
    }
  }

  @Test("a file that does not fit into memory comes through whole, whatever stands behind it")
  func largeFile() async throws {
    let imports = Imports()
    let content = String(repeating: "0123456789", count: 200_000)
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let answer = try await Self.send([.file(content), .field("mode", "partial")], to: port)
      #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("1 value saved"))
      #expect(imports.seen.first?.options.allowPartial == true)
      #expect(imports.seen.first?.bytes == Array(content.utf8))
    }
  }

  /// A form that is refused before anything is passed on.
  static let refused: [(String, [Part], Int, String)] = [
    ("no mode", [.file("x")], 422, "does not say what to do with the file"),
    ("an empty mode", [.field("mode", ""), .file("x")], 422, "does not say what to do"),
    ("an unknown mode", [.file("x"), .field("mode", "dry-run")], 422, "“dry-run” is none of the choices of “mode”"),
    ("a mode in capitals", [.field("mode", "CHECK"), .file("x")], 422, "“CHECK” is none of the choices"),
    ("two modes", [.field("mode", "check"), .file("x"), .field("mode", "all")], 400, "the field “mode” twice"),
    ("the same mode twice", [.field("mode", "all"), .field("mode", "all"), .file("x")], 400, "“mode” twice"),
    ("two files", [.field("mode", "all"), .file("x"), .file("y")], 400, "The form has two files"),
    ("an empty file beside a file", [.field("mode", "all"), .file(""), .file("y")], 400, "two files"),
    ("no file", [.field("mode", "all")], 422, "Choose a CSV file"),
    ("an empty file", [.field("mode", "all"), .file("")], 422, "Choose a CSV file"),
    ("nothing", [], 422, "does not say what to do"),
    (
      "replace=true", [.field("mode", "all"), .field("replace", "true"), .file("x")], 422,
      "choices of “replace”: yes, no"
    ),
    ("an unknown order", [.field("mode", "all"), .field("date_order", "us"), .file("x")], 422, "date_order"),
    ("a NUL", [.field("mode", "all\0"), .file("x")], 400, "a NUL character"),
    (
      "a huge field", [.field("mode", String(repeating: "a", count: 5000)), .file("x")], 400,
      "The value of “mode” is longer than 4096 bytes"
    ),
    ("a kept file that is none", [.field("mode", "all"), .field("kept", "%%%%")], 400, "carried along is damaged"),
    (
      "too many fields", (0..<40).map { .field("f\($0)", "x") } + [.field("mode", "all"), .file("x")], 400,
      "more than 32 parts"
    ),
  ]

  @Test("a form that leaves open what to do is refused, says so, and writes nothing", arguments: refused.indices)
  func refusal(index: Int) async throws {
    let (name, parts, status, text) = Self.refused[index]
    let imports = Imports()
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let answer = try await Self.send(parts, to: port)
      #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(name)")
      #expect(answer.contains(HTMLText.escape(text)), "\(name)")
      #expect(imports.seen.isEmpty, "\(name)")
    }
  }

  @Test("what was chosen and typed is still there after a refusal, and the file need not be found again")
  func kept() async throws {
    let imports = Imports()
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let refused = try await Self.send(
        [
          .file("period;falls\n2026-01;3\n"), .field("replace", "yes"), .field("value_column", "falls <x>"),
          .field("missing", "*, n/a"),
        ], to: port)
      #expect(refused.contains("name=\"replace\" value=\"yes\" checked"))
      #expect(refused.contains("value=\"falls &lt;x&gt;\"") && refused.contains("value=\"*, n/a\""))
      #expect(refused.contains("Waymark still has <strong>a.csv</strong>"))
      let kept = try #require(Self.hidden("kept", in: refused))
      // The file that the page carries along is taken when no other is chosen, as a browser sends it.
      let taken = try await Self.send(
        [
          .field("kept_name", "a.csv"), .field("kept", kept), .field("mode", "all"), .field("missing", "*, n/a"),
          .file(""),
        ], to: port)
      #expect(taken.hasPrefix("HTTP/1.1 200"))
      #expect(Self.hidden("kept", in: taken) == nil, "what is saved is not carried along")
      #expect(imports.seen.first?.bytes == Array("period;falls\n2026-01;3\n".utf8))
      #expect(imports.seen.first?.options.missing == ["*", "n/a"])
      // Another file goes before it.
      _ = try await Self.send([.field("kept", kept), .file("other"), .field("mode", "all")], to: port)
      #expect(imports.seen.last?.bytes == Array("other".utf8))
    }
  }

  @Test("with a warning nothing is saved until the person says that it is right, of this very file")
  func warnings() async throws {
    let imports = Imports()
    let service = imports.service { one in
      .init(
        accepted: !one.options.holdOnWarnings, rowsRead: 2, rowsAdded: one.options.holdOnWarnings ? 0 : 2,
        periodColumn: "period", valueColumn: "value",
        remarks: [
          .init(kind: .warning, message: "The values are 600 times those that are stored.", column: "value"),
          .init(kind: .passedOver, message: "A total was left out.", row: 9),
          .init(kind: .howRead, message: "The periods are months."),
        ])
    }
    try await withGateway(projects: World.project, measurement: service) { port in
      let asked = try await Self.send([.field("mode", "all"), .file("swapped")], to: port)
      #expect(asked.hasPrefix("HTTP/1.1 422"))
      for text in [
        "Nothing is saved yet: please check this first", "The values are 600 times", "Line 9: A total was left out.",
        "The periods are months.", "Is this right?",
      ] { #expect(asked.contains(text)) }
      let confirmation = try #require(Self.hidden("confirm", in: asked))
      let kept = try #require(Self.hidden("kept", in: asked))
      // A word about one file says nothing of another.
      let other = try await Self.send(
        [.field("kept", kept), .field("mode", "all"), .file("another"), .field("confirm", confirmation)], to: port)
      #expect(other.contains("Nothing is saved yet"))
      let saved = try await Self.send(
        [.field("confirm", confirmation), .field("kept", kept), .field("mode", "all")], to: port)
      #expect(saved.hasPrefix("HTTP/1.1 200") && saved.contains("2 values saved"))
      #expect(imports.seen.map(\.options.holdOnWarnings) == [true, true, false])
      #expect(imports.seen.last?.bytes == Array("swapped".utf8))
    }
  }

  @Test("columns are recognised by what the measure counts, and otherwise offered by their names")
  func columns() async throws {
    var measure = World.measure("m1")
    (measure.chartKind, measure.numeratorMeaning, measure.denominatorMeaning) = (.u, "Falls", "bed days ")
    let imports = Imports()
    let service = imports.service(measure: measure) { one in
      let names = imports.columns
      guard names.contains(one.options.valueColumn) else {
        return .init(
          rowsRead: 24, problems: [.init(row: 1, kind: .column, message: "The file has no column for the value.")],
          problemsTotal: 1, columns: imports.saysColumns ? names : [])
      }
      return .init(
        accepted: true, rowsRead: 24, rowsAdded: 24, periodColumn: "month", valueColumn: one.options.valueColumn,
        denominatorColumn: one.options.denominatorColumn, columns: names)
    }
    try await withGateway(projects: World.project, measurement: service) { port in
      let taken = try await Self.send([.field("mode", "all"), .file("x")], to: port)
      #expect(taken.contains("24 values saved"))
      #expect(imports.seen.last?.options.valueColumn == "falls")
      #expect(imports.seen.last?.options.denominatorColumn == "Bed Days")
      // The same where the service does not say what the columns are called.
      imports.saysColumns = false
      imports.columns = ["month", "Falls", "n"]
      #expect(try await Self.send([.field("mode", "all"), .file("x")], to: port).contains("24 values saved"))
      #expect(imports.seen.last?.options.valueColumn == "Falls")
      imports.saysColumns = true

      imports.columns = ["month", "n1 \"x\"", "n2"]
      let asked = try await Self.send([.field("mode", "all"), .file("x")], to: port)
      #expect(asked.contains("The columns could not be recognised; no row was checked."))
      #expect(!asked.contains("0 of 24 rows"))
      #expect(asked.contains("<option value=\"n1 &quot;x&quot;\">"))
      #expect(asked.contains("<details class=\"form-more\" open"))
      let chosen = try await Self.send(
        [
          .field("kept", try #require(Self.hidden("kept", in: asked))), .field("mode", "all"),
          .field("value_column", "n1 \"x\""), .field("denominator_column", "n2"),
        ], to: port)
      #expect(chosen.contains("24 values saved"))
    }
  }

  @Test("a check that went well leads on to saving, with the file still there")
  func afterCheck() async throws {
    let imports = Imports()
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let checked = try await Self.send([.field("mode", "check"), .file("x")], to: port)
      #expect(checked.contains("value=\"all\" checked") && checked.contains("Go on with this file"))
      #expect(checked.contains("This was only a check: nothing was saved."))
    }
  }

  @Test("an upload from another site is refused before it is read")
  func otherSite() async throws {
    let imports = Imports()
    try await withGateway(projects: World.project, measurement: imports.service()) { port in
      let answer = try await Self.send(
        [.field("mode", "all"), .file("x")], to: port, headers: "Origin: http://evil.example\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 403") && imports.seen.isEmpty)
    }
  }

  @Test("Base64 goes both ways, and what is none is refused")
  func base64() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base64.decoded(Base64.encoded(bytes)) == bytes)
    }
    #expect(Base64.encoded(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
    for text in ["a", "ab", "abc", "a===", "====", "ab=c", "YQ==YQ==", "ab\n=", "ä==="] {
      #expect(Base64.decoded(text) == nil)
    }
  }
}
