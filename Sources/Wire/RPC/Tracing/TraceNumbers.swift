// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Numbers that spans and traces are known by: different in every process and every time, without asking the system for
/// each.
///
/// SplitMix64 from a start that the system gives: a counter behind a mixing that maps no two numbers to the same one. Made
/// to be told apart, not to be kept secret.
///
/// - SeeAlso: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
enum TraceNumbers {
  private static let counter = Atomic(UInt64.random(in: 0...UInt64.max))

  /// The next number; never 0, which means none.
  static func next() -> UInt64 {
    var word = counter.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    word ^= word >> 31
    return word == 0 ? 1 : word
  }
}
