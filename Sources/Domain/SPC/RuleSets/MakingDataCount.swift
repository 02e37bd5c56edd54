// SPDX-License-Identifier: Apache-2.0

/// NHS England's Making Data Count rules.
///
/// Made for XmR charts. On other charts the rules use the chart's own limits, with the near limits at two sigma. A run
/// chart has no limits, so only the shift and the trend apply, and no icons are defined.
extension RuleSet {
  /// As in NHSRplotthedots 0.2.2: of two points in three, only those between two and three sigma count, and moving ranges
  /// are screened.
  public static let makingDataCount1 = RuleSet(
    id: RuleSetID(name: "making-data-count", version: 1),
    title: "Making Data Count",
    source: "NHS England, Making Data Count; NHSRplotthedots 0.2.2",
    rules: [
      Rule(.outside), Rule(.trend(points: 7)),
      Rule(.zone(Pattern.Zone(points: 2, of: 3, sigma: 2, countsOutside: false, needsOneSide: true))),
      Rule(.shift(points: 7)),
    ],
    screensMovingRanges: true, individualsWidth: 2.66, minimumFreeze: 12,
    icons: Icons(minimumPoints: 1, prefersImprovement: false))

  /// As in NHS England's own tools since the end of 2023: of two points in three, those outside the limits count too;
  /// moving ranges are never screened; icons need 13 points, and improvement is shown where improvement and concern meet.
  public static let makingDataCount2 = RuleSet(
    id: RuleSetID(name: "making-data-count", version: 2),
    title: "Making Data Count (2023)",
    source: "NHS England, Making Data Count, tools of November 2023 and later",
    rules: [
      Rule(.outside), Rule(.trend(points: 7)),
      Rule(.zone(Pattern.Zone(points: 2, of: 3, sigma: 2, countsOutside: true, needsOneSide: true))),
      Rule(.shift(points: 7)),
    ],
    screensMovingRanges: false, individualsWidth: 2.66, minimumFreeze: 12,
    icons: Icons(minimumPoints: 13, prefersImprovement: true))

  /// The latest version.
  public static let makingDataCount = makingDataCount2
}
