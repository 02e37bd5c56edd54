// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

// What the engine advises, as it travels.

extension MeasurementV1.PhaseSuggestion {
  /// - Parameter tellsEvidence: whether it carries the signals that speak for it.
  init(_ suggestion: PhaseSuggestion, of chart: Chart, tellsEvidence: Bool = true) {
    let evidence = tellsEvidence ? suggestion.evidence : []
    let sentences = chart.sentences(of: evidence)
    self.init(
      start: CommonV1.Date(suggestion.day), point: Int32(clamping: suggestion.index),
      phase: Int32(clamping: suggestion.phase),
      evidence: zip(evidence, sentences).map { number, sentence in
        MeasurementV1.Signal(chart.signals[number], number: number, of: chart, sentence: sentence)
      },
      before: suggestion.before, after: suggestion.after, valuesBefore: Int32(clamping: suggestion.valuesBefore),
      valuesAfter: Int32(clamping: suggestion.valuesAfter), meaning: MeasurementV1.SignalMeaning(suggestion.meaning),
      sentence: suggestion.sentence)
  }
}

extension MeasurementV1.RecommendChartResponse {
  init(_ recommendation: ChartRecommendation) {
    self.init(
      kind: MeasurementV1.ChartKind(recommendation.kind), nature: MeasurementV1.DataNature(recommendation.nature),
      reasons: recommendation.reasons,
      alternatives: recommendation.alternatives.map {
        MeasurementV1.ChartAlternative(kind: MeasurementV1.ChartKind($0.kind), reason: $0.reason)
      },
      dispersion: recommendation.dispersion)
  }
}

extension DataNature {
  /// Nil for one that is not said.
  init?(_ nature: MeasurementV1.DataNature) {
    switch nature {
    case .proportion: self = .proportion
    case .rate: self = .rate
    case .count: self = .count
    case .measurement: self = .measurement
    case .subgroups: self = .subgroups
    case .timeBetween: self = .timeBetween
    case .casesBetween: self = .casesBetween
    case .unspecified, .unrecognized: return nil
    }
  }
}

extension MeasurementV1.DataNature {
  init(_ nature: DataNature) {
    switch nature {
    case .proportion: self = .proportion
    case .rate: self = .rate
    case .count: self = .count
    case .measurement: self = .measurement
    case .subgroups: self = .subgroups
    case .timeBetween: self = .timeBetween
    case .casesBetween: self = .casesBetween
    }
  }
}
