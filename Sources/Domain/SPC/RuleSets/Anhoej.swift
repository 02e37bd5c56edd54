// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// Anhøj's rules as in qicharts2 0.8.1: three-sigma limits, and a runs analysis that adjusts itself to the number of
  /// points.
  public static let anhoej = RuleSet(
    id: RuleSetID(name: "anhoej", version: 1),
    title: "Anhøj",
    source: "Anhøj & Olesen 2014, PLoS ONE 9:e113825; qicharts2 0.8.1",
    rules: [Rule(.outside), Rule(.longestRun), Rule(.crossings)],
    treatment: Treatment(centreLine: .passedOver))

  /// Anhøj's rules with the best box: longest run and crossings are judged together, which is more exact for 10 to 100
  /// useful points.
  public static let anhoejBestBox = RuleSet(
    id: RuleSetID(name: "anhoej-best-box", version: 1),
    title: "Anhøj, best box",
    source: "Anhøj & Wentzel-Larsen 2020, PLoS ONE 15:e0233920; qicharts2 0.8.1",
    rules: [Rule(.outside), Rule(.box(.best))],
    treatment: Treatment(centreLine: .passedOver))

  /// Anhøj's rules with the cut box: the best box without its least likely corners.
  public static let anhoejCutBox = RuleSet(
    id: RuleSetID(name: "anhoej-cut-box", version: 1),
    title: "Anhøj, cut box",
    source: "Anhøj & Wentzel-Larsen 2020, PLoS ONE 15:e0233920; qicharts2 0.8.1",
    rules: [Rule(.outside), Rule(.box(.cut))],
    treatment: Treatment(centreLine: .passedOver))
}
