// SPDX-License-Identifier: Apache-2.0

import Contracts

// The import as it travels.

extension ColumnChoice {
  init(_ options: MeasurementV1.ImportOptions) {
    self.init(
      period: options.periodColumn, value: options.valueColumn, denominator: options.denominatorColumn,
      note: options.noteColumn)
  }
}

extension ImportTerms {
  init(_ options: MeasurementV1.ImportOptions) {
    self.init(dryRun: options.dryRun, allowPartial: options.allowPartial, replace: options.replace)
  }
}

extension MeasurementV1.ImportObservationsResponse {
  init(_ plan: ImportPlan, columns: ImportColumns?, terms: ImportTerms) {
    self.init(
      accepted: plan.isAccepted, dryRun: terms.dryRun, rowsRead: Int64(plan.rowsRead),
      rowsAdded: Int64(plan.rowsAdded), rowsReplaced: Int64(plan.rowsReplaced),
      rowsUnchanged: Int64(plan.rowsUnchanged), rowsRejected: Int64(plan.rowsRejected),
      problems: plan.problems.first.map { MeasurementV1.RowProblem($0) }, problemsTotal: Int64(plan.problems.total),
      periodColumn: columns?.period.name ?? "", valueColumn: columns?.value.name ?? "",
      denominatorColumn: columns?.denominator?.name ?? "")
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
