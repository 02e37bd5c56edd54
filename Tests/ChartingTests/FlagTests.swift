// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

@Suite("flags, targets and descriptions")
struct FlagTests {
  private func plot(_ chart: Chart, width: Double = 600) -> Plot {
    let subject = Subject(chart)
    let time = TimeAxis(days: chart.series.days, period: subject.period, left: 40, right: 40 + width)
    return Plot(subject, value: subject.axis(steps: 5), time: time, top: 20, bottom: 220)
  }

  @Test("flags keep apart, in order and within the plot, and none is lost", arguments: [80.0, 200, 600, 1200])
  func apart(width: Double) throws {
    let chart = try Scenario.falls()
    for count in [1, 2, 5, 13, 40, 200] {
      for step in [0, 1, 5, 60] {
        let annotations = (0..<count).map { index in
          ChartAnnotation(
            day: chart.series.days[0].advanced(by: index * step), kind: ChartAnnotation.Kind.allCases[index % 4],
            text: "\(index)")
        }
        let plot = plot(chart, width: width)
        let flags = Flag.flags(of: chart, annotations: annotations)
        let row = FlagRow(flags, plot: plot)
        #expect(row.places.reduce(0) { $0 + $1.days.count } == flags.count { plot.time.x($0.day) <= plot.right })
        for place in row.places {
          #expect(place.x - place.width / 2 >= plot.left - 1 && place.x + place.width / 2 <= plot.right + 1)
        }
        for (a, b) in zip(row.places, row.places.dropFirst()) {
          #expect(a.x + a.width / 2 <= b.x - b.width / 2 + 0.01, "\(count) \(step)")
        }
      }
    }
  }

  @Test("flags are numbered in order of time, phases with a reason among them, and told by their outline")
  func numbers() throws {
    let chart = try Scenario.changed()
    let days = chart.series.days
    let flags = Flag.flags(
      of: chart,
      annotations: [
        ChartAnnotation(day: days[20], kind: .pdsa, text: "Cycle", reference: "PDSA 3"),
        ChartAnnotation(day: days[3], kind: .note, text: "Remark"),
      ])
    #expect(flags.map(\.number) == [1, 2, 3])
    #expect(flags.map(\.text) == ["Note: Remark", "Phase 2: Hourly rounds", "PDSA: Cycle (PDSA 3)"])
    let shapes: [Flag.Shape] = ChartAnnotation.Kind.allCases.map { .annotation($0) } + [.phase]
    let outlines = shapes.map { shape in Markup.bytes { shape.write(into: &$0, x: 10, y: 10, width: 14) } }
    #expect(Set(outlines).count == shapes.count)
  }

  @Test("the key has every flag, or says how many more there are")
  func key() throws {
    let chart = try Scenario.falls()
    for count in [0, 1, 3, 7, 30] {
      for limit in [1, 2, 6] {
        let annotations = (0..<count).map {
          ChartAnnotation(day: chart.series.days[0].advanced(by: $0), kind: .event, text: "Event number \($0)")
        }
        let key = FlagKey(Flag.flags(of: chart, annotations: annotations), width: 420, atMost: limit)
        #expect(key.lines <= limit)
        var markup = Markup()
        key.draw(into: &markup, palette: .light, x: 0, bottom: 200)
        let shown = annotations.count { markup.text.contains($0.text + "<") }
        if limit > 1, shown < count { #expect(markup.text.contains("and \(count - shown) more")) }
        #expect(count == 0 || shown > 0)
      }
    }
  }

  @Test("a target steps with the first point on or after its day; one that is not in force yet is not drawn")
  func steps() throws {
    let chart = try Scenario.stepped()
    let line = TargetLine(chart)
    #expect(line.steps.map(\.value) == [30, 24, 18])
    #expect(line.steps.map(\.row) == [nil, 10, 22])
    for (row, day) in chart.series.days.enumerated() {
      let drawn = line.steps.last { ($0.row ?? 0) <= row }
      #expect(drawn?.value == chart.spec.targets.value(on: day))
    }
  }

  @Test("a trajectory is drawn as far as the chart goes, with its milestones")
  func trajectory() throws {
    let chart = try Scenario.stepped()
    let line = TargetLine(chart)
    #expect(line.milestones.count == 2 && line.trajectory.count == 3)
    for corner in line.trajectory { #expect(chart.spec.targets.trajectory(on: corner.day) == corner.value) }
    #expect(line.trajectory.last?.day == chart.series.days.last)
    #expect(TargetLine(try Chart(Series(), spec: chart.spec)).values.isEmpty)
  }

  @Test("a trajectory is named at its end, or where it begins if it ends before the chart does")
  func trajectoryName() throws {
    let chart = try Scenario.stepped()
    let days = chart.series.days
    for (end, name) in [(days[20], "Trajectory<"), (days[days.count - 1], "Trajectory 9")] {
      var spec = chart.spec
      spec.targets = Targets(steps: [], trajectory: [.init(day: days[3], value: 30), .init(day: end, value: 9)])
      let svg = try ChartDrawing(title: "Way").svg(of: Chart(chart.series, spec: spec))
      #expect(svg.contains(name), "\(end)")
    }
  }

  @Test("a description tells of phases, exclusions, targets, flags and missing values")
  func description() throws {
    var spec = try Scenario.changed().spec
    spec.targets = Targets(
      steps: [.init(value: 4), .init(from: Day(year: 2024, month: 1, day: 1), value: 2)],
      trajectory: [.init(day: .latest, value: 1)])
    let points = try Scenario.falls().series.points.map {
      Series.Point(day: $0.day, value: $0.value, denominator: $0.value == nil ? nil : $0.denominator, note: "")
    }
    let chart = try Chart(Series(points), spec: spec)
    let flags = Flag.flags(
      of: chart, annotations: (0..<12).map { .init(day: chart.series.days[$0], kind: .event, text: "Thing \($0)") })
    let text = ChartDescription.text(of: [Subject(chart)], flags: flags)
    for part in [
      "U chart of 23 monthly values, from January 2023 to December 2024.",
      "There are 2 phases: phase 2 begins with January 2024",
      ": Hourly rounds.", "Left out of the lines: March 2023 (Norovirus), February 2024.",
      "The target is 4 per 1,000 bed days at first, 2 per 1,000 bed days from 1 January 2024.",
      "The trajectory: 1 per 1,000 bed days by 31 December 9999.", "1 January 2023, Event: Thing 0.", "and 4 more",
      chart.summary,
    ] {
      #expect(text.contains(part), "\(part)\n\(text)")
    }
    let plain = try Chart(Series(Scenario.weekly([1, nil, 2, 3])), spec: ChartSpec(kind: .run, targets: 2))
    let told = ChartDescription.text(of: [Subject(plain)], flags: [])
    #expect(told.contains("1 week has no value: week of ") && told.contains("the target of 2;"))
  }

  @Test("rules that mark no single point have a dotted centre line and a line in the key")
  func patternsOfPhases() throws {
    let drift = try Scenario.drift()
    for (rules, words) in [
      (RuleSet.anhoej, "less often than expected"), (.anhoejBestBox, "not expected by chance"), (.ihi, "runs"),
    ] {
      var spec = drift.spec
      spec.ruleSet = rules
      let chart = try Chart(drift.series, spec: spec)
      let svg = ChartDrawing(title: "Drift").svg(of: chart)
      guard chart.signals.contains(where: { !$0.rule.marksPoints }) else {
        Issue.record("\(rules) finds nothing")
        continue
      }
      #expect(svg.contains("stroke-dasharray=\"2 3\"") && svg.contains(words), "\(rules)")
    }
  }
}
