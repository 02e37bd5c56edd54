// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

#if canImport(Darwin)
  import Darwin
#endif

/// Where the executables of the services are: beside the one that runs.
enum ExecutableLocation {
  /// The directory of the running executable, links resolved.
  static func directoryOfThisExecutable() -> String {
    #if canImport(Darwin)
      var size = UInt32(PATH_MAX)
      var buffer = [CChar](repeating: 0, count: Int(size))
      let found = _NSGetExecutablePath(&buffer, &size) == 0
      let path = found ? String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "."
    #else
      let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
    #endif
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }
}
