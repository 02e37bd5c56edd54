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

  /// A file that the page carries along, so that nobody has to look for it again.
  struct KeptFile: Sendable, Hashable {
    let keptName: String
    /// Its bytes, in Base64.
    let keptContent: String
  }

  /// The measure that values are added to, and its chart.
  struct Subject: Sendable {
    var projectName: String
    var projectPath: String
    var measureName: String
    var kindName: String
    var kindClass: String
    var action: String
    var fileHint: String
    var exampleCSV: String
    var hasDenominator: Bool
    var chart: ChartView?
    var chartMissing: String?
  }

  /// Something wrong with what was sent, and the element that it is about.
  struct Refusal: Sendable, Hashable {
    let message: String
    var target = "file"
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
  let kept: KeptFile?
  let needsFile: Bool
  /// What the tick box says that confirms warnings; `nil` where there is nothing to confirm.
  let confirmation: String?
  let columnFields: [Field]
  let formFields: [Field]
  let formIsOpen: Bool
  let submitLabel: String
  let exampleCSV: String
  let chartHeading: String
  let chart: ChartView?
  let chartMissing: String?

  /// - Parameters:
  ///   - columns: The names of the file's columns; empty when they are not known.
  ///   - confirmation: What the tick box says that confirms the report's warnings.
  init(
    _ subject: Subject, choice: ImportChoice, largestFile: Int, notices: [Notice] = [], refusal: Refusal? = nil,
    report: ImportReportView? = nil, columns: [String] = [], kept: KeptFile? = nil, confirmation: String? = nil
  ) {
    let title = "Add data to \(subject.measureName)"
    self.page = PageFrame(title: refusal == nil ? title : "Error: \(title)")
    self.projectName = subject.projectName
    self.projectPath = subject.projectPath
    self.measureName = subject.measureName
    self.kindName = subject.kindName
    self.kindClass = subject.kindClass
    self.notices = notices
    self.errors = refusal.map { [FormError(message: $0.message, target: $0.target)] } ?? []
    self.hasErrors = refusal != nil
    self.fileError = refusal.flatMap { $0.target == "file" ? $0.message : nil }
    self.report = report
    self.action = subject.action
    self.largestFile = largestFile
    self.modes = ImportChoice.Mode.allCases.map { mode in
      Mode(modeValue: mode.rawValue, modeLabel: mode.label, modeHint: mode.hint, isChosen: mode == choice.mode)
    }
    self.replaces = choice.replace
    self.fileHint = subject.fileHint
    self.kept = kept
    self.needsFile = kept == nil
    self.confirmation = confirmation
    self.columnFields = Self.columnFields(choice, columns: columns, hasDenominator: subject.hasDenominator)
    self.formFields = Self.formFields(choice)
    self.formIsOpen =
      choice.namesForm || refusal.map { $0.target != "file" && !$0.target.hasPrefix("mode") } == true
      || report?.asksForColumns == true
    self.submitLabel = kept == nil ? "Upload" : "Go on with this file"
    self.exampleCSV = subject.exampleCSV
    self.chartHeading = report == nil ? "The chart so far" : "The chart now"
    self.chart = subject.chart
    self.chartMissing = subject.chartMissing
  }

  private static func columnFields(_ choice: ImportChoice, columns: [String], hasDenominator: Bool) -> [Field] {
    var wanted: [(name: String, label: String, value: String)] = [
      ("period_column", "Column with the period", choice.period),
      ("value_column", hasDenominator ? "Column with the numerator" : "Column with the value", choice.value),
    ]
    if hasDenominator || !choice.denominator.isEmpty {
      wanted.append(("denominator_column", "Column with the denominator", choice.denominator))
    }
    wanted.append(("note_column", "Column with a note", choice.note))
    return wanted.map { name, label, value -> Field in
      guard !columns.isEmpty else {
        return .text(name, label, value: value, optional: true, short: true, maxLength: 200)
      }
      // A name that is there twice could not be told from the other.
      var names: [String] = []
      for column in columns where !column.isEmpty && !names.contains(column) { names.append(column) }
      if !value.isEmpty, !names.contains(value) { names.append(value) }
      return .choice(
        name, label, value: value, optional: true, short: true,
        choices: [(value: "", label: "Waymark decides")] + names.map { (value: $0, label: $0) })
    }
  }

  private static func formFields(_ choice: ImportChoice) -> [Field] {
    let missing = Field.text(
      "missing", "Marks for “no value”", hint: "Separated by commas, such as *, n/a. An empty cell is always one.",
      value: choice.missing, optional: true, maxLength: 1000)
    return [missing]
      + FileForm.allCases.map { form in
        Field.choice(
          form.rawValue, form.label, value: choice.forms[form.rawValue] ?? "", optional: true, short: true,
          choices: form.choices)
      }
  }
}

/// What became of a file, row by row.
struct ImportReportView: Sendable, Hashable {
  /// How the whole went, as a style class and a shape: never by colour alone.
  enum Tone: String, Sendable {
    case good, part, ask, bad

    var shape: String {
      switch self {
      case .good: "✓"
      case .part: "◐"
      case .ask: "?"
      case .bad: "✕"
      }
    }
  }

  /// One thing wrong in the file.
  struct Problem: Sendable, Hashable {
    let row: String
    let column: String
    let value: String
    let problem: String
    let accepted: String
  }

  /// What to know besides problems.
  struct Remarks: Sendable, Hashable {
    let remarksTitle: String
    let remarksClass: String
    let remarks: [String]
  }

  let reportTone: String
  let reportShape: String
  let verdict: String
  let explanation: String
  let figures: [Fact]
  let columnsSentence: String
  let remarkGroups: [Remarks]
  let problemsCaption: String
  let problems: [Problem]
  let hasProblems: Bool
  /// The columns have to be named before the file can be read.
  let asksForColumns: Bool

  init(
    _ tone: Tone, verdict: String, explanation: String, figures: [Fact], columnsSentence: String,
    remarkGroups: [Remarks] = [], problemsCaption: String, problems: [Problem], asksForColumns: Bool = false
  ) {
    self.reportTone = tone.rawValue
    self.reportShape = tone.shape
    self.verdict = verdict
    self.explanation = explanation
    self.figures = figures
    self.columnsSentence = columnsSentence
    self.remarkGroups = remarkGroups
    self.problemsCaption = problemsCaption
    self.problems = problems
    self.hasProblems = !problems.isEmpty
    self.asksForColumns = asksForColumns
  }
}
