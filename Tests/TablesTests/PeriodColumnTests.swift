// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Tables

@Suite("What a column of periods is in a file")
struct PeriodColumnTests {
  private func outcome(
    _ labels: [String], name: String = "period", _ change: (inout ReadingOptions) -> Void = { _ in }
  ) -> PeriodColumn.Outcome {
    var options = ReadingOptions()
    change(&options)
    var column = PeriodColumn()
    for label in labels { column.append(Array(label.utf8)[...]) }
    return column.outcome(options, name: name)
  }

  @Test(
    "columns are read where there is one way to read them, which is said",
    arguments: [
      (["2009-10", "2010-11", "2011-12"], "period", ["2009-04-01", "2010-04-01", "2011-04-01"], "financial years"),
      (["2011-12"], "Financial year", ["2011-04-01"], "financial years"),
      (["2011-12"], "month", ["2011-12-01"], nil),
      (["2024-01", "2024-02"], "x", ["2024-01-01", "2024-02-01"], nil),
      (["2024-Q1", "2024-Q2"], "x", ["2024-01-01", "2024-04-01"], "calendar years"),
      (
        ["2024-01", "2024-02-29", "2024-Q2", "31/05/2024"], "x",
        ["2024-01-01", "2024-02-29", "2024-04-01", "2024-05-31"], "several forms"
      ),
      (["31/01/2023", "28/02/2023"], "x", ["2023-01-31", "2023-02-28"], "day before the month"),
      (["45017", "45047.0"], "x", ["2023-04-01", "2023-05-01"], "spreadsheet"),
      (["w/e 07/04/2023", "w/e 14/04/2023"], "x", ["2023-04-01", "2023-04-08"], "weeks"),
      (["Apr-23", "May-23"], "x", ["2023-04-01", "2023-05-01"], "months"),
      (["20150222", "20150301"], "x", ["2015-02-22", "2015-03-01"], "days"),
      (["1950-01-01", "1950-02-01"], "x", ["1950-01-01", "1950-02-01"], nil),
    ] as [([String], String, [String], String?)])
  func read(labels: [String], name: String, days: [String], words: String?) {
    let outcome = outcome(labels, name: name)
    #expect(outcome.fatal == nil && outcome.bad.isEmpty)
    #expect(outcome.days.map { $0?.description } == days)
    if let words {
      #expect(outcome.remark?.contains(words) == true, "\(outcome.remark ?? "")")
    } else {
      #expect(outcome.remark == nil)
    }
  }

  @Test("firsts of months, written month first, are a question until the order is said")
  func monthFirst() {
    let labels = (1...12).map { ($0 < 10 ? "0" : "") + "\($0)/01/2023" }
    for labels in [labels, Array(labels[3...4]), ["05/01/2023"]] {
      let asked = outcome(labels)
      #expect(asked.fatal?.refusal.accepted.contains("date order") == true)
      #expect(asked.days.allSatisfy { $0 == nil })
    }
    #expect(outcome(labels) { $0.dateOrder = .month }.days.last??.description == "2023-12-01")
    #expect(outcome(labels) { $0.dateOrder = .day }.days.last??.description == "2023-01-12")
    #expect(outcome(labels + ["01/01/2024"]).days.last??.description == "2024-01-01")
    #expect(outcome(labels + ["25/01/2023"]).days[3]?.description == "2023-01-04")
  }

  @Test(
    "what may be two is asked about by what settles it",
    arguments: [
      (["2011-12"], "what the periods are"), (["2023 Q1", "2023 Q2"], "the year begins"),
      (["FY23", "FY24"], "financial years are named"), (["202301", "202302"], "what the periods are"),
    ])
  func questions(labels: [String], words: String) {
    let outcome = outcome(labels)
    #expect(outcome.fatal?.refusal.accepted.contains(words) == true, "\(String(describing: outcome.fatal))")
  }

  @Test("years that rows pool are not months 13 apart")
  func pooled() {
    #expect(outcome(["2001-03", "2002-04", "2003-05"]).fatal?.refusal.message.contains("pools several") == true)
    #expect(outcome(["2001-03", "2002-04"]) { $0.periodForm = .month }.days.last??.description == "2002-04-01")
    #expect(outcome(["2015-17", "2016-18"]).bad.count == 2)
  }

  @Test("a column that changes its form late is refused with the place where it does")
  func late() {
    var labels = (0..<100_000).map { Day(daysSinceEpoch: 8000 + $0 % 30_000).description }
    labels[90_000] = "Apr-23"
    #expect(outcome(labels).fatal?.place == 90_000)
    labels[90_000] = "sometime"
    let bad = outcome(labels)
    #expect(bad.fatal == nil && bad.bad == [90_000])
    #expect(bad.days[90_001] != nil)
  }

  @Test("day first and month first in one column is neither")
  func contradiction() {
    let outcome = outcome(["25/01/2023", "01/26/2023"])
    #expect(outcome.fatal?.place == 1)
    #expect(outcome.fatal?.refusal.message.contains("day before the month") == true)
  }
}
