// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// Nelson's eight tests.
  public static let nelson = RuleSet(
    id: RuleSetID(name: "nelson", version: 1),
    title: "Nelson",
    source: "L. S. Nelson 1984, J Qual Technol 16:237–239",
    rules: [
      Rule(.outside), Rule(.shift(points: 9)), Rule(.trend(points: 6)), Rule(.alternating(points: 14)),
      Rule(.zone(Pattern.Zone(points: 2, of: 3, sigma: 2, countsOutside: true, needsOneSide: false))),
      Rule(.zone(Pattern.Zone(points: 4, of: 5, sigma: 1, countsOutside: true, needsOneSide: false))),
      Rule(.hugging(points: 15, sigma: 1)), Rule(.avoiding(points: 8, sigma: 1)),
    ])
}
