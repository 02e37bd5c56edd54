// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Encodes and decodes a measure and its chart, as `measure-codec` does.
///
///     swift-protobuf-codec MEASURE CHART ROUNDS     prints the rounds, nanoseconds of CPU and bytes of a round, as JSON
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rounds = Int(arguments[3]), rounds > 0 else {
      print("usage: swift-protobuf-codec MEASURE CHART ROUNDS")
      exit(2)
    }
    var measure = try Waymark_Measurement_V1_Measure(serializedBytes: read(arguments[1]))
    var chart = try Waymark_Measurement_V1_Chart(serializedBytes: read(arguments[2]))
    let (firstMeasure, firstChart) = (measure, chart)
    var bytes = 0
    let begin = cpuTime()
    for _ in 0..<rounds {
      let one: [UInt8] = try measure.serializedBytes()
      let other: [UInt8] = try chart.serializedBytes()
      bytes += one.count + other.count
      measure = try Waymark_Measurement_V1_Measure(serializedBytes: one)
      chart = try Waymark_Measurement_V1_Chart(serializedBytes: other)
    }
    let spent = cpuTime() - begin
    guard measure == firstMeasure, chart == firstChart else {
      print("decoding changed a message")
      exit(1)
    }
    print("{\"rounds\": \(rounds), \"cpu_ns\": \(spent), \"bytes\": \(bytes / rounds)}")
  }

  private static func read(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      print("cannot read \(path)")
      exit(1)
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  private static func cpuTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
