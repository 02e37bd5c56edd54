// SPDX-License-Identifier: Apache-2.0

import RealModule

/// What the standard deviation of a small sample of a normal distribution says about that of the whole.
package struct SubgroupConstants {
  private var lastSize = Double.nan
  private var lastC4 = Double.nan

  /// c₄(n) = √(2/(n − 1))·Γ(n/2)/Γ((n − 1)/2): the mean of such a standard deviation, in sigma; NaN for n < 2.
  ///
  /// Kept for the size asked last, since neighbours mostly have the same.
  mutating func c4(_ size: Double) -> Double {
    if size == lastSize { return lastC4 }
    lastSize = size
    lastC4 = SubgroupConstants.c4(size)
    return lastC4
  }

  package static func c4(_ size: Double) -> Double {
    guard size >= 2 else { return .nan }
    return (2 / (size - 1)).squareRoot() * Double.exp(Double.logGamma(size / 2) - Double.logGamma((size - 1) / 2))
  }
}
