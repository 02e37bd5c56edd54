// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Gateway

@Suite("Pages written from their views")
struct TemplateTests {
  let templates: Templates

  init() throws { templates = try Templates() }

  /// Text that would act in a page if it were not escaped.
  ///
  /// The quote with a combining accent is one `Character`.
  static let hostile = "\"\u{301} onfocus=alert(1) x='</title><script>alert(2)</script>&amp;{{page.title}}"

  static let escaped =
    "&quot;\u{301} onfocus=alert(1) x=&#39;&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt;&amp;amp;{{page.title}}"

  /// Every page, with hostile text wherever text can come from outside.
  static var pages: [any PageView] {
    let bad = hostile
    let chart = ChartView(
      title: bad, importPath: "/measures/1/import", drawing: "<svg><title>drawn elsewhere</title></svg>", summary: bad,
      badges: [.init(.good, bad)], signals: [.init(.bad, meaning: bad, sentence: bad)], cautions: [bad],
      tableCaption: bad, valueHeading: bad, centreName: bad,
      rows: [.init(period: bad, value: bad, denominator: bad, lower: bad, upper: bad, signals: bad, note: bad)])
    var problems = FormProblems()
    problems.add(bad, field: "title")
    problems.add(bad, field: bad)
    problems.add(bad)
    return [
      ProjectListView(
        query: bad, notices: [.hole(bad, bad)],
        projects: [
          .init(
            name: bad, path: "/projects/1", aimSentence: bad, statusName: bad, statusClass: "active",
            organisationName: bad, when: bad)
        ], total: 2, isFirstPage: false, previousToken: bad, nextToken: bad),
      ProjectListView(query: bad, projects: [], total: 0),
      ProjectView(
        name: bad, aimSentence: bad, statusName: bad, statusClass: "active", notices: [.done(bad, bad)],
        facts: [Fact(term: bad, detail: bad)], newMeasurePath: "/projects/1/measures/new",
        panels: [
          .init(
            anchor: "measure-1", kindName: bad, kindClass: "outcome", measureName: bad, importPath: "/x", chart: chart,
            chartMissing: nil, definition: [Fact(term: bad, detail: bad)], hasDefinition: true),
          .init(
            anchor: "measure-2", kindName: bad, kindClass: "outcome", measureName: bad, importPath: "/x", chart: nil,
            chartMissing: bad, definition: [], hasDefinition: false),
        ], measuresAreKnown: true),
      FormView(
        heading: bad, intro: bad, problems: problems, action: "/projects", requestID: "r",
        groups: [
          FieldGroup(
            bad,
            [
              .text("title", bad, hint: bad, value: bad),
              .prose("what", bad, hint: bad, value: bad, maxLength: 10),
              .choice("kind", bad, value: bad, choices: [(bad, bad)]), .number("n", bad, value: bad),
              .day("d", bad, value: bad), .tick("sure", bad, hint: bad, ticked: true),
              Field.choice("o", bad, value: bad, choices: []).leading(
                to: Crumb(label: bad, path: "/organisations/new")),
            ])
        ], submitLabel: bad, cancelPath: "/"),
      ImportView(
        .init(
          projectName: bad, projectPath: "/projects/1", measureName: bad, kindName: bad, kindClass: "outcome",
          action: "/measures/1/import", fileHint: bad, exampleCSV: bad, hasDenominator: true, chart: chart),
        choice: ImportChoice(), largestFile: 1, notices: [.hole(bad, bad)], refusal: .init(message: bad),
        report: ImportReportView(
          .ask, verdict: bad, explanation: bad, figures: [Fact(term: bad, detail: bad)], columnsSentence: bad,
          remarkGroups: [.init(remarksTitle: bad, remarksClass: "warnings", remarks: [bad])], problemsCaption: bad,
          problems: [.init(row: "1", column: bad, value: bad, problem: bad, accepted: bad)]), columns: [bad],
        kept: .init(keptName: bad, keptContent: "YQ=="), confirmation: bad),
      FailureView(statusCode: 404, heading: bad, sentences: [bad], back: Crumb(label: bad, path: "/")),
      InterfacesView(
        services: [.init(serviceName: bad, serviceID: "s1", methods: [.init(path: bad, isStreaming: true)])],
        example: bad),
    ]
  }

  @Test("no text from outside reaches a page unescaped", arguments: 0..<7)
  func escaping(index: Int) throws {
    let html = templates.render(Self.pages[index])
    #expect(html.hasPrefix("<!doctype html>"))
    #expect(html.contains(Self.escaped))
    #expect(html.unicodeScalars.split(separator: "<script>alert".unicodeScalars).count == 1)
    // The quote that would end an attribute.
    #expect(!html.utf8.contains("\"\u{301}".utf8))
    #expect(!html.utf8.contains("x='<".utf8))
    #expect(html.contains("</html>"))
  }

  @Test("the drawing of a chart goes to the page as it is")
  func drawing() {
    #expect(templates.render(Self.pages[2]).contains("<svg><title>drawn elsewhere</title></svg>"))
  }

  @Test("escaping works on scalars and leaves all else alone")
  func escape() {
    #expect(HTMLText.escape("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
    #expect(HTMLText.escape("<\u{338}\"\u{301}") == "&lt;\u{338}&quot;\u{301}")
    #expect(HTMLText.escape("naïve 🩺\n\tשלום\u{200F}") == "naïve 🩺\n\tשלום\u{200F}")
  }

  @Test("characters that act, or turn the order of the text, are shown instead")
  func controls() {
    #expect(HTMLText.escape("a\u{0}b\u{1B}[31m\u{202E}c\u{2069}") == "a␀b␛[31m‹U+202E›c‹U+2069›")
    #expect(HTMLText.escape("<\u{0}script>") == "&lt;␀script&gt;")
    #expect(HTMLText.escape("one\r\ntwo") == "one\ntwo")
  }

  @Test("every label names a field that is there, and every field has an id of its own")
  func labels() {
    for page in Self.pages {
      let html = templates.render(page)
      let ids = html.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
      #expect(Set(ids).count == ids.count, "ids are unique")
      for match in html.matches(of: /<label for="([^"]+)"/) { #expect(ids.contains(String(match.1))) }
      for match in html.matches(of: /aria-(?:labelledby|describedby)="([^"]+)"/) {
        for id in match.1.split(separator: " ") { #expect(ids.contains(String(id)), "\(id)") }
      }
      for match in html.matches(of: /href="#([^"]+)"/) { #expect(ids.contains(String(match.1))) }
    }
  }

  @Test("a list says whether nothing was found, nothing is there, or nothing could be had")
  func emptyLists() {
    let found = templates.render(ProjectListView(query: "sepsis", projects: [], total: 0))
    #expect(found.contains("No project matches “sepsis”"))
    let fresh = templates.render(ProjectListView(query: "", projects: [], total: 0))
    #expect(fresh.contains("No projects yet"))
    #expect(fresh.contains("href=\"/projects/new\""))
    let down = templates.render(
      ProjectListView(query: "", notices: [.hole("Projects are not here")], projects: [], total: nil))
    #expect(down.contains("Projects are not here"))
    #expect(!down.contains("No projects yet"))
  }

  @Test("the links to the pages before and behind keep the search")
  func paging() {
    let view = ProjectListView(
      query: "a b", projects: [], total: 3, isFirstPage: false, previousToken: "b", nextToken: "t+/=")
    #expect(view.firstPath == "/?q=a%20b")
    #expect(view.previousPath == "/?q=a%20b&page=b")
    #expect(templates.render(view).contains("rel=\"prev\" href=\"/?q=a%20b&amp;page=b\">Previous page"))
    #expect(ProjectListView(query: "", projects: [], total: 3).hasPaging == false)
    #expect(view.nextPath == "/?q=a%20b&page=t%2B%2F%3D")
  }

  @Test("a form that was refused names the problem at the field and links to it from the top")
  func refusedForm() {
    var problems = FormProblems()
    problems.add("Give a title.", field: "title")
    problems.add("must not be 3", field: "project.magic")
    let html = templates.render(
      FormView(
        heading: "New project", intro: nil, problems: problems, action: "/projects", requestID: "r1",
        groups: [FieldGroup("Title", [.text("title", "Title", hint: "Short.", value: "")])], submitLabel: "Create",
        cancelPath: "/"))
    #expect(html.contains("<title>Error: New project – Waymark</title>"))
    #expect(html.contains("<a href=\"#title\">Give a title.</a>"))
    #expect(html.contains("aria-describedby=\"title-hint title-error\""))
    #expect(html.contains("aria-invalid=\"true\""))
    #expect(html.contains("project.magic: must not be 3"))
  }
}

extension String.UTF8View {
  /// Whether the bytes of `other` stand here one after the other.
  func contains(_ other: String.UTF8View) -> Bool {
    let (text, pattern) = (Array(self), Array(other))
    guard text.count >= pattern.count else { return false }
    return (0...(text.count - pattern.count)).contains { text[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }
}
