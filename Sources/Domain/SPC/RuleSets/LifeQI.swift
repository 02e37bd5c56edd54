// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// The rules of Life QI's SPC charts, for charts that move from there: shift of eight, trend of six, and its "high" and
  /// "low variation".
  ///
  /// Points on the centre line and equal neighbours neither add to nor break a pattern.
  public static let lifeQI = RuleSet(
    id: RuleSetID(name: "life-qi", version: 1),
    title: "Life QI",
    source: "Life QI help centre, Interpreting an SPC chart; the zones after Provost & Murray 2011",
    rules: [
      Rule(.outside), Rule(.shift(points: 8)), Rule(.trend(points: 6)),
      Rule(
        id: "high-variation",
        pattern: .zone(Pattern.Zone(points: 2, of: 3, sigma: 2, countsOutside: true, needsOneSide: false))),
      Rule(id: "low-variation", pattern: .hugging(points: 15, sigma: 1)),
    ],
    treatment: Treatment(centreLine: .passedOver, equalNeighbours: .passedOver))
}
