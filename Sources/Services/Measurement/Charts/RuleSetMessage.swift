// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

// Rule sets as they travel.

extension MeasurementV1.RuleSet {
  init(_ ruleSet: RuleSet) {
    let isLatest = !RuleSet.available.contains { $0.id.name == ruleSet.id.name && $0.id.version > ruleSet.id.version }
    self.init(
      id: ruleSet.id.description, name: ruleSet.id.name, version: Int32(clamping: ruleSet.id.version),
      latest: isLatest, title: ruleSet.title, source: ruleSet.source,
      rules: ruleSet.rules.map { MeasurementV1.Rule($0) },
      treatment: MeasurementV1.Treatment(
        centreLine: MeasurementV1.Handling(ruleSet.treatment.centreLine),
        equalNeighbours: MeasurementV1.Handling(ruleSet.treatment.equalNeighbours),
        gaps: MeasurementV1.Handling(ruleSet.treatment.gaps),
        excludedCanBeOutside: ruleSet.treatment.excluded == .canBeOutside),
      screensMovingRanges: ruleSet.screensMovingRanges, individualsWidth: ruleSet.individualsWidth,
      minimumFreeze: Int32(clamping: ruleSet.minimumFreeze),
      iconsMinimumPoints: Int32(clamping: ruleSet.icons?.minimumPoints ?? 0))
  }
}

extension MeasurementV1.Handling {
  fileprivate init(_ handling: Treatment.Handling) {
    switch handling {
    case .breaks: self = .breaks
    case .passedOver: self = .passedOver
    }
  }
}

extension MeasurementV1.Rule {
  fileprivate init(_ rule: Rule) {
    self.init(id: rule.id)
    func say(_ pattern: MeasurementV1.RulePattern, points: Int = 0, of: Int = 0, sigma: Int = 0, _ words: String) {
      self.pattern = pattern
      self.points = Int32(clamping: points)
      self.of = Int32(clamping: of)
      self.sigma = Int32(clamping: sigma)
      description = words
    }
    switch rule.pattern {
    case .outside: say(.outside, "A point outside the three-sigma limits.")
    case .shift(let points): say(.shift, points: points, "\(points) points in a row on one side of the centre line.")
    case .trend(let points): say(.trend, points: points, "\(points) points in a row that rise, or fall, all the way.")
    case .zone(let zone):
      say(
        .zone, points: zone.points, of: zone.of, sigma: zone.sigma,
        "\(zone.points) of \(zone.of) points in a row more than \(zone.sigma) sigma from the centre line, on one side.")
    case .hugging(let points, let sigma):
      say(
        .hugging, points: points, sigma: sigma,
        "\(points) points in a row within \(sigma) sigma of the centre line, on either side.")
    case .avoiding(let points, let sigma):
      say(
        .avoiding, points: points, sigma: sigma,
        "\(points) points in a row beyond \(sigma) sigma of the centre line, on either side.")
    case .alternating(let points):
      say(.alternating, points: points, "\(points) points in a row that go up and down in turn.")
    case .longestRun:
      say(.longestRun, "A run on one side of the centre line longer than chance makes likely for so many points.")
    case .crossings: say(.crossings, "Fewer crossings of the centre line than chance makes likely for so many points.")
    case .box: say(.box, "A longest run and a number of crossings that chance rarely gives together.")
    case .runCount: say(.runCount, "Fewer or more runs about the centre line than a published table has.")
    }
  }
}
