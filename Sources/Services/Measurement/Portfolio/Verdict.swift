// SPDX-License-Identifier: Apache-2.0

import SPC

/// What the list of signals needs to know of a measure's chart: how recent its signals are.
///
/// Without references, so that tens of thousands of them take little memory.
struct Verdict: Sendable, Hashable {
  /// The day of the last member of the latest signal of each meaning; nil where there is none.
  private(set) var improvement: Day?
  private(set) var concern: Day?
  private(set) var neutral: Day?
  /// Whether the observations cannot be on the chart that the measure asks for.
  private(set) var hasNoChart = false

  /// A measure without a chart.
  static let noChart: Verdict = {
    var verdict = Verdict()
    verdict.hasNoChart = true
    return verdict
  }()

  private init() {}

  init(_ chart: Chart) {
    for signal in chart.signals {
      guard let last = signal.members.last else { continue }
      let day = chart.series.days[last]
      switch signal.meaning {
      case .improvement: improvement = max(improvement ?? day, day)
      case .concern: concern = max(concern ?? day, day)
      case .neutral: neutral = max(neutral ?? day, day)
      }
    }
  }

  /// Whether there is a signal of one of these meanings whose last member lies on that day or later.
  func hasSignal(since day: Day, _ meanings: Set<Meaning>) -> Bool {
    meanings.contains { meaning in
      let last =
        switch meaning {
        case .improvement: improvement
        case .concern: concern
        case .neutral: neutral
        }
      return last.map { $0 >= day } ?? false
    }
  }
}
