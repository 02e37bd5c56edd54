// SPDX-License-Identifier: Apache-2.0

package import SPC

extension SeriesReader {
  /// One row of a series.
  package struct Row: Sendable, Hashable {
    /// Which of the rows that were taken it is, from 0.
    package var index: Int
    package var line: Int
    /// The first day of its period.
    package var day: Day
    /// Nil where there is none.
    package var value: Double?
    package var denominator: Double?
  }

  /// What the rows are.
  package struct Outcome: Sendable {
    /// Rows without a problem, in order of lines.
    package var rows: [Row] = []
    package var problems = ProblemTally()
    /// How many rows have a problem.
    package var rejected = 0
    package var remarks: [Remark] = []
    var periods = PeriodColumn()

    /// The label of a row as the file has it or, of a long file, as it would be written here.
    package func label(of row: Row) -> [UInt8] { periods.shown(row.index, row.day) }
  }

  /// Judges what has come.
  ///
  /// - Parameter latest: The last day that is not refused as lying in the future.
  package consuming func finish(latest: Day) -> Outcome {
    var outcome = Outcome(problems: problems, periods: periods)
    var isFatal = settleNumbers(&outcome)
    var bad = bad
    var days: [Day?]?
    if let name = names.period {
      let found = periods.outcome(options, name: name)
      days = found.days
      for place in found.bad { reject(place, &outcome, &bad, periods.unreadable(place, options)) }
      if let (place, refusal) = found.fatal {
        reject(place, &outcome, &bad, refusal)
        isFatal = true
      }
      if let remark = found.remark { outcome.remarks.append(Remark(.howRead, remark, column: name)) }
    }
    if !isFatal { outcome.rows.reserveCapacity(lines.count) }
    for row in lines.indices {
      let day = days.map { row < $0.count ? $0[row] : nil } ?? .earliest
      if let day, names.period != nil, day > latest {
        reject(
          row, &outcome, &bad,
          PeriodText.Refusal(
            message: "The period begins in the future.", accepted: "A period that has begun, up to \(latest)."),
          day: day)
        continue
      }
      guard !isFatal, let day, !bad.contains(row) else { continue }
      let (value, denominator) = (values[row], names.denominator == nil ? .nan : denominators[row])
      outcome.rows.append(
        Row(
          index: row, line: Int(lines[row]), day: day, value: value.isNaN ? nil : value,
          denominator: denominator.isNaN ? nil : denominator))
    }
    outcome.rejected = isFatal ? lines.count : bad.count
    outcome.problems = outcome.problems.sorted()
    outcome.remarks += remarks()
    return outcome
  }

  private func reject(
    _ row: Int, _ outcome: inout Outcome, _ bad: inout RowMarks, _ refusal: @autoclosure () -> PeriodText.Refusal,
    day: Day? = nil
  ) {
    bad.insert(row)
    func problem() -> CellProblem {
      let refusal = refusal()
      return CellProblem(
        line: Int(lines[row]), column: .period, kind: .period,
        text: day.map { periods.shown(row, $0) } ?? periods.text(row), message: refusal.message,
        accepted: refusal.accepted)
    }
    outcome.problems.append(problem())
  }

  // MARK: Numbers

  /// Settles what doubtful numbers are; whether nothing can be used because that cannot be told.
  private mutating func settleNumbers(_ outcome: inout Outcome) -> Bool {
    var isFatal = false
    func refuse(_ witness: NumberMarks.Witness, _ message: String, _ accepted: String) {
      isFatal = true
      outcome.problems.append(
        CellProblem(
          line: Int(lines[witness.row]), column: witness.part, kind: .number, text: witness.text, message: message,
          accepted: accepted))
    }
    switch marks.verdict(options, separator: separator) {
    case .decimal(let mark):
      for (row, part, found) in marks.doubtful where found != mark {
        if part == .denominator {
          denominators[Int(row)] = (denominators[Int(row)] * 1000).rounded()
        } else {
          values[Int(row)] = (values[Int(row)] * 1000).rounded()
        }
      }
      let grouped = mark == .point ? marks.doubtfulComma : marks.doubtfulPoint
      if let grouped {
        outcome.remarks.append(
          Remark(
            .howRead,
            "The \(mark.other.name) in numbers such as \(grouped.quoted) was read as dividing thousands: "
              + "\(String(decoding: grouped.text.filter { $0 != 0x2C && $0 != 0x2E }, as: UTF8.self)).",
            column: names[grouped.part]))
      }
      if mark == .comma, let comma = marks.decimalComma ?? marks.doubtfulComma {
        outcome.remarks.append(
          Remark(
            .howRead, "The comma in numbers such as \(comma.quoted) was read as the decimal mark.",
            column: names[comma.part]))
      }
    case .contradiction(let witness, let other, let mark):
      let place =
        witness == other
        ? "the decimal mark is said to be a \(mark.name)"
        : "\(other.quoted) in line \(lines[other.row]) has a decimal \(mark.name)"
      refuse(
        witness, "The number has a decimal \(mark.other.name), but \(place).", "One decimal mark in the whole file.")
    case .question(let witness, let mark):
      let digits = String(decoding: witness.text.filter { $0 != 0x2C && $0 != 0x2E }, as: UTF8.self)
      let decimal = String(decoding: witness.text.map { $0 == 0x2C ? 0x2E : $0 }, as: UTF8.self)
      refuse(
        witness,
        "The \(mark.name) may divide thousands or be the decimal mark (\(digits) or \(decimal)), and nothing in the file "
          + "tells which.", "Say \(options.names.decimalMark()), or write numbers without marks between thousands.")
    }
    for (column, part) in [(dress.value, Part.value), (dress.denominator, .denominator)]
    where column.withPerCent > 0 && column.withPerCent < column.numbers {
      guard let bare = column.firstBare, let signed = column.firstPerCent else { continue }
      let (witness, other, words) = bare.row > signed.row ? (bare, signed, "no") : (signed, bare, "a")
      refuse(
        NumberMarks.Witness(row: witness.row, part: part, text: witness.text),
        "The number has \(words) per cent sign, unlike \(other.quoted) in line \(lines[other.row]).",
        "A per cent sign on all numbers of the column, or on none.")
    }
    return isFatal
  }

  // MARK: What to say

  private func remarks() -> [Remark] {
    var remarks: [Remark] = []
    for (column, name) in [(dress.value, names.value), (dress.denominator, names.denominator ?? "")] {
      func say(_ sign: NumberCell.Dress, _ words: (String) -> String) {
        guard let witness = column.shown[sign.rawValue] else { return }
        remarks.append(Remark(.howRead, words(witness.quoted), column: name))
      }
      say(.perCent) { "The per cent signs were left out: \($0) is taken as the number before the sign." }
      say(.currency) { "The signs of the currency were left out, as in \($0)." }
      say(.minus) { "\($0) was read as a negative number." }
      say(.groups) { "The marks between thousands were left out, as in \($0)." }
    }
    let marks = marksSeen.map { (text: String(decoding: $0.key, as: UTF8.self), seen: $0.value) }
    for (text, seen) in marks.sorted(by: { ($0.seen.line, $0.text) < ($1.seen.line, $1.text) }) {
      let dash = ["-", "–", "—"].contains(text) ? " If it means 0, write 0." : ""
      remarks.append(
        Remark(
          .howRead,
          "“\(text)” was read as no value (\(seen.count == 1 ? "1 cell" : "\(seen.count) cells"), first in line "
            + "\(seen.line)).\(dash)", row: seen.count == 1 ? seen.line : 0))
    }
    for total in totals {
      remarks.append(
        Remark(
          .passedOver, "The row “\(total.name)” holds a total and was left out.", row: total.line,
          column: names.period ?? ""))
    }
    if names.denominator != nil {
      let halves = lines.indices.filter { !values[$0].isNaN && denominators[$0].isNaN && !bad.contains($0) }
      if let first = halves.first {
        remarks.append(
          Remark(
            .warning,
            halves.count == 1
              ? "A row has a value but no denominator; it was read as a row without a value."
              : "\(halves.count) rows have a value but no denominator, the first in line \(lines[first]); they were read as "
                + "rows without a value.", row: Int(lines[first]), column: names.denominator ?? ""))
      }
    }
    return remarks
  }
}
