// SPDX-License-Identifier: Apache-2.0

/// Where new levels begin within phases, and last to their ends.
///
/// Found out once, in time that grows linearly with points and signals, and at no cost where no signal tells of one.
struct LevelStarts {
  struct Start {
    /// Index of the signal that tells of it.
    let number: Int
    /// Its first row.
    let index: Int
    let side: Side
    /// How many values of the phase lie before it, and from there on.
    let before: Int
    let after: Int
  }

  /// By phase, each in order of time.
  private var starts: [Int: [Start]] = [:]

  init(_ chart: Chart) {
    var candidates: [Int: [Int]] = [:]
    for (number, signal) in chart.signals.enumerated() where signal.isSustainable && signal.side != .neither {
      candidates[signal.phase, default: []].append(number)
    }
    for (phase, numbers) in candidates {
      starts[phase] = LevelStarts.starts(numbers, of: chart, in: chart.phases[phase])
    }
  }

  /// The first of each phase, which explains most.
  var earliest: [Start] { starts.sorted { $0.key < $1.key }.compactMap(\.value.first) }

  /// Where the level begins that has taken the place of the one that a signal tells of; nil when there is none.
  ///
  /// With one centre line for two levels, each of them is a special cause to the other.
  func after(_ signal: Signal) -> Int? {
    guard signal.side != .neither, let last = signal.members.last, let starts = self.starts[signal.phase] else {
      return nil
    }
    return starts.first { $0.index > last && $0.side != signal.side }?.index
  }

  /// Goes through the values once, from the last to the first.
  private static func starts(_ numbers: [Int], of chart: Chart, in phase: Phase) -> [Start] {
    guard let centre = phase.centreLine else { return [] }
    let ordered = numbers.sorted { chart.signals[$0].members[0] > chart.signals[$1].members[0] }
    func value(_ row: Int) -> Double? { chart.spec.exclusions.contains(row) ? nil : chart.value(at: row) }
    var (all, sum) = (0, 0.0)
    for row in phase.points {
      guard let value = value(row) else { continue }
      all += 1
      sum += value
    }
    var found: [Start] = []
    var (after, above, below, sumAfter) = (0, 0, 0, 0.0)
    var next = ordered.startIndex
    for row in phase.points.reversed() where next < ordered.endIndex {
      if let value = value(row) {
        after += 1
        sumAfter += value
        if value > centre { above += 1 } else if value < centre { below += 1 }
      }
      while next < ordered.endIndex, chart.signals[ordered[next]].members[0] == row {
        let side = chart.signals[ordered[next]].side
        let before = all - after
        let against = side == .high ? below : above
        if before >= PhaseSuggestion.fewestValues, after >= PhaseSuggestion.fewestValues, against * 8 <= after {
          let (old, new) = ((sum - sumAfter) / Double(before), sumAfter / Double(after))
          if side == .high ? new > old : new < old {
            found.append(Start(number: ordered[next], index: row, side: side, before: before, after: after))
          }
        }
        next += 1
      }
    }
    return found.reversed()
  }
}

extension Signal {
  /// Whether it tells of a stretch on one side, which a new level would bring about.
  fileprivate var isSustainable: Bool {
    switch rule.pattern {
    case .shift, .longestRun: true
    default: false
    }
  }
}
