// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Tables

// The import as it travels.

extension ColumnChoice {
  init(_ options: MeasurementV1.ImportOptions) {
    self.init(
      period: options.periodColumn, value: options.valueColumn, denominator: options.denominatorColumn,
      note: options.noteColumn)
  }
}

extension ReadingOptions {
  /// - Throws: ``RPCError`` `INVALID_ARGUMENT` with every field that is not as it may be.
  init(_ options: MeasurementV1.ImportOptions) throws(RPCError) {
    self.init()
    if options.missing.count > 50 {
      throw RPCError.invalidArgument(
        field: "options.missing", "has \(options.missing.count) marks; at most 50 are accepted")
    }
    if let mark = options.missing.first(where: { $0.isEmpty || $0.unicodeScalars.count > 50 }) {
      throw RPCError.invalidArgument(
        field: "options.missing", mark.isEmpty ? "has an empty mark" : "has a mark of more than 50 characters")
    }
    missing = options.missing
    dateOrder =
      switch options.dateOrder {
      case .dayFirst: .day
      case .monthFirst: .month
      default: nil
      }
    switch options.yearStartMonth {
    case 0: yearStartMonth = nil
    case 1, 4: yearStartMonth = Int(options.yearStartMonth)
    default:
      throw RPCError.invalidArgument(
        field: "options.year_start_month", "is \(options.yearStartMonth); 1 (January), 4 (April) or 0 is accepted")
    }
    financialYearLabel =
      switch options.financialYearLabel {
      case .starting: .starting
      case .ending: .ending
      default: nil
      }
    decimalMark =
      switch options.decimalMark {
      case .point: .point
      case .comma: .comma
      default: nil
      }
    if !options.periodForm.isEmpty {
      guard let form = PeriodForm(rawValue: options.periodForm) else {
        let accepted = PeriodForm.allCases.map(\.rawValue).joined(separator: ", ")
        throw RPCError.invalidArgument(field: "options.period_form", "is not one of \(accepted)")
      }
      periodForm = form
    }
  }
}

extension ImportTerms {
  init(_ options: MeasurementV1.ImportOptions) {
    self.init(
      dryRun: options.dryRun, allowPartial: options.allowPartial, replace: options.replace,
      holdOnWarnings: options.holdOnWarnings)
  }
}

extension MeasurementV1.ImportObservationsResponse {
  init(_ plan: ImportPlan, reading: ImportReading, terms: ImportTerms) {
    let columns = reading.columns
    self.init(
      accepted: plan.isAccepted, dryRun: terms.dryRun, rowsRead: Int64(plan.rowsRead),
      rowsAdded: Int64(plan.rowsAdded), rowsReplaced: Int64(plan.rowsReplaced),
      rowsUnchanged: Int64(plan.rowsUnchanged), rowsRejected: Int64(plan.rowsRejected),
      problems: plan.problems.first.map { MeasurementV1.RowProblem($0) }, problemsTotal: Int64(plan.problems.total),
      periodColumn: columns?.period.name ?? "", valueColumn: columns?.value.name ?? "",
      denominatorColumn: columns?.denominator?.name ?? "",
      remarks: plan.remarks.prefix(100).map { MeasurementV1.ImportRemark($0) }, columns: reading.names,
      noteColumn: columns?.note?.name ?? "", rowsWithoutValue: Int64(reading.rowsWithoutValue))
  }
}

extension MeasurementV1.ImportRemark {
  init(_ remark: Remark) {
    self.init(
      kind: MeasurementV1.ImportRemarkKind(remark.kind), message: remark.message, row: Int64(remark.row),
      column: remark.column)
  }
}

extension MeasurementV1.ImportRemarkKind {
  init(_ kind: Remark.Kind) {
    switch kind {
    case .howRead: self = .howRead
    case .passedOver: self = .passedOver
    case .warning: self = .warning
    }
  }
}

extension MeasurementV1.RowProblem {
  init(_ problem: RowProblem) {
    self.init(
      row: Int64(problem.row), column: problem.column, value: problem.value,
      kind: MeasurementV1.RowProblemKind(problem.kind), message: problem.message, accepted: problem.accepted)
  }
}

extension MeasurementV1.RowProblemKind {
  init(_ kind: RowProblem.Kind) {
    switch kind {
    case .column: self = .column
    case .cells: self = .cells
    case .period: self = .period
    case .number: self = .number
    case .range: self = .range
    case .duplicate: self = .duplicate
    case .stored: self = .stored
    case .text: self = .text
    case .empty: self = .empty
    }
  }
}
