// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// How `waymark chart` and `waymark explain` read files as they really come.
@Suite("Files as they really come, on the command line", .timeLimit(.minutes(5)))
struct ChartReadingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var options: [String] = []
    /// Of the points, in order; nil for refused.
    var values: [Double?]?
    var days: [String] = []
    /// What is said beside the chart, or why it is refused.
    var words: [String] = []
    var testDescription: String { name }
  }

  static let sites =
    "month,site,value,n\n"
    + ["2024-01", "2024-02", "2024-03"].enumerated().map { index, month in
      "\(month),A,\(5 + index),100\n\(month),B,\(7 + index),200\n\(month),Total,\(12 + 2 * index),300\n"
    }.joined()
  static let falls =
    "month,falls,bed days\n" + (1...12).map { "2024-\($0 < 10 ? "0" : "")\($0),\(3 + $0 % 4),\(900 + $0)\n" }.joined()

  @Test(
    "one file has one answer, which is said, or a question",
    arguments: [
      Case(
        name: "firsts of months, month first", text: "date,value\n01/01/2023,10\n02/01/2023,12\n03/01/2023,11\n",
        words: ["may be 2 January 2023 or 1 February 2023", "--date-order day or --date-order month"]),
      Case(
        name: "the same, answered", text: "date,value\n01/01/2023,10\n02/01/2023,12\n03/01/2023,11\n",
        options: ["--date-order", "month"], values: [10, 12, 11], days: ["2023-01-01", "2023-02-01", "2023-03-01"]),
      Case(
        name: "points between thousands", text: "month;count\n2024-01;950\n2024-02;987\n2024-03;1.012\n",
        words: ["(1012 or 1.012)", "--decimal point or --decimal comma"]),
      Case(
        name: "the same, answered", text: "month;count\n2024-01;950\n2024-02;987\n2024-03;1.012\n",
        options: ["--decimal", "comma"], values: [950, 987, 1012], words: ["dividing thousands"]),
      Case(
        name: "financial years", text: "year,value\n2009-10,61\n2010-11,64\n2011-12,59\n", options: ["--x", "year"],
        values: [61, 64, 59], days: ["2009-04-01", "2010-04-01", "2011-04-01"],
        words: ["financial years, April to March"]),
      Case(
        name: "an empty cell, a mark and a note",
        text: "month,value\n2024-01,5\n2024-02,\n2024-03,*\n2024-04,8\n\n* kept back\n",
        values: [5, nil, nil, 8], words: ["“*” was read as no value", "passed over as notes"]),
      Case(
        name: "a mark of one's own", text: "month,value\n2024-01,5\n2024-02,<5\n2024-03,8\n",
        options: ["--missing", "<5"],
        values: [5, nil, 8], words: ["“<5” was read as no value"]),
      Case(
        name: "a mark that is not usual", text: "month,value\n2024-01,5\n2024-02,<5\n", words: ["--missing '<5'"]),
      Case(
        name: "rows brought together without their total", text: sites, options: ["--kind", "p", "--multiply", "1"],
        values: [12.0 / 300, 14.0 / 300, 16.0 / 300],
        words: ["“Total” is called a total and was left out", "brought together over site (A, B)"]),
      Case(
        name: "a trailing total", text: "month,value\n2024-01,5\n2024-02,7\nTotal,12\n", values: [5, 7],
        words: ["“Total” holds a total"]),
      Case(
        name: "a proportion for a count", text: "month,rate,n\n2024-01,0.95,100\n2024-02,0.9,100\n",
        options: ["--kind", "p", "--y", "rate", "--n", "n"], words: ["looks like a proportion", "such as 95 of 100"]),
      Case(
        name: "a per cent for a count, kind not said", text: "month,value,n\n2024-01,95.2,500\n2024-02,94,500\n",
        options: ["--kind", "auto"],
        words: ["looks like a per cent or a rate", "--kind run or --kind i, and no --n"]),
      Case(
        name: "falls and bed days", text: falls,
        options: ["--kind", "auto", "--y", "falls", "--n", "bed days", "--multiply", "1"],
        values: (1...12).map { Double(3 + $0 % 4) / Double(900 + $0) },
        words: ["a rate looks the same", "(u) is right"]),
      Case(name: "no names", text: "2024-01,5\n2024-02,6\n", words: ["the names of the columns are missing"]),
      Case(name: "a name twice", text: "month,value,value\n2024-01,5,6\n", words: ["2 columns of", "are named value"]),
      Case(
        name: "a name twice, asked for", text: "month,falls,falls\n2024-01,5,6\n", options: ["--y", "falls"],
        words: ["2 columns of"]),
      Case(name: "JSON", text: "[{\"month\": \"2024-01\", \"value\": 5}]", words: ["is JSON, not CSV"]),
      Case(
        name: "a web page", text: "<html><table><tr><td>month</td></tr></table></html>", words: ["a web page (HTML)"]),
      Case(
        name: "all that is wrong at once", text: "month,value\n2024-01,few\n2024-13,5\n2024-03,1,2\n",
        words: ["line 4: 3 cells"]),
    ])
  func answers(item: Case) async throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/data.csv"
    let json = folder.path + "/chart.json"
    try Data(item.text.utf8).write(to: URL(filePath: path))
    let kind = item.options.contains("--kind") ? [] : ["--kind", "run"]
    let finished = try await finish(
      ChartCommandTests.waymark, ["chart", path, "--output", json] + kind + item.options)
    for words in item.words { #expect(finished.error.contains(words), "\(words): \(finished.said)") }
    guard let values = item.values else {
      #expect(!finished.succeeded && !FileManager.default.fileExists(atPath: json), "\(finished.said)")
      return
    }
    #expect(finished.succeeded, "\(finished.said)")
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: json))) as? [String: Any]
    let points = try #require(document?["points"] as? [[String: Any]])
    let found = points.map { $0["value"] as? Double }
    #expect(found.count == values.count, "\(found)")
    for (a, b) in zip(found, values) {
      #expect((a == nil) == (b == nil) && abs((a ?? 0) - (b ?? 0)) < 1e-9, "\(found)")
    }
    if !item.days.isEmpty { #expect(points.compactMap { $0["date"] as? String } == item.days) }
  }

  @Test("totals are no units of a funnel, no categories and no small multiples")
  func totals() async throws {
    let units = "unit,value,n\nA,12,100\nB,20,180\nC,9,90\nEngland,41,370\n"
    let folder = try TemporaryDirectory()
    let path = folder.path + "/data.csv"
    try Data(units.utf8).write(to: URL(filePath: path))
    for (options, words) in [
      (["--kind", "funnel", "--y", "value", "--n", "n", "--by", "unit"], "“England” is the sum of the others"),
      (["--kind", "pareto", "--y", "value", "--by", "unit"], "“England” is called a total"),
    ] {
      let finished = try await finish(ChartCommandTests.waymark, ["chart", path] + options)
      #expect(finished.succeeded && finished.error.contains(words), "\(finished.said)")
      #expect(!finished.output.contains("England"))
    }
    let multiples = try await ChartCommandTests.run(on: Self.sites, "chart", "--by", "site", "--kind", "p")
    #expect(multiples.error.contains("“Total” is called a total"), "\(multiples.said)")
    #expect(!multiples.output.contains("Total"))
  }
}
