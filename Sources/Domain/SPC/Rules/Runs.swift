// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// What the runs of the phase betray.
  mutating func findRuns(_ pattern: Pattern, _ runs: RunsAnalysis) {
    switch pattern {
    case .longestRun:
      if runs.isRunTooLong { findLongRuns(longerThan: runs.longestRunLimit) }
    case .crossings:
      if runs.areCrossingsTooFew { found(usefulRows, .neither) }
    case .box(let box):
      if runs.isSignal(box) { found(usefulRows, .neither) }
    case .runCount:
      if let likely = runs.likelyRunCount, !likely.contains(runs.runCount) { found(usefulRows, .neither) }
    default: break
    }
  }

  /// Every run that is longer than the limit; points on the line are passed over.
  private mutating func findLongRuns(longerThan limit: Int) {
    for stretch in stretches(atLeast: limit + 1, zero: .passedOver, sign: { zone($0).side }) {
      found(members(of: stretch) { zone($0).side }, stretch.sign > 0 ? .high : .low)
    }
  }

  /// The rows that count for runs: those not on the centre line.
  private var usefulRows: [Int] { candidates.filter { zone($0).side != 0 }.map(row) }
}
