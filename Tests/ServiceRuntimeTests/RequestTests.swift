// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime
import Storage
import Testing

/// The fields that `body` refuses, with `INVALID_ARGUMENT`; none when it refuses nothing.
private func refused(_ body: () throws -> Void) -> [String] {
  do {
    try body()
    return []
  } catch let error as RPCError {
    #expect(error.code == .invalidArgument)
    return error.fieldViolations.map(\.field)
  } catch {
    Issue.record("\(error)")
    return []
  }
}

@Suite("Checks of requests")
struct RequestTests {
  @Test("text comes back without the white space around it, and counts in Unicode scalars")
  func text() {
    var checks = FieldChecks()
    #expect(checks.text(" \n\u{A0}Ysbyty Gwynedd\t ", field: "f", length: 1...14) == "Ysbyty Gwynedd")
    #expect(checks.text("", field: "f", length: 0...5) == "")
    #expect(checks.text("病院👩", field: "f", length: 1...3) == "病院👩")
    #expect(checks.text("one\ntwo\tthree", field: "f", length: 1...20, lines: true) == "one\ntwo\tthree")
    #expect(checks.violations.isEmpty)
  }

  @Test(
    "text that is empty, too long or not plain is refused, and the field named",
    arguments: [
      ("", 1, false), ("   \n", 1, false), ("123456", 0, false), ("a\u{0}b", 0, false), ("a\u{7}b", 0, true),
      ("a\nb", 0, false), ("a\u{85}b", 0, false), (String(repeating: "e\u{301}", count: 3), 0, false),
    ])
  func badText(text: String, shortest: Int, lines: Bool) {
    var checks = FieldChecks()
    _ = checks.text(text, field: "project.title", length: shortest...5, lines: lines)
    #expect(checks.violations.map(\.field) == ["project.title"])
  }

  @Test("an id is taken in either case and kept in lower case; what is none is refused")
  func identifiers() {
    var checks = FieldChecks()
    #expect(
      checks.identifier("01890A5D-AC96-774B-BCCE-B302099A8057", field: "id") == "01890a5d-ac96-774b-bcce-b302099a8057")
    #expect(checks.identifier("", field: "id", required: false) == "")
    #expect(checks.violations.isEmpty)
    let bad = [
      "", "1", "01890a5d-ac96-774b-bcce-b302099a805g", "01890a5dac96-774b-bcce-b302099a8057-", "'; DROP TABLE",
    ]
    for text in bad { _ = checks.identifier(text, field: text) }
    #expect(checks.violations.map(\.field) == bad)
  }

  @Test("every wrong field is named at once, in the order of the checks, each with what is accepted")
  func together() {
    var checks = FieldChecks()
    checks.date(CommonV1.Date(year: 2023, month: 2, day: 29), field: "a")
    checks.date(CommonV1.Date(year: 2024, month: 2, day: 29), field: "fine")
    checks.date(nil, field: "absent")
    checks.finite(.nan, field: "b")
    checks.finite(-.infinity, field: "c")
    checks.finite(1.5, field: "fine")
    checks.requestID("a b", field: "d")
    checks.requestID(String(repeating: "x", count: 129), field: "e")
    checks.requestID("", field: "fine")
    checks.requestID(String(repeating: "~", count: 128), field: "fine")
    checks.count(3, field: "f", atMost: 2)
    checks.count(2, field: "fine", atMost: 2)
    let (fields, violations) = (["a", "b", "c", "d", "e", "f"], checks.violations)
    #expect(refused { try checks.finish() } == fields)
    #expect(violations.allSatisfy { $0.description.contains("accepted") || $0.description.contains(" are, ") })
  }

  @Test("a mask names what changes; none means all; an unknown path is refused")
  func masks() throws {
    let all = ["title", "aim"]
    for none in [nil, GoogleProtobuf.FieldMask(), .init(paths: [])] as [GoogleProtobuf.FieldMask?] {
      let mask = try UpdateMask(none, changeable: all)
      #expect(mask.covers("title") && mask.covers("aim"))
    }
    let one = try UpdateMask(.init(paths: ["aim"]), changeable: all)
    #expect(one.covers("aim") && !one.covers("title"))
    #expect(
      refused { _ = try UpdateMask(.init(paths: ["title", "id", "aim.what"]), changeable: all) }
        == ["update_mask", "update_mask"])
  }

  @Test(
    "page sizes have a default and a range",
    arguments: [(0, 50), (1, 1), (1000, 1000), (-1, nil), (1001, nil), (.max, nil), (.min, nil)] as [(Int32, Int?)])
  func pageSizes(size: Int32, expected: Int?) {
    var page: Page?
    let fields = refused { page = try Page(size: size, token: "", default: 50, maximum: 1000, of: tokens) }
    #expect(page?.size == expected)
    #expect(fields == (expected == nil ? ["page_size"] : []))
  }

  @Test("pages follow one another to the last item, each once, for any length and size")
  func pages() throws {
    for length in 0...12 {
      for size in 1...5 {
        let items = (0..<length).map { ["name \($0 / 3)", "id \(10 + $0)"] }
        var (seen, token, rounds) = ([[String]](), "", 0)
        repeat {
          let page = try Page(size: Int32(size), token: token, default: 50, maximum: 1000, of: tokens)
          let rest = items.drop { item in page.after.map { after in !after.lexicographicallyPrecedes(item) } ?? false }
          let cut = page.cut(Array(rest.prefix(page.limit))) { $0 }
          #expect(cut.items.count <= size)
          seen += cut.items
          token = cut.nextToken
          rounds += 1
        } while !token.isEmpty && rounds < 20
        #expect(seen == items)
      }
    }
  }

  private let tokens = PageTokens(key: Array(0..<32))

  @Test("a token of another list, or of another store, is refused")
  func foreignToken() throws {
    let page = try Page(size: 1, token: "", default: 1, maximum: 1, of: tokens)
    let token = page.cut([1, 2]) { _ in ["a", "b", "c"] }.nextToken
    #expect(refused { _ = try Page(size: 1, token: token, default: 1, maximum: 1, of: tokens) } == ["page_token"])
    let others = PageTokens(key: Array(1...32))
    let foreign = try Page(size: 1, token: "", default: 1, maximum: 1, of: others).cut([1, 2]) { _ in ["a", "b"] }
    #expect(
      refused { _ = try Page(size: 1, token: foreign.nextToken, default: 1, maximum: 1, of: tokens) } == ["page_token"])
    #expect(refused { _ = try Page(size: 1, token: "nonsense!", default: 1, maximum: 1, of: tokens) } == ["page_token"])
  }

  @Test("an etag is checked when it is sent, changes with each write, and a stale one is ABORTED")
  func revisions() throws {
    let second = Revision.first.next
    #expect(second.etag != Revision.first.etag)
    #expect(try Revision(etag: second.etag) == second)
    try second.check("", of: "Project x")
    try second.check(second.etag, of: "Project x")
    let error = #expect(throws: RPCError.self) { try second.check(Revision.first.etag, of: "Project x") }
    #expect(error?.code == .aborted)
    #expect(error?.message.contains("Project x") == true && error?.message.contains(second.etag) == true)
    let info = error?.detail(GoogleRpc.ErrorInfo.self)
    #expect(info?.reason == "ETAG_MISMATCH")
    #expect(info?.metadata.map { "\($0.key)=\($0.value)" } == ["etag=\(second.etag)"])
  }

  @Test(
    "a date keeps its text and sorts by it",
    arguments: [(1, 1, 1, "0001-01-01"), (2024, 2, 29, "2024-02-29"), (9999, 12, 31, "9999-12-31")]
      as [(Int32, Int32, Int32, String)])
  func dates(year: Int32, month: Int32, day: Int32, text: String) {
    let date = CommonV1.Date(year: year, month: month, day: day)
    #expect(date.isoText == text)
    #expect(CommonV1.Date(isoText: text) == date)
  }

  @Test("what is no stored date is none", arguments: ["", "2024", "2024-02", "2024-02-x", "2024-02-01-01", "a-b-c"])
  func badDates(text: String) {
    #expect(CommonV1.Date(isoText: text) == nil)
  }

  @Test(
    "a time keeps its microseconds, also before 1970",
    arguments: [0, 1, -1, 1_700_000_000_123_456, -62_135_596_800_000_000])
  func times(microseconds: Int64) {
    let time: GoogleProtobuf.Timestamp? = GoogleProtobuf.Timestamp(microseconds: microseconds)
    #expect(time.microseconds == microseconds)
    #expect((0..<1_000_000_000).contains(time?.nanos ?? -1))
  }

  @Test("a call made while answering another keeps within what is left of its deadline")
  func deadlines() throws {
    let method = PeopleV1.TeamServiceMethods.getTeam
    let free = CallOptions.within(ServerContext(method: method), limit: .seconds(5))
    #expect(free.timeout == .seconds(5))
    let far = CallOptions.within(ServerContext(method: method, deadline: Deadline(after: .seconds(3600))))
    #expect(far.timeout == .seconds(5))
    let near = CallOptions.within(ServerContext(method: method, deadline: Deadline(after: .milliseconds(200))))
    #expect(try #require(near.timeout) <= .milliseconds(200))
  }

  @Test("a value of any length is short in a message")
  func shortened() {
    #expect("short".shortened == "short")
    #expect(String(repeating: "é", count: 5000).shortened.unicodeScalars.count == 100)
    #expect(RPCError.notFound("team", id: String(repeating: "x", count: 5000)).message.utf8.count < 200)
  }
}
