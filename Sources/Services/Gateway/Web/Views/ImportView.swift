// SPDX-License-Identifier: Apache-2.0

/// The page to upload a CSV file, and to read the report of an upload.
struct ImportView: PageView {
  static let template = "import"

  /// What to do with the file.
  struct Mode: Sendable, Hashable {
    let modeValue: String
    let modeLabel: String
    let modeHint: String
    var isChosen = false
  }

  let page: PageFrame
  let projectName: String
  let projectPath: String
  let measureName: String
  let kindName: String
  let kindClass: String
  let notices: [Notice]
  let errors: [FormError]
  let hasErrors: Bool
  let errorTitle = "The file was not taken"
  let report: ImportReportView?
  let action: String
  let largestFile: Int
  let modes: [Mode]
  let replaces: Bool
  let fileHint: String
  let fileError: String?
  let exampleCSV: String
  let chartHeading: String
  let chart: ChartView?
  let chartMissing: String?

  init(
    projectName: String, projectPath: String, measureName: String, kindName: String, kindClass: String,
    notices: [Notice] = [], fileError: String? = nil, report: ImportReportView? = nil, action: String,
    largestFile: Int, choice: ImportChoice, fileHint: String, exampleCSV: String, chart: ChartView?,
    chartMissing: String?
  ) {
    let title = "Add data to \(measureName)"
    self.page = PageFrame(title: fileError == nil ? title : "Error: \(title)")
    self.projectName = projectName
    self.projectPath = projectPath
    self.measureName = measureName
    self.kindName = kindName
    self.kindClass = kindClass
    self.notices = notices
    self.errors = fileError.map { [FormError(message: $0, target: "file")] } ?? []
    self.hasErrors = fileError != nil
    self.fileError = fileError
    self.report = report
    self.action = action
    self.largestFile = largestFile
    self.modes = ImportChoice.Mode.allCases.map { mode in
      Mode(modeValue: mode.rawValue, modeLabel: mode.label, modeHint: mode.hint, isChosen: mode == choice.mode)
    }
    self.replaces = choice.replace
    self.fileHint = fileHint
    self.exampleCSV = exampleCSV
    self.chartHeading = report == nil ? "The chart so far" : "The chart now"
    self.chart = chart
    self.chartMissing = chartMissing
  }
}

/// What a person chose on the upload page.
struct ImportChoice: Sendable, Hashable {
  /// What to do with the file.
  enum Mode: String, Sendable, CaseIterable {
    case all, check, partial

    var label: String {
      switch self {
      case .all: "Import, all or nothing"
      case .check: "Only check"
      case .partial: "Import the good rows"
      }
    }

    var hint: String {
      switch self {
      case .all: "One bad row, and nothing is written."
      case .check: "Reports what an import would do; nothing is written."
      case .partial: "Bad rows are left out and reported."
      }
    }
  }

  var mode: Mode = .all
  /// Values that are stored already are replaced.
  var replace = false
}

/// What became of a file, row by row.
struct ImportReportView: Sendable, Hashable {
  /// One thing wrong in the file.
  struct Problem: Sendable, Hashable {
    let row: String
    let column: String
    let value: String
    let problem: String
    let accepted: String
  }

  let reportTone: String
  let reportShape: String
  let verdict: String
  let explanation: String
  let figures: [Fact]
  let columnsSentence: String
  let problemsCaption: String
  let problems: [Problem]
  let hasProblems: Bool

  init(
    isGood: Bool, verdict: String, explanation: String, figures: [Fact], columnsSentence: String,
    problemsCaption: String, problems: [Problem]
  ) {
    self.reportTone = isGood ? "good" : "bad"
    self.reportShape = isGood ? "✓" : "✕"
    self.verdict = verdict
    self.explanation = explanation
    self.figures = figures
    self.columnsSentence = columnsSentence
    self.problemsCaption = problemsCaption
    self.problems = problems
    self.hasProblems = !problems.isEmpty
  }
}
