// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// The four tests of the Western Electric handbook.
  ///
  /// Points beyond three sigma count as beyond two and beyond one; only the points that count must lie on one side.
  public static let westernElectric = RuleSet(
    id: RuleSetID(name: "western-electric", version: 1),
    title: "Western Electric",
    source: "Western Electric Company, Statistical Quality Control Handbook, 1956",
    rules: [
      Rule(.outside),
      Rule(.zone(Pattern.Zone(points: 2, of: 3, sigma: 2, countsOutside: true, needsOneSide: false))),
      Rule(.zone(Pattern.Zone(points: 4, of: 5, sigma: 1, countsOutside: true, needsOneSide: false))),
      Rule(.shift(points: 8)),
    ])
}
