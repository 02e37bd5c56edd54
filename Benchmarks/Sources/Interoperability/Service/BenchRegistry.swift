// SPDX-License-Identifier: Apache-2.0

import Contracts

/// The contracts of the benchmarks and of the interoperability tests, as data.
enum BenchRegistry {
  /// Every file.
  static var files: [ContractFile] { allFiles }
}
