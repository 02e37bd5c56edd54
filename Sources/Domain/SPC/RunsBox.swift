// SPDX-License-Identifier: Apache-2.0

/// A box of likely pairs of longest run and crossings, tabulated for 10 to 100 useful points.
///
/// J. Anhøj, T. Wentzel-Larsen, PLoS ONE 2020;15:e0233920, tables as in qicharts2 0.8.1. Outside of the table Anhøj's own
/// two limits take its place.
public enum RunsBox: String, Sendable, Hashable, CaseIterable, Codable {
  /// All pairs with crossings ≥ C and longest run ≤ L.
  case best
  /// The same without the two corners that are least likely.
  case cut

  /// The sizes for which there is a table.
  public static let sizes = 10...100

  /// Whether the pair lies in the box; nil when there is no table for so many useful points.
  func contains(crossings: Int, longestRun: Int, usefulPoints: Int) -> Bool? {
    guard RunsBox.sizes.contains(usefulPoints) else { return nil }
    let row = usefulPoints - RunsBox.sizes.lowerBound
    let fewest = RunsBox.fewestCrossings[row]
    let longest = RunsBox.longestRun[row]
    let cutCrossings = RunsBox.cutCrossings[row]
    if self == .best || cutCrossings < 0 { return crossings >= fewest && longestRun <= longest }
    return (crossings > fewest && longestRun < longest)
      || (crossings == fewest && longestRun <= RunsBox.cutRun[row])
      || (crossings >= cutCrossings && longestRun <= longest)
  }

  /// C, the fewest crossings of the best box.
  private static let fewestCrossings = [
    2, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 6, 6, 6, 6, 9, 9, 9, 10, 11, 11, 11, 11, 11, 12, 13, 14, 13, 15, 15, 15, 14,
    14, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21, 21, 21, 21, 23, 23, 23, 23, 23, 25, 25, 26, 26, 27, 27, 27, 28, 29,
    29, 29, 30, 30, 31, 31, 31, 32, 33, 33, 33, 34, 33, 35, 35, 35, 35, 37, 37, 38, 37, 39, 39, 39, 39, 39, 41, 41,
    42, 41,
  ]
  /// L, its longest run.
  private static let longestRun = [
    6, 7, 6, 6, 6, 7, 8, 7, 7, 7, 7, 8, 7, 7, 7, 7, 9, 8, 8, 8, 10, 9, 8, 8, 8, 8, 9, 10, 8, 11, 9, 9, 8, 8, 10, 9,
    9, 9, 12, 10, 9, 9, 9, 11, 10, 9, 9, 12, 10, 10, 9, 9, 11, 10, 11, 10, 12, 10, 10, 11, 14, 11, 10, 11, 10, 12,
    11, 10, 11, 13, 11, 10, 11, 10, 11, 11, 10, 10, 12, 11, 12, 10, 13, 11, 11, 10, 10, 12, 11, 12, 10,
  ]
  /// C′, with how many crossings a run of L is still likely; -1 where nothing is cut.
  private static let cutCrossings = [
    3, 4, -1, -1, -1, 6, 6, -1, 6, 6, -1, -1, 7, 7, 7, -1, 10, 10, 11, -1, 12, 14, -1, 12, 13, -1, 15, -1, -1, -1,
    -1, 17, -1, -1, -1, -1, 19, 20, 20, 21, -1, 21, 21, 23, 23, -1, 23, 25, 24, 26, -1, 24, 27, 27, 27, 27, 29, -1,
    29, 29, 30, 31, 30, 31, -1, 32, 34, 33, 33, 37, 35, -1, 36, 36, -1, 38, 36, 38, 38, 39, -1, 39, 41, 40, 42, -1,
    41, 42, 44, 43, 42,
  ]
  /// L′, how long a run with C crossings is still likely; -1 where nothing is cut.
  private static let cutRun = [
    5, 6, -1, -1, -1, 6, 7, -1, 6, 5, -1, -1, 6, 6, 6, -1, 7, 7, 7, -1, 9, 8, -1, 7, 7, -1, 8, -1, -1, -1, -1, 8, -1,
    -1, -1, -1, 8, 7, 11, 9, -1, 8, 7, 9, 8, -1, 8, 11, 9, 8, -1, 8, 9, 9, 10, 9, 10, -1, 8, 8, 13, 9, 9, 10, -1, 9,
    8, 9, 8, 11, 9, -1, 10, 7, -1, 8, 9, 8, 10, 9, -1, 9, 12, 10, 8, -1, 8, 9, 9, 10, 9,
  ]
}
