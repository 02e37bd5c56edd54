// SPDX-License-Identifier: Apache-2.0

import Contracts

extension ImportReportView {
  /// The report of an upload in words.
  init(_ report: MeasurementV1.ImportObservationsResponse) {
    let count = Int64(report.problems.count)
    self.init(
      Self.tone(report), verdict: Self.verdict(report), explanation: Self.explanation(report),
      figures: report.foundColumns ? Self.figures(report) : [], columnsSentence: Self.columns(report),
      remarkGroups: Self.remarkGroups(report),
      problemsCaption: report.problemsTotal > count
        ? "The first \(Words.grouped(count)) of \(Words.count(report.problemsTotal, "problem")), in the order of the file"
        : "\(Words.capitalised(Words.count(report.problemsTotal, "problem"))), in the order of the file",
      problems: report.problems.map { problem in
        Problem(
          row: Words.grouped(problem.row), column: problem.column, value: problem.value, problem: problem.message,
          accepted: problem.accepted)
      }, asksForColumns: report.lacksColumns)
  }

  private static func tone(_ report: MeasurementV1.ImportObservationsResponse) -> Tone {
    if report.isHeld { return .ask }
    guard report.isTaken else { return .bad }
    return report.rowsRejected == 0 ? .good : .part
  }

  private static func verdict(_ report: MeasurementV1.ImportObservationsResponse) -> String {
    let written = report.rowsAdded + report.rowsReplaced
    let rejected = Words.count(report.rowsRejected, "row")
    if report.isHeld { return "Nothing is saved yet: please check this first" }
    switch (report.dryRun, report.isTaken) {
    case (true, true) where report.rowsRejected > 0:
      return "\(Words.count(written + report.rowsUnchanged, "row")) can be saved, \(rejected) cannot"
    case (true, true): return "This file can be saved"
    case (true, false): return "This file cannot be saved as it is"
    case (false, true) where report.rowsRejected > 0:
      return written == 0
        ? "Nothing new was saved, and \(rejected) could not be"
        : "\(Words.count(written, "value")) saved, \(rejected) not saved"
    case (false, true) where written == 0: return "Nothing new: all these values are already saved"
    case (false, true): return "\(Words.count(written, "value")) saved"
    case (false, false): return "Nothing was saved"
    }
  }

  private static func explanation(_ report: MeasurementV1.ImportObservationsResponse) -> String {
    let onlyCheck = report.dryRun ? " This was only a check: nothing was saved." : ""
    if report.lacksColumns {
      return
        "The columns could not be recognised; no row was checked. Say below which column is which, and send the file "
        + "again.\(onlyCheck)"
    }
    guard report.foundColumns else { return "The file could not be read; no row was checked.\(onlyCheck)" }
    let bad =
      report.rowsRejected == 0 && report.problemsTotal > 0
      ? "The file as a whole has a problem."
      : "\(Words.grouped(report.rowsRejected)) of \(Words.count(report.rowsRead, "row")) "
        + (report.rowsRejected == 1 ? "has" : "have") + " a problem."
    let isWhole = report.rowsRejected == 0 && report.problemsTotal == 0
    if report.isHeld {
      return isWhole
        ? "Every row can be read, but something looks unusual. If it is right, tick the box below and go on."
        : "\(bad) Something looks unusual as well."
    }
    switch (report.dryRun, report.isTaken) {
    case (true, _): return (isWhole ? "Every row is right." : bad) + onlyCheck
    case (false, true): return isWhole ? "Every row is right." : "\(bad) Correct them and upload them again."
    case (false, false) where report.rowsRejected < report.rowsRead && report.rowsRejected > 0:
      return "\(bad) Correct the file and upload it again, or choose to save the rows that are right."
    case (false, false): return "\(bad) Correct the file and upload it again."
    }
  }

  private static func figures(_ report: MeasurementV1.ImportObservationsResponse) -> [Fact] {
    let isPlan = report.dryRun || !report.isTaken
    let all: [(String, Int64)] = [
      ("Rows read", report.rowsRead), (isPlan ? "Would be new" : "New", report.rowsAdded),
      (isPlan ? "Would be replaced" : "Replaced", report.rowsReplaced), ("Already saved", report.rowsUnchanged),
      ("Without a value", report.rowsWithoutValue), ("With a problem", report.rowsRejected),
    ]
    return all.filter { $0.0 != "Without a value" || $0.1 > 0 }.map { Fact(term: $0.0, detail: Words.grouped($0.1)) }
  }

  private static func columns(_ report: MeasurementV1.ImportObservationsResponse) -> String {
    let used = [
      (report.periodColumn, "the period"),
      (report.valueColumn, report.denominatorColumn.isEmpty ? "the value" : "the numerator"),
      (report.denominatorColumn, "the denominator"), (report.noteColumn, "a note"),
    ].filter { !$0.0.isEmpty }.map { "“\($0.0)” as \($0.1)" }
    return used.isEmpty ? "" : "Read \(used.joined(separator: ", "))."
  }

  private static func remarkGroups(_ report: MeasurementV1.ImportObservationsResponse) -> [Remarks] {
    let kinds: [(MeasurementV1.ImportRemarkKind, title: String, style: String)] = [
      (.warning, "Is this right?", "warnings"), (.passedOver, "Passed over", "passed"),
      (.howRead, "How the file was read", "how"),
    ]
    return kinds.compactMap { kind, title, style in
      let remarks = report.remarks.filter { $0.kind == kind }.map(\.words)
      return remarks.isEmpty ? nil : Remarks(remarksTitle: title, remarksClass: style, remarks: remarks)
    }
  }
}

extension MeasurementV1.ImportRemark {
  fileprivate var words: String {
    row > 0 ? "Line \(Words.grouped(row)): \(message)" : message
  }
}

extension MeasurementV1.ImportObservationsResponse {
  /// Whether the columns that are needed were found, so that rows were checked.
  var foundColumns: Bool { !periodColumn.isEmpty || !valueColumn.isEmpty }

  /// The file could be read, but not which of its columns is which.
  var lacksColumns: Bool { !foundColumns && problems.contains { $0.kind == .column } }

  /// Whether the file was, or in a check would be, taken.
  ///
  /// A file whose columns are not known has no row that was right, even where rows with problems may be left out.
  var isTaken: Bool { accepted && foundColumns }

  var hasWarnings: Bool { remarks.contains { $0.kind == .warning } }

  /// Nothing was saved because a person is to be asked first.
  var isHeld: Bool { !dryRun && !isTaken && hasWarnings && foundColumns }
}

extension MeasurementV1.Measure {
  /// That the measure is there now, with what was assumed about it.
  var creationNotice: Notice {
    guard chartKind.hasDenominator else {
      return .done("The measure is ready", "Add its first values now, or later from the project’s page.")
    }
    let factor = multiplier == 0 ? 1 : multiplier
    let unit = unit.isEmpty ? "" : ", with the unit “\(self.unit)”"
    return .done(
      "The measure is ready",
      "Its values are shown as numerator divided by denominator, multiplied by \(Words.number(factor))\(unit). "
        + "Add the first values now, or later from the project’s page.")
  }

  /// What the file needs for this measure.
  func fileHint(largest: Int) -> String {
    let size = "At most \(Words.number(Double(largest) / 1024 / 1024)) MB."
    guard chartKind.hasDenominator else { return "Each row needs a period and a value. \(size)" }
    let counted = numeratorMeaning.isEmpty ? "" : " (\(numeratorMeaning))"
    let outOf = denominatorMeaning.isEmpty ? "" : " (\(denominatorMeaning))"
    return "Each row needs a period, a numerator\(counted) and a denominator\(outOf). \(size)"
  }

  /// The beginning of a file for this measure.
  var exampleCSV: String {
    chartKind.hasDenominator
      ? "period,numerator,denominator\n2026-01,112,5301\n2026-02,98,5120\n2026-03,87,5277"
      : "period,value\n2026-01,41.5\n2026-02,38\n2026-03,36.2"
  }
}
