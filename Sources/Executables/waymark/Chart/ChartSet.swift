// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC
import Tables

/// The charts of a file: one, or one for each group; of each a main chart and perhaps its companion.
struct ChartSet {
  struct Member {
    /// Name of the group; empty where there are none.
    let name: String
    /// The main chart first.
    let charts: [Chart]
    /// The two of them, if they belong together.
    var pair: ChartPair?
  }

  let members: [Member]
  let title: String
  /// Why the kind was chosen, when nobody said which.
  let recommendation: ChartRecommendation?
  let annotations: [ChartAnnotation]
  /// How the file was read.
  let remarks: [Remark]

  init(_ options: ChartOptions) throws {
    let file = try DataFile(path: options.file, wanted: options.wantedNames)
    let rows = try ChartRows(file, options: options)
    let ruleSet = try RuleSetFile.ruleSet(options.rules)
    let choice = try options.kindChoice()
    title = options.title ?? rows.valueName
    var recommendation: ChartRecommendation?
    let kind: ChartKind
    var wantsPair = false
    switch choice {
    case .one(let chosen): kind = chosen
    case .companion(let companion):
      throw CommandFailure(.usage, "--kind \(companion) is not a run or control chart.")
    case .pair(let main):
      kind = main
      wantsPair = true
    case .automatic:
      // By the group with most rows, so that all groups have the same kind.
      if rows.hasDenominators { try rows.requireCounts(for: .p) }
      if options.agg == nil { try rows.refuseRepetition() }
      let largest = rows.groups.max { $0.rows.count < $1.rows.count }?.rows ?? []
      let series = try SeriesBuilder(options: options, kind: nil, rows: rows).series(of: largest, group: "")
      let found = ChartChooser.recommend(for: series)
      recommendation = found
      kind = found.kind
      wantsPair = found.kind == .xBar
    }
    if choice == .automatic, let centre = options.centre, centre.number == nil, kind != .i, kind != .g {
      throw CommandFailure(
        .usage,
        "--centre \(centre) is for I and G charts, and these data suit a \(kind.title); say with --kind which chart to make."
      )
    }
    try rows.requireCounts(for: kind)
    self.recommendation = recommendation
    annotations = try options.annotate.map { text in try DatedOption.annotation(text, option: "--annotate") }

    let builder = SeriesBuilder(options: options, kind: kind, rows: rows)
    let specBuilder = try SpecBuilder(
      options: options, ruleSet: ruleSet, hasDenominators: rows.hasDenominators, isSequence: rows.isSequence)
    members = try rows.groups.map { group in
      let series = try builder.series(of: group.rows, group: group.name)
      let spec = try specBuilder.spec(kind: kind, series: series)
      do {
        if wantsPair, let pair = try ChartPair(series, spec: spec) {
          return Member(name: group.name, charts: [pair.upper, pair.lower], pair: pair)
        }
        return Member(name: group.name, charts: [try Chart(series, spec: spec)])
      } catch let error as ChartError {
        let place = group.name.isEmpty ? rows.file : "\(rows.file), \(group.name)"
        throw CommandFailure(.data, "\(place): \(error.description)")
      }
    }
    try specBuilder.checkDays(of: members.flatMap { $0.charts.prefix(1) }.map(\.series), file: rows.file)
    let areShares =
      options.multiply == nil && !kind.isProportion && members.contains { $0.charts.first?.spec.multiplier == 100 }
    remarks =
      rows.remarks + ScaleRemarks.of(rows, kind: kind, isChosen: recommendation != nil, areShares: areShares)
  }
}

/// Makes a series of rows.
struct SeriesBuilder {
  let options: ChartOptions
  /// Nil while it is to be chosen.
  let kind: ChartKind?
  let rows: ChartRows

  /// - Throws: `CommandFailure` when rows of one period cannot be brought together without being told how.
  func series(of rows: [ChartRows.Row], group: String) throws -> Series {
    let rows = rows.sorted { ($0.day, $0.fraction, $0.line) < ($1.day, $1.fraction, $1.line) }
    let days = rows.map { row in options.period.map { $0.start(of: row.day) } ?? row.day }
    let areSingle = zip(days, days.dropFirst()).allSatisfy { $0 < $1 }
    let wantsSubgroups = kind?.needsSubgroups ?? (!areSingle && options.agg == nil && !self.rows.hasDenominators)
    do {
      if wantsSubgroups, !self.rows.hasDenominators {
        return try Series(
          subgroups: SeriesBuilder.grouped(rows, by: days).map { day, rows in
            Series.Subgroup(day: day, values: rows.compactMap(\.value))
          })
      }
      // Events may be of one day.
      if kind == .t || kind == .g, options.period == nil, options.agg == nil {
        return try eventSeries(of: rows, group: group)
      }
      if areSingle {
        return try Series(zip(days, rows).map { .init(day: $0, value: $1.value, denominator: $1.denominator) })
      }
      return try Series(
        SeriesBuilder.grouped(rows, by: days).map { day, rows in try together(rows, day: day) })
    } catch let error as SeriesError {
      let place = group.isEmpty ? self.rows.file : "\(self.rows.file), \(group)"
      throw CommandFailure(.data, "\(place): \(error.description)")
    }
  }

  private static func grouped(_ rows: [ChartRows.Row], by days: [Day]) -> [(Day, ArraySlice<ChartRows.Row>)] {
    var groups: [(Day, ArraySlice<ChartRows.Row>)] = []
    var start = 0
    for row in rows.indices where row + 1 == rows.count || days[row + 1] != days[row] {
      groups.append((days[row], rows[start...row]))
      start = row + 1
    }
    return groups
  }

  /// Several rows of one period as one point: sums of numerators and denominators, never a mean of quotients.
  private func together(_ rows: ArraySlice<ChartRows.Row>, day: Day) throws -> Series.Point {
    if rows.count == 1, let row = rows.first {
      return Series.Point(day: day, value: row.value, denominator: row.denominator)
    }
    if self.rows.hasDenominators {
      let complete = rows.filter { $0.value != nil && $0.denominator != nil }
      return Series.Point(
        day: day, value: complete.isEmpty ? nil : complete.reduce(0) { $0 + ($1.value ?? 0) },
        denominator: complete.isEmpty ? nil : complete.reduce(0) { $0 + ($1.denominator ?? 0) })
    }
    let values = rows.compactMap(\.value)
    guard let method = options.agg ?? (kind == .c ? .sum : nil) else {
      let lines = rows.prefix(3).map { String($0.line) }.joined(separator: ", ")
      throw CommandFailure(
        .data,
        "\(self.rows.file): \(rows.count) rows are of \(day) (lines \(lines)\(rows.count > 3 ? ", …" : "")). Say with --agg "
          + "how they become one: sum, mean or median; with --by which group they are of; or choose --kind x-bar-s.")
    }
    guard !values.isEmpty else { return Series.Point(day: day, value: nil) }
    switch method {
    case .sum: return Series.Point(day: day, value: values.reduce(0, +))
    case .mean: return Series.Point(day: day, value: values.reduce(0, +) / Double(values.count))
    case .median:
      let sorted = values.sorted()
      return Series.Point(day: day, value: (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2)
    }
  }
}

/// Makes the specification of a chart of what was asked for.
struct SpecBuilder {
  private let options: ChartOptions
  private let ruleSet: RuleSet
  private let hasDenominators: Bool
  private let phases: [(day: Day, text: String)]
  private let exclusions: [(day: Day, text: String)]
  private let targets: Targets

  init(
    options: ChartOptions, ruleSet: RuleSet, hasDenominators: Bool, isSequence: Bool = false
  ) throws(CommandFailure) {
    self.options = options
    self.ruleSet = ruleSet
    self.hasDenominators = hasDenominators
    var phases: [(day: Day, text: String)] = []
    for text in options.phase { phases.append(try DatedOption.day(text, option: "--phase", isSequence: isSequence)) }
    self.phases = phases.sorted { $0.day < $1.day }
    var exclusions: [(day: Day, text: String)] = []
    for text in options.exclude {
      exclusions.append(try DatedOption.day(text, option: "--exclude", isSequence: isSequence))
    }
    self.exclusions = exclusions
    var steps: [Targets.Step] = []
    for text in options.target { steps.append(try DatedOption.step(text, option: "--target")) }
    var milestones: [Targets.Milestone] = []
    for text in options.trajectory { milestones.append(try DatedOption.milestone(text, option: "--trajectory")) }
    targets = Targets(steps: steps, trajectory: milestones)
  }

  func spec(kind: ChartKind, series: Series) throws(CommandFailure) -> ChartSpec {
    var starts: [PhaseStart] = []
    for phase in phases {
      guard let index = series.firstIndex(onOrAfter: phase.day), index > 0 else { continue }
      if starts.last?.index == index { continue }
      starts.append(PhaseStart(index: index, reason: phase.text))
    }
    var reasons: [Int: String] = [:]
    for exclusion in exclusions {
      for index in series.indices(on: exclusion.day) { reasons[index] = exclusion.text }
    }
    // One scale for shares in every kind, so that a target means the same on a run chart as on a P chart.
    let areShares = kind.isProportion || (!kind.countsRates && ChartChooser.areShares(series))
    return ChartSpec(
      kind: kind, ruleSet: ruleSet, direction: options.direction, targets: targets,
      multiplier: options.multiply ?? (areShares ? 100 : 1),
      unit: options.unit ?? (areShares && (options.multiply ?? 100) == 100 ? "%" : ""),
      baseline: options.freeze.map { .first($0) } ?? .all, phases: starts, exclusions: Exclusions(reasons),
      method: method, knownCentreLine: options.centre?.number)
  }

  private var method: ChartMethod {
    var method = ChartMethod(screensMovingRanges: options.screen, rangeAverage: options.ranges, gaps: options.gaps)
    if options.centre == .mean { method.geometricCentre = .mean }
    if options.centre == .median { method.individualsCentre = .median }
    return method
  }

  /// Refuses days that fit none of the groups, and a baseline that none of them can fill.
  func checkDays(of series: [Series], file: String) throws(CommandFailure) {
    let longest = series.map(\.count).max() ?? 0
    if let freeze = options.freeze, freeze > longest {
      throw CommandFailure(
        .usage,
        "--freeze \(freeze): \(file) has \(longest) \(longest == 1 ? "point" : "points"); 1 to \(longest) are accepted."
      )
    }
    for phase in phases where !series.contains(where: { ($0.firstIndex(onOrAfter: phase.day) ?? 0) > 0 }) {
      throw CommandFailure(
        .usage, "--phase \(phase.day): a phase begins after the first point and not after the last\(span(of: series)).")
    }
    for pair in zip(phases, phases.dropFirst()) {
      let isEmpty = series.allSatisfy { $0.firstIndex(onOrAfter: pair.0.day) == $0.firstIndex(onOrAfter: pair.1.day) }
      if isEmpty {
        throw CommandFailure(
          .usage, "--phase \(pair.0.day): the phase would have no point before the next one begins on \(pair.1.day).")
      }
    }
    for exclusion in exclusions where series.allSatisfy({ $0.indices(on: exclusion.day).isEmpty }) {
      throw CommandFailure(.usage, "--exclude \(exclusion.day): \(file) has no point of this day\(span(of: series)).")
    }
  }

  private func span(of series: [Series]) -> String {
    guard let first = series.compactMap(\.days.first).min(), let last = series.compactMap(\.days.last).max() else {
      return ""
    }
    return " (\(first) to \(last))"
  }
}
