// SPDX-License-Identifier: Apache-2.0

/// The name that somebody probably meant by one that is not there.
public enum NearestName {
  /// The one of `names` that is nearest to `text`; nil when none is near enough to be worth asking about.
  ///
  /// Case does not count, and blanks, hyphens and underscores are the same. Of names that are as near, the first.
  public static func of(_ text: String, among names: some Sequence<String>) -> String? {
    let wanted = key(text)
    let allowed = wanted.count <= 2 ? 1 : wanted.count <= 5 ? 2 : 3
    var nearest: (name: String, distance: Int)?
    for name in names {
      let distance = distance(wanted, key(name))
      // What has no letter in common with the name is not a slip of the fingers.
      guard distance <= allowed, distance < wanted.count, distance < name.unicodeScalars.count else { continue }
      if distance < nearest?.distance ?? .max { nearest = (name, distance) }
    }
    if let nearest { return nearest.name }
    // The beginning of one name alone.
    let longer = names.filter { wanted.count >= 2 && key($0).starts(with: wanted) }
    return longer.count == 1 ? longer[0] : nil
  }

  private static func key(_ text: String) -> [Unicode.Scalar] {
    Array(text.lowercased().unicodeScalars.prefix(100)).map { $0 == " " || $0 == "_" ? "-" : $0 }
  }

  /// How many letters were changed, left out, added, or swapped with their neighbour (optimal string alignment).
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var (before, last) = ([Int](), Array(0...b.count))
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      for (j, y) in b.enumerated() {
        var least = min(last[j] + (x == y ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { least = min(least, before[j - 1] + 1) }
        row.append(least)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
