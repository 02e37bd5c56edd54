// SPDX-License-Identifier: Apache-2.0

extension RuleSet {
  /// The run chart rules that the Institute for Healthcare Improvement teaches: shift of six, trend of five, too few or too
  /// many runs by a published table.
  ///
  /// The fourth, an "astronomical point", is left to the eye, as its authors do.
  ///
  /// Points on the median and equal neighbours are passed over.
  public static let ihi = RuleSet(
    id: RuleSetID(name: "ihi", version: 1),
    title: "IHI run chart",
    source: "Perla, Provost & Murray 2011, BMJ Qual Saf 20:46–51; table after Swed & Eisenhart 1943",
    rules: [Rule(.shift(points: 6)), Rule(.trend(points: 5)), Rule(.runCount)],
    treatment: Treatment(centreLine: .passedOver, equalNeighbours: .passedOver))
}
