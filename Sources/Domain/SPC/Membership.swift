// SPDX-License-Identifier: Apache-2.0

/// Which signals every point is a member of, where there are so many signals that asking each of them would take long.
struct Membership: Sendable {
  /// With no more signals than this, they are asked one by one.
  private static let few = 12

  /// Where the signals of each point begin in `numbers`; one more than points, or empty without signals.
  private var offsets: [Int32] = []
  /// Indices into the signals, point by point, ascending.
  private var numbers: [Int32] = []

  init(of signals: [Signal], points: Int) {
    guard signals.count > Membership.few else { return }
    var offsets = [Int32](repeating: 0, count: points + 1)
    for signal in signals {
      for row in signal.members { offsets[row] += 1 }
    }
    // Where each point's end; filling from the last signal to the first leaves where they begin.
    var end: Int32 = 0
    for row in offsets.indices {
      end += offsets[row]
      offsets[row] = end
    }
    numbers = [Int32](repeating: 0, count: Int(end))
    for (number, signal) in signals.enumerated().reversed() {
      for row in signal.members {
        offsets[row] -= 1
        numbers[Int(offsets[row])] = Int32(truncatingIfNeeded: number)
      }
    }
    self.offsets = offsets
  }

  /// Indices of the signals, ascending.
  ///
  /// - Parameter all: the signals that it was made of.
  func signals(of row: Int, among all: [Signal]) -> [Int] {
    guard offsets.isEmpty else { return numbers[Int(offsets[row])..<Int(offsets[row + 1])].map(Int.init) }
    return all.indices.filter { all[$0].hasMember(row) }
  }
}

extension Signal {
  /// Whether a point is a member; by halves, since members ascend.
  fileprivate func hasMember(_ row: Int) -> Bool {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low] == row
  }
}

extension Chart {
  /// Index of the signal that marks the point: of the rule with precedence; nil when no rule flags this very point.
  func markingSignal(at index: Int) -> Int? {
    var best: (number: Int, rank: Int)?
    for number in signals(at: index) where signals[number].rule.marksPoints {
      let rank = rank(of: signals[number])
      // Of two signals by the same rule the later has the point: a peak that ends a rise begins a fall.
      if let best, best.rank < rank { continue }
      best = (number, rank)
    }
    return best?.number
  }

  /// What decides between two signals of one point: the lower comes first.
  private func rank(of signal: Signal) -> Int {
    let rules = spec.ruleSet.rules
    let rank = rules.firstIndex { $0.id == signal.rule.id } ?? rules.count
    let prefersImprovement = spec.ruleSet.icons?.prefersImprovement ?? false
    return prefersImprovement && signal.meaning == .improvement ? rank - rules.count : rank
  }
}
