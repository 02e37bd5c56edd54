// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import Gateway

@Suite("What a browser sends")
struct FormInputTests {
  @Test(
    "a form is taken from the gateway's own pages and from programs, not from other sites",
    arguments: [
      (nil, nil, true),
      ("same-origin", nil, true),
      ("none", nil, true),
      ("cross-site", nil, false),
      ("same-site", nil, false),
      ("same-origin", "http://evil.example", true),
      ("cross-site", "http://waymark.example:8080", false),
      (nil, "http://waymark.example:8080", true),
      (nil, "https://WAYMARK.example:8080", true),
      (nil, "http://waymark.example", false),
      (nil, "http://waymark.example:8080.evil.example", false),
      (nil, "http://evil.example", false),
      (nil, "null", false),
      (nil, "", false),
    ] as [(String?, String?, Bool)])
  func sameOrigin(site: String?, origin: String?, isAllowed: Bool) {
    var request = HTTPRequest(method: .post, scheme: "http", authority: "waymark.example:8080", path: "/projects")
    if let site { request.headerFields[.secFetchSite] = site }
    if let origin { request.headerFields[.origin] = origin }
    let outside = OutsideView().address(of: request, peer: "192.0.2.7:1")
    #expect(SameOrigin.allows(request, outside: outside) == isAllowed)
  }

  @Test(
    "a typed number is read or refused by name",
    arguments: [
      ("", nil, true), ("12.5", 12.5, true), (" -3 ", -3, true), ("1e2", 100, true), ("+7", 7, true),
      ("12,5", nil, false), ("nan", nil, false), ("inf", nil, false), ("0x10", nil, false), ("1e999", nil, false),
      ("twelve", nil, false), ("--1", nil, false), ("−5", -5, true), ("1,842", nil, false), ("1,234.5", nil, false),
      ("3 falls a month", nil, false), ("5%", nil, false), ("£40", nil, false), (",", nil, false),
    ] as [(String, Double?, Bool)])
  func numbers(text: String, value: Double?, isRight: Bool) {
    var problems = FormProblems()
    #expect(Form(["n": text]).number("n", &problems) == value)
    #expect(problems.isEmpty == isRight)
    if !isRight { #expect(problems.message(for: "n")?.contains("such as") == true) }
  }

  @Test(
    "a typed day is read or refused by name",
    arguments: [
      ("2026-03-31", true), ("2024-02-29", true), ("2000-02-29", true), ("2026-02-29", false), ("1900-02-29", false),
      ("2026-13-01", false), ("2026-00-10", false), ("2026-01-00", false), ("0000-01-01", false), ("31/03/2026", false),
      ("2026-3-1", false), ("2026-03-31x", false), ("2026-+3-31", false), ("٢٠٢٦-03-31", false),
    ])
  func days(text: String, isRight: Bool) {
    var problems = FormProblems()
    let day = Form(["d": text]).day("d", &problems)
    #expect((day != nil) == isRight)
    #expect(problems.isEmpty == isRight)
  }

  @Test("values are trimmed, and a text area's line breaks become LF")
  func text() {
    let form = Form(["a": " \t x \u{a0}", "b": "one\r\ntwo\r\n"])
    #expect(form["a"] == "x")
    #expect(form.prose("b") == "one\ntwo")
    #expect(form["missing"] == "")
  }

  @Test(
    "a header with parameters is taken apart",
    arguments: [
      ("form-data", "form-data", [:]),
      ("Form-Data; Name=a", "form-data", ["name": "a"]),
      ("form-data; name=\"a\\\"b\"; x=1 ", "form-data", ["name": "a\"b", "x": "1"]),
      ("form-data;name=a;;b=c;", "form-data", ["name": "a", "b": "c"]),
      ("form-data; name=a; name=b", "form-data", ["name": "a"]),
      ("form-data; name", nil, nil), ("form-data; =a", nil, nil), ("form-data; name=\"a", nil, nil),
      ("form-data; name=\"a\" b", nil, nil), ("form-data; name=\"a\\", nil, nil),
    ] as [(String, String?, [String: String]?)])
  func parameters(text: String, value: String?, parameters: [String: String]?) {
    let header = HeaderParameters(text)
    #expect(header?.value == value)
    #expect(header?.parameters == parameters)
  }
}
