// SPDX-License-Identifier: Apache-2.0

import Contracts

extension ImportReportView {
  /// The report of an upload in words.
  init(_ report: MeasurementV1.ImportObservationsResponse, choice: ImportChoice) {
    let isGood = report.accepted && report.rowsRejected == 0
    let count = Int64(report.problems.count)
    self.init(
      isGood: isGood, verdict: Self.verdict(report), explanation: Self.explanation(report, choice),
      figures: Self.figures(report), columnsSentence: Self.columns(report),
      problemsCaption: report.problemsTotal > count
        ? "The first \(Words.grouped(count)) of \(Words.count(report.problemsTotal, "problem")), in the order of the file"
        : "\(Words.capitalised(Words.count(report.problemsTotal, "problem"))), in the order of the file",
      problems: report.problems.map { problem in
        Problem(
          row: Words.grouped(problem.row), column: problem.column, value: problem.value, problem: problem.message,
          accepted: problem.accepted)
      })
  }

  private static func verdict(_ report: MeasurementV1.ImportObservationsResponse) -> String {
    let written = report.rowsAdded + report.rowsReplaced
    return switch (report.dryRun, report.accepted) {
    case (true, true): report.rowsRejected == 0 ? "The file can be imported" : "The good rows can be imported"
    case (true, false): "The file cannot be imported as it is"
    case (false, true) where written == 0: "Everything in the file is stored already"
    case (false, true): "\(Words.count(written, "value")) written"
    case (false, false): "Nothing was written"
    }
  }

  private static func explanation(
    _ report: MeasurementV1.ImportObservationsResponse, _ choice: ImportChoice
  ) -> String {
    let bad =
      report.rowsRead > 0
      ? "\(Words.grouped(report.rowsRejected)) of \(Words.count(report.rowsRead, "row")) "
        + (report.rowsRejected == 1 ? "has" : "have") + " a problem."
      : "The file has no rows that could be read."
    let isWhole = report.rowsRejected == 0 && report.problemsTotal == 0
    return switch (report.dryRun, report.accepted) {
    case (true, true) where isWhole: "All rows are right. This was only a check: nothing was written."
    case (true, _): "\(bad) This was only a check: nothing was written."
    case (false, true) where isWhole: "All rows were right."
    case (false, true): "\(bad) The others were written; correct these and upload them again."
    case (false, false) where report.rowsRejected < report.rowsRead:
      "\(bad) Correct the file and upload it again, or choose to import the good rows."
    case (false, false): "\(bad) Correct the file and upload it again."
    }
  }

  private static func figures(_ report: MeasurementV1.ImportObservationsResponse) -> [Fact] {
    let isPlan = report.dryRun || !report.accepted
    return [
      ("Rows read", report.rowsRead), (isPlan ? "Would be new" : "New", report.rowsAdded),
      (isPlan ? "Would be replaced" : "Replaced", report.rowsReplaced), ("Stored already", report.rowsUnchanged),
      ("With a problem", report.rowsRejected),
    ].map { Fact(term: $0.0, detail: Words.grouped($0.1)) }
  }

  private static func columns(_ report: MeasurementV1.ImportObservationsResponse) -> String {
    let used = [
      (report.periodColumn, "the period"),
      (report.valueColumn, report.denominatorColumn.isEmpty ? "the value" : "the numerator"),
      (report.denominatorColumn, "the denominator"),
    ].filter { !$0.0.isEmpty }.map { "“\($0.0)” as \($0.1)" }
    return used.isEmpty ? "" : "Read \(used.joined(separator: ", "))."
  }
}

extension MeasurementV1.Measure {
  /// What the file needs for this measure.
  func fileHint(largest: Int) -> String {
    let size = "At most \(Words.number(Double(largest) / 1024 / 1024)) MB."
    guard chartKind.hasDenominator else { return "Needs a period and a value in each row. \(size)" }
    let counted = numeratorMeaning.isEmpty ? "" : " (\(numeratorMeaning))"
    let outOf = denominatorMeaning.isEmpty ? "" : " (\(denominatorMeaning))"
    return "Needs a period, a numerator\(counted) and a denominator\(outOf) in each row. \(size)"
  }

  /// The beginning of a file for this measure.
  var exampleCSV: String {
    chartKind.hasDenominator
      ? "period,numerator,denominator\n2026-01,112,5301\n2026-02,98,5120\n2026-03,87,5277"
      : "period,value\n2026-01,41.5\n2026-02,38\n2026-03,36.2"
  }
}
