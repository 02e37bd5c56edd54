// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC

extension MeasurementV1.MeasureSignals {
  /// The most signals of one measure that are listed.
  private static let mostSignals = 20

  /// A measure with the signals that a search is after.
  init(_ inputs: ChartInputs, _ search: PortfolioStore.Search) {
    let definition = inputs.measure.definition
    self.init(
      measureID: inputs.measure.id, name: definition.name, projectID: inputs.measure.projectID,
      kind: MeasurementV1.ChartKind(definition.chartKind), ruleSet: definition.ruleSet, unit: definition.unit)
    do {
      take(try inputs.chart(), search)
    } catch let error as RPCError {
      problem = error.message
    } catch {
      problem = "The chart could not be computed."
    }
  }

  private mutating func take(_ chart: Chart, _ search: PortfolioStore.Search) {
    if let latest = chart.points.indices.last(where: { chart.value(at: $0) != nil }) {
      latestPeriod = CommonV1.Date(chart.series.days[latest])
      latestValue = chart.value(at: latest)
    }
    variation = chart.variation.map { MeasurementV1.Variation($0) } ?? .unspecified
    assurance = chart.assurance.map { MeasurementV1.Assurance($0) } ?? .unspecified
    targetAssessment = chart.targetAssessment.map { MeasurementV1.TargetAssessment($0) }
    let new = chart.signals.indices.filter { number in
      let signal = chart.signals[number]
      guard let last = signal.members.last else { return false }
      return chart.series.days[last] >= search.since && search.meanings.contains(signal.meaning)
    }.sorted { (chart.signals[$1].members.last ?? 0, $0) < (chart.signals[$0].members.last ?? 0, $1) }
    signalCount = Int32(clamping: new.count)
    let listed = new.prefix(Self.mostSignals)
    signals = zip(listed, chart.sentences(of: listed)).map { number, sentence in
      MeasurementV1.Signal(chart.signals[number], number: number, of: chart, sentence: sentence)
    }
  }
}
