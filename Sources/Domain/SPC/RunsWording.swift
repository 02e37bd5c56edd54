// SPDX-License-Identifier: Apache-2.0

extension Wording {
  /// How many points are useful, how long the runs are and how often the line is crossed, beside what chance gives.
  var runs: String? {
    guard !chart.spec.kind.isSpread, let runs = chart.phases.last?.runs else { return nil }
    let useful = "\(runs.usefulPoints) useful \(runs.usefulPoints == 1 ? "point" : "points") (not on the \(centreLine))"
    guard runs.usefulPoints >= RunsAnalysis.fewestUseful else {
      return "Only \(useful): too few to judge runs by, as at least \(RunsAnalysis.fewestUseful) are needed."
    }
    return "\(useful). Longest run: \(runs.longestRun) \(runs.longestRun == 1 ? "point" : "points") (up to "
      + "\(runs.longestRunLimit) expected by chance). Crossings: \(runs.crossings) (at least \(runs.crossingsLimit) "
      + "expected)."
  }
}
