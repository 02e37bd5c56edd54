// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Testing

/// `waymark chart`, `explain`, `rules` and `conformance`, as people and scripts run them.
@Suite("Charts on the command line", .timeLimit(.minutes(5)))
struct ChartCommandTests {
  static let waymark = Products.executable("waymark")
  /// The real attendances of the demonstration.
  static let attendances = Products.repository.appending(
    path: "Sources/Executables/CDemoData/ae_attendances.csv"
  ).path

  static func run(_ arguments: String...) async throws -> Finished { try await finish(waymark, arguments) }

  static func run(_ arguments: [String]) async throws -> Finished { try await finish(waymark, arguments) }

  /// Writes a file and runs a command on it.
  static func run(on text: String, _ arguments: String...) async throws -> Finished {
    try await run(on: text, arguments)
  }

  static func run(on text: String, _ arguments: [String]) async throws -> Finished {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/data.csv"
    try Data(text.utf8).write(to: URL(filePath: path))
    return try await finish(waymark, [arguments[0], path] + arguments.dropFirst())
  }

  static let months = "month,value\n2024-01,5\n2024-02,7\n2024-03,6\n2024-04,9\n"

  @Test("a chart of real data is drawn, with phases, exclusions and targets")
  func drawing() async throws {
    let folder = try TemporaryDirectory()
    let svg = folder.path + "/waits.svg"
    let finished = try await Self.run(
      "chart", Self.attendances, "--y", "breaches", "--n", "attendances", "--filter", "org_code=RRK", "--filter",
      "type=1", "--rules", "making-data-count", "--direction", "down", "--target", "5", "--target", "8@2018-04",
      "--phase", "2017-04=triage", "--exclude", "2018-01=flu", "--annotate", "change:2017-06=new ward", "--title",
      "Waits <over> four hours", "--output", svg)
    #expect(finished.succeeded, "\(finished.said)")
    #expect(finished.error.hasPrefix("P′ chart: "), "\(finished.said)")
    let text = try String(contentsOfFile: svg, encoding: .utf8)
    #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
    for words in ["Waits &lt;over&gt; four hours", "triage", "flu", "new ward"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["waits.svg"])
  }

  @Test("every format holds the same chart")
  func formats() async throws {
    let folder = try TemporaryDirectory()
    let base = folder.path + "/chart"
    let finished = try await Self.run(
      on: Self.months, "chart", "--kind", "i", "--output", base + ".svg", "--output", base + ".json", "--output",
      base + ".csv")
    #expect(finished.succeeded && finished.output.isEmpty, "\(finished.said)")
    // What was written is named, where it is in nobody's pipe.
    #expect(finished.error == ["svg", "json", "csv"].map { "Wrote \(base).\($0)\n" }.joined(), "\(finished.said)")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: base + ".json"))) as? [String: Any])
    let points = try #require(document["points"] as? [[String: Any]])
    #expect(points.compactMap { $0["value"] as? Double } == [5, 7, 6, 9])
    #expect(points.allSatisfy { ($0["centreLine"] as? Double) == 6.75 })
    let table = try String(contentsOfFile: base + ".csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 5)
    #expect(table[1].hasPrefix(",i,2024-01-01,5.0,5.0,,6.75,"), "\(table[1])")
    #expect(document["format"] as? String == "waymark-chart/1")
  }

  @Test("without a file the chart is shown in characters, and said in words")
  func terminal() async throws {
    let finished = try await Self.run(on: Self.months, "chart", "--kind", "run", "--target", "8")
    #expect(finished.succeeded, "\(finished.said)")
    #expect(finished.output.hasPrefix("value (Run chart, Anhøj rules)\n"), "\(finished.said)")
    #expect(finished.output.contains("January 2024") && finished.output.contains("April 2024"))
    #expect(finished.output.contains("4 values so far show no special cause"))
    #expect(!finished.output.contains("\u{1B}["))
  }

  @Test("groups make small multiples in a picture and a line each in the terminal")
  func groups() async throws {
    let folder = try TemporaryDirectory()
    let options = [
      "chart", Self.attendances, "--y", "breaches", "--n", "attendances", "--filter", "type=1", "--by", "org_code",
      "--kind", "p", "--direction", "down",
    ]
    let svg = folder.path + "/all.svg"
    let drawn = try await finish(Self.waymark, options + ["--output", svg])
    #expect(drawn.succeeded, "\(drawn.said)")
    let text = try String(contentsOfFile: svg, encoding: .utf8)
    let charts = text.components(separatedBy: "class=\"line\"").count - 1
    #expect(charts > 120)
    let listed = try await finish(Self.waymark, options)
    #expect(listed.output.split(separator: "\n").count == charts + 1, "\(listed.said)")
  }

  @Test(
    "charts beside run and control charts are drawn, told as data and in words",
    arguments: [
      ["--kind", "funnel", "--y", "breaches", "--n", "attendances", "--by", "org_code", "--direction", "down"],
      ["--kind", "pareto", "--y", "breaches", "--by", "org_code", "--keep", "10"],
      ["--kind", "histogram", "--y", "attendances"],
      ["--kind", "scatter", "--x", "attendances", "--y", "admissions"],
      ["--kind", "cusum", "--y", "breaches", "--n", "attendances", "--filter", "org_code=RAX", "--freeze", "12"],
      ["--kind", "ewma", "--y", "breaches", "--n", "attendances", "--filter", "org_code=RAX", "--freeze", "12"],
    ])
  func companions(options: [String]) async throws {
    let folder = try TemporaryDirectory()
    let base = folder.path + "/chart"
    let isOverTime = options.contains("cusum") || options.contains("ewma")
    let common =
      [Self.attendances, "--filter", "type=1"] + (isOverTime ? [] : ["--filter", "period=2019-03-01"]) + options
    let drawn = try await finish(
      Self.waymark, ["chart"] + common + ["--output", base + ".svg", "--output", base + ".json"])
    #expect(drawn.succeeded, "\(drawn.said)")
    let svg = try String(contentsOfFile: base + ".svg", encoding: .utf8)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: base + ".json")))
    let summary = try #require((document as? [String: Any])?["summary"] as? String)
    let explained = try await finish(Self.waymark, ["explain"] + common)
    let said = explained.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(said.contains(summary), "\(explained.said)")
  }

  @Test("a chart is explained in words")
  func explanation() async throws {
    let finished = try await Self.run(
      "explain", Self.attendances, "--y", "breaches", "--n", "attendances", "--filter", "org_code=RRK", "--filter",
      "type=1", "--rules", "making-data-count@1", "--direction", "down", "--target", "5")
    #expect(finished.succeeded, "\(finished.said)")
    for words in [
      "The chart\n", "The lines\n", "Special causes\n", "making-data-count@1",
      "None of the last 4 months met the target of 5%.",
    ] {
      let said = finished.output.replacingOccurrences(of: "\n  ", with: " ")
      #expect(finished.output.contains(words) || said.contains(words), "\(words) in \(finished.said)")
    }
  }

  @Test(
    "what cannot be used is refused with its place and what is accepted",
    arguments: [
      ("", [], 65, "is empty"),
      ("month,value\n", [], 65, "has no rows"),
      ("month,value\n2024-01,5\n2024-13,7\n", [], 65, "line 3, month “2024-13”: There is no month 13."),
      ("month,value\n2024-01,5\n2024-02,7 kg\n", [], 65, "line 3, value “7 kg”"),
      ("month,value\n2024-01,5\n2024-02,7,8\n", [], 65, "line 3: 3 cells; 2 are needed"),
      ("month,value\n2024-01,5\n2024-01,7\n", ["--kind", "i"], 65, "2 rows are of 2024-01-01 (lines 2, 3)"),
      (months, ["--y", "valu"], 64, "Did you mean value?"),
      (months, ["--kind", "p"], 65, "needs a denominator"),
      (months, ["--kind", "pie"], 64, "--kind pie is not known"),
      (months, ["--rules", "duncan"], 64, "There is no rule set “duncan”"),
      (months, ["--rules", "nelsen"], 64, "Did you mean nelson?"),
      (months, ["--rules", "making data cuont"], 64, "Did you mean making-data-count?"),
      (months, ["--kind", "paretto"], 64, "Did you mean pareto?"),
      (months, ["--rules", "nowhere.json"], 66, "There is no file nowhere.json."),
      (months, ["--phase", "2023-01=early"], 64, "a phase begins after the first point"),
      (months, ["--phase", "soon"], 64, "“soon” is not a date"),
      (months, ["--exclude", "2024-09"], 64, "has no point of this day (2024-01-01 to 2024-04-01)"),
      (months, ["--target", "high"], 64, "“high” is not a number"),
      (months, ["--filter", "value=99"], 65, "no row that --filter lets through"),
      (months, ["--freeze", "0"], 64, "The value '0' is invalid for '--freeze <points>': a whole number, 1 or more"),
      (months, ["--freeze", "twelve"], 64, "a whole number, 1 or more, is accepted"),
      (months, ["--width", "wide"], 64, "a whole number from 200 to 4000 is accepted"),
      (months, ["--width", "40"], 64, "'40' is invalid for '--width <pixels>'"),
      (months, ["--multiply", "0"], 64, "a number above 0"),
      (months, ["--centre", "inf"], 64, "a number such as 95 or 0.5"),
      (months, ["--keep", "-1"], 64, "'-1' is invalid for '--keep"),
      (months, ["--screen", "perhaps"], 64, "yes or no is accepted"),
      (months, ["--direction", "downward"], 64, "'up', 'down' or 'neutral'"),
      (months, ["--kind", "funnel", "--y", "value"], 64, "A funnel needs --n"),
      (months, ["--kind", "pareto"], 64, "Say with --by"),
      (months, ["--kind", "cusum", "--output", "x.csv"], 64, "can be written as .svg, .png or .json"),
      (months, ["--output", "chart.doc"], 64, "must end in one of .svg, .png, .json, .csv"),
      (
        months, ["--output", "/nowhere/chart.svg"], 73,
        "/nowhere/chart.svg cannot be written: the folder /nowhere does not exist."
      ),
      (
        "month,events,days\n2024-01,5,4\n2024-02,1,9\n", ["--y", "events", "--n", "days", "--kind", "p"], 65,
        "is greater"
      ),
    ] as [(String, [String], Int32, String)])
  func refused(text: String, options: [String], code: Int32, words: String) async throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/data.csv"
    try Data(text.utf8).write(to: URL(filePath: path))
    let finished = try await finish(Self.waymark, ["chart", path] + options)
    #expect(finished.status == .exited(code), "\(finished.said)")
    #expect(finished.error.contains(words), "\(finished.said)")
    #expect(finished.output.isEmpty)
  }

  @Test("a file that is no text, or not there, is told apart")
  func noText() async throws {
    let missing = try await Self.run("chart", "/nowhere.csv")
    #expect(
      missing.status == .exited(66) && missing.error == "waymark: There is no file /nowhere.csv.\n", "\(missing.said)")
    let folder = try TemporaryDirectory()
    let path = folder.path + "/picture.csv"
    try Data([0x89, 0x50, 0x4E, 0x47, 0, 0, 13, 10]).write(to: URL(filePath: path))
    let binary = try await Self.run("chart", path)
    #expect(binary.status == .exited(65) && binary.error.contains("is a picture, not CSV"), "\(binary.said)")
  }

  @Test("rule sets are data: what is published is what is used, and one of one's own can be brought")
  func ruleSets() async throws {
    let published = Products.repository.appending(path: "docs/rule-sets")
    let names = try FileManager.default.contentsOfDirectory(atPath: published.path).filter { $0.hasSuffix(".json") }
    let listed = try await Self.run("rules")
    #expect(names.count == listed.output.split(separator: "\n").count && names.count >= 10)
    for name in names {
      let parts = name.dropLast(".json".count).split(separator: "-")
      let id = parts.dropLast().joined(separator: "-") + "@" + (parts.last ?? "")
      let shown = try await Self.run("rules", id)
      #expect(try shown.output == String(contentsOf: published.appending(path: name), encoding: .utf8), "\(name)")
    }
    let folder = try TemporaryDirectory()
    let own = folder.path + "/own.json"
    let nelson = try await Self.run("rules", "nelson").output
    try nelson.replacingOccurrences(of: "\"nelson\"", with: "\"ward-nine\"").write(
      toFile: own, atomically: true, encoding: .utf8)
    let used = try await Self.run(on: Self.months, "explain", "--rules", own)
    #expect(used.output.contains("ward-nine@1"), "\(used.said)")
    // The name of another, with other rules.
    try nelson.replacingOccurrences(of: "\"points\" : 9", with: "\"points\" : 8").write(
      toFile: own, atomically: true, encoding: .utf8)
    let taken = try await Self.run(on: Self.months, "chart", "--rules", own)
    #expect(
      taken.status == .exited(65) && taken.error.contains("There is a rule set nelson@1 already"), "\(taken.said)")
    try "{}".write(toFile: own, atomically: true, encoding: .utf8)
    let empty = try await Self.run(on: Self.months, "chart", "--rules", own)
    #expect(empty.status == .exited(65) && empty.error.contains("is missing"), "\(empty.said)")
  }

  @Test("the conformance suite passes, and says what does not")
  func conformance() async throws {
    let suite = Products.repository.appending(path: "Tests/SPCTests/Reference").path
    let passed = try await Self.run("conformance", suite)
    #expect(passed.succeeded && passed.output == "643 passed, 0 failed\n", "\(passed.said)")

    let folder = try TemporaryDirectory()
    let empty = try await Self.run("conformance", folder.path)
    #expect(empty.status == .exited(1) && empty.output == "0 passed, 0 failed\n", "\(empty.said)")
    let wrong = try String(contentsOfFile: suite + "/constants.json", encoding: .utf8)
      .replacingOccurrences(of: "0.7978845608", with: "0.7978846608")
    try wrong.write(toFile: folder.path + "/constants.json", atomically: true, encoding: .utf8)
    let failed = try await Self.run("conformance", folder.path)
    #expect(failed.status == .exited(1), "\(failed.said)")
    #expect(failed.output.hasPrefix("constants.json constants: c4 at 1: "), "\(failed.said)")
    #expect(failed.output.hasSuffix("\n0 passed, 1 failed\n"), "\(failed.said)")
    #expect(try await Self.run("conformance", folder.path + "/none").status == .exited(66))
  }

  @Test(
    "shares have one scale on every kind of chart, and a target means the same on each", arguments: ["run", "i", "p"])
  func shares(kind: String) async throws {
    let rows = (1...24).map {
      "20\(23 + ($0 - 1) / 12)-\(($0 - 1) % 12 < 9 ? "0" : "")\(($0 - 1) % 12 + 1),\(138 + 2 * ($0 % 5)),200"
    }
    let file = "month,met,all\n" + rows.joined(separator: "\n") + "\n"
    let options = ["--y", "met", "--n", "all", "--kind", kind, "--direction", "up", "--target", "95"]
    let folder = try TemporaryDirectory()
    try Data(file.utf8).write(to: URL(filePath: folder.path + "/pct.csv"))
    let finished = try await finish(Self.waymark, ["explain", folder.path + "/pct.csv"] + options)
    #expect(finished.succeeded, "\(finished.said)")
    let said = finished.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(said.contains(kind == "run" ? "The median is 71.0%" : "The mean is 71.1%"), "\(finished.said)")
    #expect(
      said.contains(
        kind == "run" ? "0 of 24 months met the target of 95%" : "the target of 95% will not be met"),
      "\(finished.said)")
  }

  @Test(
    "numbers that look like shares, and columns that look the wrong way round, are asked about",
    arguments: [
      (["--kind", "run"], "falls,bed_days", "is shown in per cent of “bed_days”"),
      (["--kind", "i"], "falls,bed_days", "is shown in per cent of “bed_days”"),
      (["--kind", "i", "--multiply", "1000"], "falls,bed_days", ""),
      (["--kind", "u"], "falls,bed_days", ""),
      (["--kind", "p"], "falls,bed_days", ""),
      ([], "bed_days,falls", "Every number of “bed_days” is larger than its “falls”"),
      (["--kind", "u"], "bed_days,falls", ""),
    ])
  func scales(options: [String], columns: String, words: String) async throws {
    let rows = (1...12).map { "2024-\($0 < 10 ? "0" : "")\($0),\(12 + $0 % 5),\(800 + 7 * $0)" }
    let file = "month,falls,bed_days\n" + rows.joined(separator: "\n") + "\n"
    let names = columns.split(separator: ",").map(String.init)
    for command in ["chart", "explain"] {
      let finished = try await Self.run(on: file, [command, "--y", names[0], "--n", names[1]] + options)
      #expect(finished.succeeded, "\(finished.said)")
      let said = finished.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(
        words.isEmpty ? !said.contains("per cent of") && !said.contains("larger than its") : said.contains(words),
        "\(command): \(finished.said)")
    }
  }

  @Test("a slip that would change the kind of chart, or a file pasted twice, is told or refused")
  func slips() async throws {
    func months(_ row: (Int) -> String) -> String {
      (1...12).map { "2024-\($0 < 10 ? "0" : "")\($0),\(row($0))\n" }.joined()
    }
    let told: [(String, String)] = [
      (
        "month,numerator,denominator\n" + months { "\($0 == 4 ? 60 : 40 + $0 % 4),50" },
        "in 1 of 12 rows, first in line 5: 60 of 50"
      ),
      (
        "month,value\n" + months { "\(5 + $0 % 4)" } + "9024-01,7\n",
        "1 row has a value of a period that has not begun, in line 14"
      ),
      ("month,numerator,denominator\n" + months { "\($0 == 7 ? -1 : 3 + $0 % 3),50" }, "is below 0 in line 8 (−1)"),
    ]
    for (file, words) in told {
      let finished = try await Self.run(on: file, "explain")
      let said = finished.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(finished.succeeded && said.contains(words) && !said.contains("in per cent"), "\(finished.said)")
    }
    let fractions = try await Self.run(
      on: "month,numerator,denominator\n" + months { "\(20 + $0 % 4),50.5" }, "explain")
    #expect(fractions.succeeded && fractions.output.contains("U chart"), "\(fractions.said)")
    let refused: [(String, String)] = [
      ("month,value\n" + months { "\(5 + $0 % 4)" } + months { "\(5 + $0 % 4)" }, "each time with the same value"),
      ("month,numerator,denominator\n" + months { "\(30 + $0 % 4)," }, "“denominator” has no number in any row"),
    ]
    for (file, words) in refused {
      let finished = try await Self.run(on: file, "explain")
      let said = finished.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(finished.status == .exited(65) && said.contains(words), "\(finished.said)")
      #expect(!finished.error.contains("waymark: \n"), "\(finished.said)")
    }
  }

  @Test("a baseline longer than the file is refused with the number of points")
  func longBaseline() async throws {
    let finished = try await Self.run(on: Self.months, "chart", "--kind", "i", "--freeze", "60")
    #expect(!finished.succeeded && finished.error.contains("has 4 points; 1 to 4 are accepted"), "\(finished.said)")
  }
}
