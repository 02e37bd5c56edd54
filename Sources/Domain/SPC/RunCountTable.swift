// SPDX-License-Identifier: Apache-2.0

/// How many runs about the median chance makes likely, by the table that run chart courses hand out.
///
/// R. J. Perla, L. P. Provost, S. K. Murray, BMJ Qual Saf 2011;20:46–51, table 1, after F. S. Swed, C. Eisenhart 1943. It
/// differs from the exact distribution by one run here and there and is kept as it is taught. The entries were checked
/// against the exact distribution (within one run), not against the printed page.
enum RunCountTable {
  /// The numbers of useful points for which there is a row.
  static let sizes = 10...60

  /// The fewest and the most runs that are likely; nil when the table has no row for so many useful points.
  static func likely(usefulPoints: Int) -> ClosedRange<Int>? {
    guard sizes.contains(usefulPoints) else { return nil }
    let row = usefulPoints - sizes.lowerBound
    return fewest[row]...most[row]
  }

  private static let fewest = [
    3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 9, 10, 10, 10, 11, 11, 11, 12, 12, 12, 13, 13, 14, 14, 15, 15,
    16, 16, 17, 17, 17, 18, 18, 19, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 24,
  ]
  private static let most = [
    9, 10, 11, 11, 12, 12, 13, 13, 14, 15, 16, 16, 17, 17, 18, 18, 19, 19, 20, 20, 21, 22, 23, 23, 24, 24, 25, 25,
    26, 26, 27, 27, 28, 28, 29, 30, 31, 31, 32, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37, 38, 38,
  ]
}
