// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// What an import may do.
struct ImportTerms: Sendable, Hashable {
  /// Only check and report; write nothing.
  var dryRun = false
  /// Write the good rows even when others are bad.
  var allowPartial = false
  /// Let a row replace the observation that is stored for its period.
  var replace = false
  /// Take nothing where there is a warning.
  var holdOnWarnings = false
}

/// What an import is going to write, and its report: what a file says, compared with what is stored.
struct ImportPlan: Sendable, Hashable {
  /// Observations to write, in order of lines; empty when the import is not accepted.
  private(set) var writes: [Observation] = []
  /// What is stored at present and will be replaced.
  private(set) var former: [Observation] = []
  private(set) var problems: ProblemList
  private(set) var rowsRead: Int
  private(set) var rowsAdded = 0
  private(set) var rowsReplaced = 0
  private(set) var rowsUnchanged = 0
  private(set) var rowsRejected: Int
  /// What to know besides problems, warnings first.
  private(set) var remarks: [Remark]

  /// Whether the file is taken: it has no problem or, with `allowPartial`, at least one good row.
  ///
  /// A file that says only what is stored already is taken, too, although nothing is written.
  private(set) var isAccepted = false

  /// - Parameters:
  ///   - reading: What the file says.
  ///   - stored: What is stored for the measure, by period.
  ///   - rules: What the measure's chart allows.
  ///   - scale: How the measure's values are shown, and what they are to reach.
  init(
    _ reading: ImportReading, stored: [Day: Observation], rules: ObservationRules, scale: ObservationScale = .plain,
    terms: ImportTerms
  ) {
    problems = reading.problems
    rowsRead = reading.rowsRead
    rowsRejected = reading.rowsRejected
    let warnings = ImportWarnings.warnings(reading, stored: stored, rules: rules, scale: scale)
    remarks = warnings + reading.remarks.filter { $0.kind == .warning } + reading.remarks.filter { $0.kind != .warning }

    var conflicts = ProblemList()
    for row in reading.rows {
      var observation = Observation(
        day: row.day, value: row.value, denominator: row.denominator, note: row.note ?? "")
      guard let old = stored[row.day] else {
        rowsAdded += 1
        writes.append(observation)
        continue
      }
      // A file without notes says nothing about them.
      if row.note == nil { observation.note = old.note }
      if observation == old {
        rowsUnchanged += 1
      } else if terms.replace {
        rowsReplaced += 1
        writes.append(observation)
        former.append(old)
      } else {
        conflicts.append(Self.conflict(row, old, reading.columns))
      }
    }
    rowsRejected += conflicts.total
    problems = problems + conflicts

    let mixture = mixesDenominators(stored: stored) && !rules.needsDenominator
    if mixture { problems = ProblemList(Self.mixtureProblem(reading)) + problems }
    let isHeld = terms.holdOnWarnings && remarks.contains { $0.kind == .warning }
    let canBe = !mixture && (problems.isEmpty || terms.allowPartial && reading.rows.count > conflicts.total)
    isAccepted = canBe && !isHeld
    if !isAccepted {
      writes = []
      former = []
    }
    // Of a file that is held back until somebody has been asked, they say what would be.
    if !canBe {
      rowsAdded = 0
      rowsReplaced = 0
    }
  }

  /// Whether the measure would have observations with and without denominators: a chart takes the value as a numerator
  /// where any point has a denominator, and would have to leave out the others.
  private func mixesDenominators(stored: [Day: Observation]) -> Bool {
    guard let first = writes.first else { return false }
    let has = first.denominator != nil
    if writes.contains(where: { ($0.denominator != nil) != has }) { return true }
    let unlike = stored.values.filter { ($0.denominator != nil) != has }
    guard !unlike.isEmpty else { return false }
    let written = Set(writes.map(\.day))
    return unlike.contains { !written.contains($0.day) }
  }

  private static func mixtureProblem(_ reading: ImportReading) -> RowProblem {
    let column = reading.columns?.denominator
    return RowProblem(
      row: 1, column: column?.name ?? "denominator", kind: .column,
      message: column == nil
        ? "Observations that are stored have a denominator, those of this file have none."
        : "Observations that are stored have no denominator, those of this file have one.",
      accepted: column == nil
        ? "A file with a column for the denominator."
        : "A file without a denominator, or one that replaces all observations that are stored.")
  }

  private static func conflict(_ row: ImportedRow, _ old: Observation, _ columns: ImportColumns?) -> RowProblem {
    let (column, text, was): (String, String, String) =
      if row.value != old.value {
        (columns?.value.name ?? "", figure(row.value), figure(old.value))
      } else if row.denominator != old.denominator {
        (
          columns?.denominator?.name ?? "denominator", row.denominator.map(figure) ?? "",
          old.denominator.map(figure) ?? "no denominator"
        )
      } else {
        (
          columns?.note?.name ?? "", RowProblem.quoted(Array((row.note ?? "").utf8)),
          old.note.isEmpty ? "no note" : "“\(RowProblem.quoted(Array(old.note.utf8)))”"
        )
      }
    return RowProblem(
      row: row.line, column: column, value: text, kind: .stored,
      message: "The period that begins on \(row.day) is stored already, with \(was).",
      accepted: "What is stored, or an import that may replace it.")
  }

  /// A number as people write it: `12`, not `12.0`.
  static func figure(_ value: Double) -> String {
    let text = String(value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
