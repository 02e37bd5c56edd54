// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the command line can be told about centres, gaps, funnels and events.
@Suite("Numbers on the command line", .timeLimit(.minutes(5)))
struct ChartNumbersTests {
  private func said(_ text: String, _ arguments: String...) async throws -> (succeeded: Bool, text: String) {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/data.csv"
    try Data(text.utf8).write(to: URL(filePath: path))
    let finished = try await finish(ChartCommandTests.waymark, [arguments[0], path] + arguments.dropFirst())
    let words = (finished.output + finished.error).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (finished.succeeded, words)
  }

  private static let months = """
    month,value
    2020-01,50.4
    2020-02,55.0
    2020-03,46.3
    2020-04,54.0
    2020-05,
    2020-06,49.0
    2020-07,49.0
    2020-08,57.6
    2020-09,50.6
    2020-10,
    2020-11,
    2020-12,
    2021-01,49.8
    2021-02,52.9
    2021-03,54.5
    2021-04,49.9
    2021-05,52.4
    2021-06,46.1
    2021-07,48.5
    2021-08,48.2

    """

  @Test("months without a row and with an empty cell are one thing, and said")
  func gaps() async throws {
    let absent = Self.months.split(separator: "\n").filter { !$0.hasSuffix(",") }.joined(separator: "\n") + "\n"
    let options = ["--kind", "i", "--rules", "making-data-count"]
    let empty = try await said(Self.months, "explain", options[0], options[1], options[2], options[3])
    #expect(empty == (try await said(absent, "explain", options[0], options[1], options[2], options[3])))
    #expect(empty.text.contains("reaches from 39.1 to 62.6."), "\(empty.text)")
    #expect(empty.text.contains("4 months have no value: May 2020 and October to December 2020."), "\(empty.text)")
    let bridged = try await said(
      Self.months, "explain", "--kind", "i", "--rules", "making-data-count", "--gaps", "bridge")
    #expect(bridged.text.contains("reaches from 39.7 to 62.1."), "\(bridged.text)")
  }

  @Test("the centre is called what it is, and a word that does not fit the kind is refused")
  func centres() async throws {
    let rows = "month,value\n2024-01,5\n2024-02,7\n2024-03,6\n2024-04,30\n"
    for (kind, centre, words) in [
      ("i", "median", "The median is 6.50"), ("g", "mean", "The mean is 12.0"), ("g", "median", "The median is 6.50"),
      ("i", "8", "The given centre is 8.00, as it was given."), ("xmr", "median", "The median is 6.50"),
    ] {
      let found = try await said(rows, "explain", "--kind", kind, "--centre", centre)
      #expect(found.succeeded && found.text.contains(words), "\(kind), \(centre): \(found.text)")
    }
    for (kind, centre) in [("run", "mean"), ("c", "median"), ("t", "mean"), ("i", "middle"), ("i", "nan")] {
      #expect(!(try await said(rows, "explain", "--kind", kind, "--centre", centre).succeeded), "\(kind), \(centre)")
    }
  }

  @Test("a funnel of rates has to be asked for, and one unit with a slip changes nothing silently")
  func funnels() async throws {
    let rows = "unit,events,days\nA,60,100\nB,70,100\nC,48,90\nD,66,120\nE,61,100\n"
    let names = ["--kind", "funnel", "--by", "unit", "--y", "events", "--n", "days"]
    func funnel(_ rows: String, _ more: String...) async throws -> (succeeded: Bool, text: String) {
      let folder = try TemporaryDirectory()
      try Data(rows.utf8).write(to: URL(filePath: folder.path + "/data.csv"))
      let finished = try await finish(
        ChartCommandTests.waymark,
        ["chart", folder.path + "/data.csv"] + names + more + ["--output", folder.path + "/funnel.json"])
      let json = (try? String(contentsOfFile: folder.path + "/funnel.json", encoding: .utf8)) ?? ""
      return (finished.succeeded, json + finished.error)
    }
    let rates = try await funnel(rows, "--funnel", "rates", "--multiply", "100")
    #expect(rates.text.contains("36.8815099927") && rates.text.contains("84.6117768624"), "\(rates.text)")
    let shares = try await funnel(rows)
    #expect(shares.text.contains("43.98") && shares.text.contains("74.0"), "\(shares.text)")
    for slip in ["F,5,2\n", "F,1,2.5\n"] {
      let refused = try await funnel(rows + slip)
      #expect(!refused.succeeded && refused.text.contains("“F”") && refused.text.contains("--funnel rates"))
      #expect(try await funnel(rows + slip, "--funnel", "rates").succeeded)
    }
  }

  @Test("events come with times of day, as days alone, or by number")
  func events() async throws {
    let times = "date\n2024-01-03 08:00\n2024-01-03 20:00\n2024-01-09 02:00\n2024-02-01\n"
    let computed = try await said(times, "explain", "--kind", "t")
    #expect(computed.succeeded && computed.text.contains("The centre is") && computed.text.contains("from 3 values"))
    #expect(try await said(times, "explain", "--kind", "g").text.contains("The median is 6.00, from 3 values."))
    let values = "date,cases_between\n2024-02-11 16:00,0\n2024-02-11 09:00,95\n2024-02-12,7\n"
    #expect(try await said(values, "explain", "--kind", "g").text.contains("The median is 7.00"))
    let numbered = "case,cases_between\n1,210\n2,180\n3,95\n4,0\n5,240\n"
    let sequence = try await said(
      numbered, "explain", "--x", "case", "--kind", "g", "--phase", "3=new rota", "--exclude", "4=slip")
    #expect(sequence.succeeded && sequence.text.contains("5 values, case 1 to case 5."), "\(sequence.text)")
    #expect(sequence.text.contains("new rota") && sequence.text.contains("case 4: slip"))
    #expect(!(try await said(numbered + "5,3\n", "explain", "--x", "case", "--kind", "g").succeeded))
    #expect(!(try await said(numbered, "explain", "--x", "case", "--kind", "i").succeeded))
    let t0 = "date,days\n2024-01-03,21\n2024-01-04,0\n"
    #expect(try await said(t0, "explain", "--kind", "t").text.contains("give their times of day"))
  }
}
