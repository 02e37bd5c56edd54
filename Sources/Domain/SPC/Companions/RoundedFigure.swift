// SPDX-License-Identifier: Apache-2.0

import RealModule

/// A computed number for people to read: so many digits that count, at most, and never fewer than those of the whole
/// number.
package func roundedFigure(_ value: Double, digits: Int = 4) -> String {
  guard value.isFinite, value != 0, abs(value) < 1e12, abs(value) > 1e-9 else { return plainFigure(value) }
  let magnitude = Int(Double.log10(abs(value)).rounded(.down))
  let places = min(max(digits - 1 - magnitude, 0), 12)
  let scale = Double.pow(10, Double(places))
  return plainFigure((value * scale).rounded() / scale)
}

/// A probability for people to read: `0.03`, or `below 0.001`.
package func probabilityFigure(_ value: Double) -> String {
  value < 0.001 ? "below 0.001" : roundedFigure(value, digits: 2)
}
