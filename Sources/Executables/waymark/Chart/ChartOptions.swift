// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SPC
public import Tables

/// Which chart to make of a file: what `waymark chart` and `waymark explain` have in common.
struct ChartOptions: ParsableArguments {
  @Argument(
    help:
      "CSV file whose first line names the columns; - is standard input. Cells are separated by commas, semicolons or tabs.",
    completion: .file(extensions: ["csv", "tsv", "txt"]))
  var file: String

  @Option(
    help: """
      \(KindChoice.names.joined(separator: ", ")). auto looks at the data and says why.
      """)
  var kind = "auto"

  @Option(
    help: """
      Column with the periods: days, weeks, months, quarters or years, in a form that the whole column has. (default: \
      period, date, month, week, quarter, day or year)
      """)
  var x: String?

  @Option(help: "Column with the value or numerator. (default: value, numerator, count or y)")
  var y: String?

  @Option(help: "Column with the denominator. (default: denominator, n or total, if there and --y is not given)")
  var n: String?

  @Option(
    help: ArgumentHelp(
      "A mark that stands for no value, in place of the usual ones (-, *, .., n/a, [c] and their like); may be repeated.",
      valueName: "mark"))
  var missing: [String] = []

  @Option(help: ArgumentHelp("What comes first in dates such as 04/01/2023.", valueName: "day|month"))
  var dateOrder: ReadingOptions.DateOrder?

  @Option(help: ArgumentHelp("The month in which the year of quarters such as 2023 Q1 begins.", valueName: "1|4"))
  var yearStart: Int?

  @Option(help: ArgumentHelp("By which of its years FY24 is named.", valueName: "starting|ending"))
  var fyLabel: ReadingOptions.FinancialYearLabel?

  @Option(help: ArgumentHelp("The decimal mark of numbers such as 1.234.", valueName: "point|comma"))
  var decimal: ReadingOptions.DecimalMark?

  @Option(
    help: ArgumentHelp(
      "What the periods are, where the column leaves it open.", valueName: "day|week|month|quarter|year|financial-year")
  )
  var periodForm: ReadingOptions.PeriodForm?

  @Option(help: "Column with the name of a group: a chart for each.")
  var by: String?

  @Option(help: ArgumentHelp("Only rows with this value; may be repeated.", valueName: "column=value"))
  var filter: [String] = []

  @Option(
    help: """
      Rule set for special causes, NAME or NAME@VERSION (see waymark rules), or a JSON file with one of your own.
      """)
  var rules = "anhoej"

  @Option(help: ArgumentHelp("A new phase begins; may be repeated.", valueName: "date=reason"))
  var phase: [String] = []

  @Option(
    help: ArgumentHelp("Centre line and limits come from the first so many points of each phase.", valueName: "points"),
    transform: Accepted.wholeNumber(1...Int.max))
  var freeze: Int?

  @Option(help: ArgumentHelp("Leave a point out of the lines; may be repeated.", valueName: "date=reason"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("A target, from a date on if one is given; may be repeated.", valueName: "value[@date]"))
  var target: [String] = []

  @Option(help: ArgumentHelp("A value to be reached by a date; may be repeated.", valueName: "date=value"))
  var trajectory: [String] = []

  @Option(
    help: ArgumentHelp(
      "A flag on the chart, of a kind: note, event, change or pdsa (default: event); may be repeated.",
      valueName: "[kind:]date=text"))
  var annotate: [String] = []

  @Option(help: ArgumentHelp("Where the value should go: up, down or neutral.", valueName: "up|down|neutral"))
  var direction: Direction = .neutral

  @Option(
    help: ArgumentHelp(
      "Show values multiplied by this. (default: 100 for proportions, on every kind of chart, otherwise 1)",
      valueName: "number"),
    transform: Accepted.positiveNumber)
  var multiply: Double?

  @Option(help: "Unit of the values. (default: % for proportions)")
  var unit: String?

  @Option(help: ArgumentHelp("Bring rows together by period.", valueName: "day|week|month|quarter|year"))
  var period: Period?

  @Option(
    help: ArgumentHelp(
      "How several rows of a period become one, where there is no denominator.", valueName: "sum|mean|median"))
  var agg: RowsTogether?

  @Option(
    help: ArgumentHelp(
      "A centre line known in advance; or, of I and G charts, whether it is the mean or the median of the values.",
      valueName: "number|mean|median"), transform: CentreOption.init(text:))
  var centre: CentreOption?

  @Option(
    help: ArgumentHelp(
      """
      What the limits of I and MR charts come from: the mean moving range (2.66, 3.267), or the median one (3.145, 3.865). \
      (default: the mean, with --centre median the median)
      """, valueName: "mean|median"))
  var ranges: ChartMethod.RangeAverage?

  @Option(
    help: ArgumentHelp(
      "Where a period has no value: whether moving ranges break there, or are taken across.", valueName: "break|bridge")
  )
  var gaps: ChartMethod.Gaps = .breaks

  @Option(
    help: ArgumentHelp("Leave large moving ranges out. (default: as the rule set has it)", valueName: "yes|no"),
    transform: Accepted.yesOrNo)
  var screen: Bool?

  @Option(
    help: ArgumentHelp(
      "Of a Pareto chart: keep so many categories and bring the others together.", valueName: "number"),
    transform: Accepted.wholeNumber(1...Int.max))
  var keep: Int?

  @Option(
    help: ArgumentHelp(
      """
      Of a funnel: what the values are. Proportions are cases with the event, of whole cases; rates are events over an \
      exposure, such as bed days or events expected, which may have fractions. (default: proportions)
      """, valueName: "proportions|rates"))
  var funnel: FunnelMeasure?

  @Flag(help: "Of a funnel: widen the limits by how much units vary beyond chance.")
  var widened = false

  @Option(help: "Heading. (default: the name of the value's column)")
  var title: String?

  func validate() throws {
    _ = try kindChoice()
    if let yearStart, yearStart != 1, yearStart != 4 {
      throw ValidationError("--year-start is \(yearStart); it is 1 (January) or 4 (April).")
    }
    switch (centre, try kindChoice()) {
    case (.mean?, .one(.i)), (.mean?, .one(.g)), (.mean?, .pair(.i)), (.mean?, .automatic): break
    case (.median?, .one(.i)), (.median?, .one(.g)), (.median?, .pair(.i)), (.median?, .one(.mr)),
      (.median?, .automatic), (.median?, .one(.run)):
      break
    case (.mean?, _), (.median?, _):
      throw ValidationError(
        "--centre mean and --centre median are for --kind i, xmr and g; of --kind \(kind) the centre line is what it is, "
          + "or a number known in advance.")
    case (.known?, _), (nil, _): break
    }
    if let period, !Period.calendar.contains(period) {
      throw ValidationError("--period is one of day, week, month, quarter, year.")
    }
  }

  /// How the file is written, as far as the options say.
  var reading: ReadingOptions {
    var reading = ReadingOptions()
    reading.missing = missing
    reading.dateOrder = dateOrder
    reading.yearStartMonth = yearStart
    reading.financialYearLabel = fyLabel
    reading.decimalMark = decimal
    reading.periodForm = periodForm
    reading.names = .commandLine
    return reading
  }

  /// Names of columns by which the line of names is told from lines above it.
  var wantedNames: [Set<String>] {
    let asked = [x, y, n, by].compactMap { $0 }.map { Set([$0.lowercased()]) }
    if !asked.isEmpty { return asked }
    return [Set(NamesLine.Usual.period + ["x"]), Set(NamesLine.Usual.value + ["y"])]
  }

  /// The same for a chart without an order in time.
  func wantedNames(for kind: CompanionKind) -> [Set<String>] {
    if kind.isOverTime { return wantedNames }
    let asked = [x, y, n, by].compactMap { $0 }.map { Set([$0.lowercased()]) }
    return asked.isEmpty ? [Set(NamesLine.Usual.value + ["y"])] : asked
  }

  /// The chart that is no run or control chart, if one was asked for.
  func companion() throws -> CompanionRequest? {
    guard case .companion(let kind) = try kindChoice() else { return nil }
    return try CompanionRequest(kind, self)
  }

  func kindChoice() throws -> KindChoice {
    guard let choice = KindChoice(kind) else {
      let near = NearestName.of(kind, among: KindChoice.names).map { " Did you mean \($0)?" } ?? ""
      throw ValidationError(
        "--kind \(kind) is not known; there are \(KindChoice.names.joined(separator: ", ")).\(near)")
    }
    return choice
  }
}

/// What can be asked for as a kind of chart.
enum KindChoice: Hashable {
  /// Whatever suits the data.
  case automatic
  case one(ChartKind)
  /// Two charts of the same data: this and its companion.
  case pair(ChartKind)
  /// Something else than a run or control chart.
  case companion(CompanionKind)

  private static let pairs: [(String, KindChoice)] = [
    ("xmr", .pair(.i)), ("x-bar-s", .pair(.xBar)),
  ]

  /// The kinds' names as books have them.
  private static let printed = [
    "p′": "p-prime", "p'": "p-prime", "p’": "p-prime", "u′": "u-prime", "u'": "u-prime", "u’": "u-prime",
    "i′": "i-prime", "i'": "i-prime", "i’": "i-prime", "x̄": "x-bar", "xbar": "x-bar", "x̄-s": "x-bar-s",
    "xbar-s": "x-bar-s", "i-mr": "xmr", "imr": "xmr",
  ]

  static let names =
    ["auto"] + ChartKind.allCases.map(\.rawValue) + pairs.map(\.0) + CompanionKind.allCases.map(\.rawValue)

  /// - Parameter text: one of ``names`` in any case; P′ and X̄ may also be written as they are printed.
  init?(_ text: String) {
    let name = KindChoice.printed[text.lowercased()] ?? text.lowercased()
    if name == "auto" {
      self = .automatic
    } else if let kind = ChartKind(rawValue: name) {
      self = .one(kind)
    } else if let pair = KindChoice.pairs.first(where: { $0.0 == name }) {
      self = pair.1
    } else if let companion = CompanionKind(rawValue: name) {
      self = .companion(companion)
    } else {
      return nil
    }
  }
}

/// How several rows of one day become one value.
enum RowsTogether: String, WordArgument {
  case sum, mean, median
}

/// What is said of the centre line.
enum CentreOption: Hashable {
  /// It is known in advance.
  case known(Double)
  case mean, median

  init(text: String) throws {
    switch text.lowercased() {
    case "mean": self = .mean
    case "median": self = .median
    default:
      guard let number = Double(text), number.isFinite else {
        throw ValidationError("a number such as 95 or 0.5, mean or median is accepted.")
      }
      self = .known(number)
    }
  }

  /// Nil for a statistic.
  var number: Double? {
    if case .known(let number) = self { number } else { nil }
  }
}

/// What the values of a funnel are.
enum FunnelMeasure: String, CaseIterable, WordArgument {
  case proportions, rates
}

extension ChartMethod.RangeAverage: WordArgument {}
extension ChartMethod.Gaps: WordArgument {}
extension Direction: WordArgument {}
extension Period: WordArgument {}
extension ReadingOptions.DateOrder: WordArgument {}
extension ReadingOptions.FinancialYearLabel: WordArgument {}
extension ReadingOptions.DecimalMark: WordArgument {}
extension ReadingOptions.PeriodForm: WordArgument {}
