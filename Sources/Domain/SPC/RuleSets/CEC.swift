// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// The rules of the Clinical Excellence Commission of New South Wales: shift of seven, trend of five.
  ///
  /// It refers to Making Data Count for the rest, which ends a pattern at a point on the line or at an equal neighbour.
  public static let cec = RuleSet(
    id: RuleSetID(name: "cec", version: 1),
    title: "CEC New South Wales",
    source: "Clinical Excellence Commission, Statistical process control charts",
    rules: [Rule(.outside), Rule(.shift(points: 7)), Rule(.trend(points: 5))])
}
