// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Contracts
import ProtobufC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Encodes and decodes a measure and its chart, for measurements.
///
/// `peers/swift-protobuf-codec` is the same on SwiftProtobuf.
@main
struct MeasureCodec: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-codec", abstract: "Encodes and decodes a measure and its chart, again and again.",
    discussion: "Prints a line of JSON: the rounds, the CPU time in nanoseconds, and the bytes of a round.")

  @Argument(help: "A file with a waymark.measurement.v1.Measure.")
  var measure: String

  @Argument(help: "A file with a waymark.measurement.v1.Chart.")
  var chart: String

  @Argument(help: "How often.")
  var rounds: Int

  func run() throws {
    var measure = try MeasurementV1.Measure(serialized: read(measure))
    var chart = try MeasurementV1.Chart(serialized: read(chart))
    let (firstMeasure, firstChart) = (measure, chart)
    var bytes = 0
    let begin = cpuTime()
    for _ in 0..<rounds {
      let (one, other) = try (measure.serialized(), chart.serialized())
      bytes += one.count + other.count
      measure = try MeasurementV1.Measure(serialized: one)
      chart = try MeasurementV1.Chart(serialized: other)
    }
    let spent = cpuTime() - begin
    guard measure == firstMeasure, chart == firstChart else { throw ValidationError("decoding changed a message") }
    print("{\"rounds\": \(rounds), \"cpu_ns\": \(spent), \"bytes\": \(bytes / rounds)}")
  }

  private func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw ValidationError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  private func cpuTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
