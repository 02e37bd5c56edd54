// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Tables

/// A chart beside run and control charts.
enum CompanionKind: String, CaseIterable {
  case funnel, pareto, histogram, scatter, cusum, ewma

  /// Whether it needs a column with days.
  var isOverTime: Bool { self == .cusum || self == .ewma }
}

/// What the values of a funnel are, as far as the data can tell.
enum FunnelData {
  /// Whether units are cases with the event, of whole cases.
  ///
  /// - Throws: `CommandFailure` for units that cannot be that, unless it was said that they are rates: one with a slip in it
  ///   must not change how all the others are judged.
  static func areProportions(_ units: [Funnel.Unit], asked: FunnelMeasure?) throws(CommandFailure) -> Bool {
    if let asked { return asked == .proportions }
    func refused(_ unit: Funnel.Unit, _ reason: String) -> CommandFailure {
      CommandFailure(
        .data,
        "“\(unit.name)” has \(plainFigure(unit.numerator)) of \(plainFigure(unit.denominator)): \(reason). Where --n is an "
          + "exposure, such as bed days or events expected, say --funnel rates; otherwise mend the row.")
    }
    for unit in units where unit.numerator > unit.denominator {
      throw refused(unit, "more events than cases, which no proportion has")
    }
    for unit in units where unit.denominator.rounded() != unit.denominator {
      throw refused(unit, "a part of a case, which no proportion has")
    }
    return true
  }
}

/// Such a chart of a file: as a picture, as data, or in words.
struct CompanionRequest {
  private enum Made {
    case funnel(Funnel)
    case pareto(Pareto)
    case histogram(Histogram)
    case scatter(Scatter)
    case cusum(CUSUM)
    case ewma(EWMA)
  }

  private let made: Made
  let title: String
  /// How the file was read.
  let remarks: [Remark]

  /// - Throws: `CommandFailure` for options and data that do not make such a chart.
  init(_ kind: CompanionKind, _ options: ChartOptions) throws {
    let file = try DataFile(path: options.file, wanted: options.wantedNames(for: kind))
    do {
      if kind.isOverTime {
        let rows = try ChartRows(file, options: options)
        guard rows.groups.count == 1 else {
          throw CommandFailure(.usage, "--kind \(kind) makes one chart; leave --by out.")
        }
        title = options.title ?? rows.valueName
        remarks = rows.remarks
        let builder = SeriesBuilder(options: options, kind: .i, rows: rows)
        let series = try builder.series(of: rows.groups[0].rows, group: "")
        let targets = try options.target.map { text in try DatedOption.step(text, option: "--target") }
        let reference = ProcessReference.Options(
          baseline: options.freeze, mean: options.centre?.number ?? targets.last?.value,
          screensMovingRanges: options.screen ?? false, gaps: options.gaps)
        let multiplier = options.multiply ?? (rows.hasDenominators ? 100 : 1)
        let unit = options.unit ?? (rows.hasDenominators && options.multiply == nil ? "%" : "")
        made =
          kind == .cusum
          ? .cusum(
            try CUSUM(
              series,
              options: .init(reference: reference, direction: options.direction, multiplier: multiplier, unit: unit)))
          : .ewma(
            try EWMA(
              series,
              options: .init(reference: reference, direction: options.direction, multiplier: multiplier, unit: unit)))
        return
      }
      let table = try CompanionTable(file, options, kind)
      title = options.title ?? table.valueName
      remarks = table.remarks
      let unit = options.unit ?? ""
      switch kind {
      case .funnel:
        let units = table.sums()
        let isShare = try FunnelData.areProportions(units, asked: options.funnel)
        let multiplier = options.multiply ?? (isShare ? 100 : 1)
        let benchmark = try options.target.last.map { text in try DatedOption.step(text, option: "--target").value }
        made = .funnel(
          try Funnel(
            units,
            options: .init(
              measure: isShare ? .proportion : .rate, benchmark: options.centre?.number ?? benchmark,
              direction: options.direction, dispersion: options.widened ? .multiplicative : .none,
              multiplier: multiplier,
              unit: options.unit ?? (isShare && options.multiply == nil ? "%" : ""))))
      case .pareto:
        made = .pareto(try Pareto(table.amounts(), options: .init(keeps: options.keep, unit: unit)))
      case .histogram: made = .histogram(try Histogram(table.rows.map(\.value), options: .init(unit: unit)))
      case .scatter:
        made = .scatter(
          try Scatter(
            table.rows.map { .init(x: $0.other, y: $0.value, label: $0.name) },
            options: .init(xName: table.otherName, yName: table.valueName, yUnit: unit, showsLine: true)))
      case .cusum, .ewma: preconditionFailure("made above")
      }
    } catch let error as CompanionError {
      throw CommandFailure(.data, "\(file.name): \(error.description)")
    }
  }

  /// What it says, and what to keep in mind.
  var words: [String] {
    switch made {
    case .funnel(let funnel):
      [funnel.summary] + funnel.units.filter { $0.place == .outside998 }.map(\.sentence) + funnel.cautions
    case .pareto(let pareto): [pareto.summary]
    case .histogram(let histogram): [histogram.summary]
    case .scatter(let scatter): [scatter.summary]
    case .cusum(let cusum): [cusum.summary] + cusum.signals.map(\.sentence) + cusum.cautions
    case .ewma(let ewma): [ewma.summary] + ewma.signals.map(\.sentence) + ewma.cautions
    }
  }

  func svg(width: Int?, height: Int?, appearance: ChartDrawing.Appearance) -> String {
    let drawing = CompanionDrawing(title: title, width: width ?? 720, height: height ?? 400, appearance: appearance)
    return switch made {
    case .funnel(let funnel): drawing.svg(of: funnel)
    case .pareto(let pareto): drawing.svg(of: pareto)
    case .histogram(let histogram): drawing.svg(of: histogram)
    case .scatter(let scatter): drawing.svg(of: scatter)
    case .cusum(let cusum): drawing.svg(of: cusum)
    case .ewma(let ewma): drawing.svg(of: ewma)
    }
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let value: any Encodable =
      switch made {
      case .funnel(let funnel): funnel
      case .pareto(let pareto): pareto
      case .histogram(let histogram): histogram
      case .scatter(let scatter): scatter
      case .cusum(let cusum): cusum
      case .ewma(let ewma): ewma
      }
    return try encoder.encode(value) + Data("\n".utf8)
  }
}
