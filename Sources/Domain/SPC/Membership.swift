// SPDX-License-Identifier: Apache-2.0

/// Which signals every point is a member of, and which of them marks it.
struct Membership: Sendable {
  /// Where the signals of each point begin in `numbers`; one more than points, or empty without signals.
  private var offsets: [Int32] = []
  /// Indices into the signals, point by point, ascending.
  private var numbers: [Int32] = []
  /// Index of the signal that marks each point, or -1; empty without signals.
  private var marks: [Int32] = []

  init(of signals: [Signal], points: Int, ruleSet: RuleSet) {
    guard !signals.isEmpty else { return }
    offsets = [Int32](repeating: 0, count: points + 1)
    for signal in signals {
      for row in signal.members { offsets[row + 1] += 1 }
    }
    for row in 0..<points { offsets[row + 1] += offsets[row] }
    numbers = [Int32](repeating: 0, count: Int(offsets[points]))
    marks = [Int32](repeating: -1, count: points)
    var next = offsets
    let precedence = Dictionary(uniqueKeysWithValues: zip(ruleSet.rules.lazy.map(\.id), 0...))
    let prefersImprovement = ruleSet.icons?.prefersImprovement ?? false
    /// What decides between two signals of one point: the lower comes first.
    func rank(_ signal: Signal) -> Int {
      let rule = precedence[signal.rule.id] ?? ruleSet.rules.count
      return prefersImprovement && signal.meaning == .improvement ? rule - ruleSet.rules.count - 1 : rule
    }
    let ranks = signals.map(rank)
    for (number, signal) in signals.enumerated() {
      let marks = signal.rule.marksPoints
      for row in signal.members {
        numbers[Int(next[row])] = Int32(truncatingIfNeeded: number)
        next[row] += 1
        guard marks else { continue }
        let earlier = Int(self.marks[row])
        // Of two signals by the same rule the later has the point: a peak that ends a rise begins a fall.
        if earlier < 0 || ranks[earlier] >= ranks[number] { self.marks[row] = Int32(truncatingIfNeeded: number) }
      }
    }
  }

  func signals(of row: Int) -> [Int] {
    guard !offsets.isEmpty else { return [] }
    return numbers[Int(offsets[row])..<Int(offsets[row + 1])].map(Int.init)
  }

  func mark(of row: Int) -> Int? {
    guard !marks.isEmpty, marks[row] >= 0 else { return nil }
    return Int(marks[row])
  }
}
