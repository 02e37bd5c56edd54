// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Charting
import SPC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Computes and draws charts, for measurements.
@main
struct MeasureCharts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-charts", abstract: "Computes or draws a chart, again and again.",
    discussion:
      "Prints a line of JSON: the rounds, the points of a chart, and the least CPU time of a round in nanoseconds.")

  enum What: String, CaseIterable, ExpressibleByArgument {
    /// A P chart with Making Data Count rules and a shift in its last quarter.
    case p
    /// The same without the shift.
    case calm
    /// The same, drawn.
    case svg
    /// An I chart with Making Data Count rules.
    case i
  }

  @Argument(help: "What to make: p, calm, svg or i.")
  var what: What

  @Argument(help: "Points of the chart.")
  var points: Int

  @Argument(help: "How often.")
  var rounds: Int

  func run() throws {
    guard points > 0, rounds > 0 else { throw ValidationError("points and rounds are above 0") }
    var random = SplitMix64(state: 42)
    let series = try Series(
      events: (0..<points).map { index -> Series.Point in
        // Weeks, and several points a day once the calendar is too short for them.
        let day = Day(daysSinceEpoch: points < 100_000 ? 15_000 + 7 * index : index / 10 - 500_000)
        let noise = Double.random(in: -1...1, using: &random) + Double.random(in: -1...1, using: &random)
        if what == .i { return Series.Point(day: day, value: 100 + 10 * noise) }
        let denominator = Double(Int.random(in: 200...400, using: &random))
        let share = (index > points * 3 / 4 && what != .calm ? 0.14 : 0.2) + 0.03 * noise
        return Series.Point(day: day, value: (denominator * share).rounded(), denominator: denominator)
      })
    let spec = ChartSpec(
      kind: what == .i ? .i : .p, ruleSet: .makingDataCount, direction: .down, targets: 10,
      multiplier: what == .i ? 1 : 100, unit: what == .i ? "" : "%")
    let chart = try Chart(series, spec: spec)
    let drawing = ChartDrawing(title: "Waits over four hours")
    var made = 0
    var least = Int.max
    // The least of several turns, since a turn can be interrupted.
    for _ in 0..<5 {
      let begin = cpuTime()
      for _ in 0..<rounds {
        made += what == .svg ? drawing.svg(of: chart).utf8.count : try Chart(series, spec: spec).signals.count
      }
      least = min(least, cpuTime() - begin)
    }
    guard made == 5 * rounds * (what == .svg ? drawing.svg(of: chart).utf8.count : chart.signals.count) else {
      throw ValidationError("a chart is not what it was before")
    }
    print(
      "{\"rounds\": \(rounds), \"points\": \(series.count), \"signals\": \(chart.signals.count), \"cpu_ns\": \(Double(least) / Double(rounds))}"
    )
  }

  private func cpuTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// The same numbers on every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
