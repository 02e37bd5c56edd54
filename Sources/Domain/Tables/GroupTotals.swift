// SPDX-License-Identifier: Apache-2.0

/// Finds the groups of a table that are the sum of the others.
package enum GroupTotals {
  /// Numbers of one group at one place: a period, or the only one there is.
  package struct Amount: Sendable, Hashable {
    package var value: Double
    package var denominator: Double?

    package init(value: Double, denominator: Double? = nil) {
      self.value = value
      self.denominator = denominator
    }
  }

  /// Why a group is a total.
  package enum Reason: Sendable, Hashable {
    /// It is called so.
    case name
    /// Its numbers are the sums of those of the others.
    case sum

    package var words: String { self == .name ? "is called a total" : "is the sum of the others" }
  }

  /// The groups that are totals, by their names.
  ///
  /// - Parameter groups: The names with their amounts, place by place; each name once.
  package static func find<Place: Hashable>(_ groups: [(name: String, amounts: [Place: Amount])]) -> [String: Reason] {
    var found: [String: Reason] = [:]
    guard groups.count > 1 else { return found }
    for group in groups where TotalWords.isTotal(Array(group.name.utf8)[...]) { found[group.name] = .name }
    if found.count == groups.count { return [:] }
    let others = groups.filter { found[$0.name] == nil }
    guard others.count > 2 else { return found }
    // A nation beside its parts, but not beside other nations.
    let nations = others.filter { TotalWords.isNation(Array($0.name.utf8)[...]) }
    // Only a group that is the largest everywhere can be the sum of the rest.
    var sums: [Place: Amount] = [:]
    for (_, amounts) in others {
      for (place, amount) in amounts {
        let sum = sums[place] ?? Amount(value: 0, denominator: 0)
        sums[place] = Amount(
          value: sum.value + amount.value, denominator: (sum.denominator ?? 0) + (amount.denominator ?? 0))
      }
    }
    for group in others {
      var (equal, near, unequal, hasDenominators, largest) = (0, 0, 0, true, 0.0)
      for (place, amount) in group.amounts {
        guard let sum = sums[place] else { continue }
        let rest = sum.value - amount.value
        largest = max(largest, amount.value)
        if amount.denominator == nil { hasDenominators = false }
        let isEqual =
          amount.value > 0 && close(rest, amount.value)
          && (amount.denominator.map { close((sum.denominator ?? 0) - $0, $0) } ?? true)
        if isEqual {
          equal += 1
        } else if amount.value >= rest * 0.9, amount.value > 0 {
          near += 1
        } else if amount.value > 0 || rest > 0 {
          unequal += 1
        }
      }
      // How likely chance alone makes a sum: both numbers, many periods, or many parts of a large number.
      let isSure = hasDenominators || equal >= 3 || others.count > 5 && largest >= 100
      if unequal == 0, near == 0, equal > 0, isSure {
        found[group.name] = .sum
      } else if nations.count == 1, nations[0].name == group.name, unequal == 0, equal + near > 0 {
        found[group.name] = .name
      }
    }
    return found
  }

  private static func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
}
