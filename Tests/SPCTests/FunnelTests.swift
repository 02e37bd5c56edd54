// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

@Suite("funnel plots")
struct FunnelTests {
  static func units(_ seed: UInt64, count: Int, spread: Double = 0) -> [Funnel.Unit] {
    var random = Seeded(state: seed)
    return (0..<count).map { index in
      let cases = Double(Int.random(in: 30...3000, using: &random))
      let share = 0.2 + spread * Double.random(in: -1...1, using: &random)
      let noise = Double.random(in: -1.8...1.8, using: &random) * (0.16 / cases).squareRoot()
      return Funnel.Unit(
        name: "unit \(index)", numerator: min(max((share + noise) * cases, 0), cases).rounded(), denominator: cases)
    }
  }

  @Test("units are held against the pooled value, never the mean of their values")
  func pooled() throws {
    let units = [
      Funnel.Unit(name: "large", numerator: 100, denominator: 1000),
      Funnel.Unit(name: "small", numerator: 5, denominator: 10),
    ]
    let funnel = try Funnel(units, options: .init(measure: .proportion, multiplier: 100, unit: "%"))
    #expect(abs((funnel.target ?? 0) - 105.0 / 1010 * 100) < 1e-12)
    let benchmarked = try Funnel(units, options: .init(measure: .proportion, benchmark: 12, multiplier: 100))
    #expect(abs((benchmarked.target ?? 0) - 12) < 1e-12)
  }

  @Test("a unit's limits are the exact ones over its denominator")
  func unitLimits() throws {
    let funnel = try Funnel(
      [.init(name: "A", numerator: 100, denominator: 813)], options: .init(measure: .proportion, benchmark: 0.0333))
    let limits = try #require(funnel.units[0].limits)
    for (a, b) in [
      (limits.lower998, 12.154904263593507), (limits.lower95, 17.016992446346176),
      (limits.upper95, 37.016619043513921), (limits.upper998, 43.685013499885332),
    ] { #expect(abs(a - b / 813) < 1e-12) }
    let rates = try Funnel(
      [.init(name: "A", numerator: 60, denominator: 20)], options: .init(measure: .rate, benchmark: 2, multiplier: 1))
    #expect(abs((rates.units[0].limits?.upper95 ?? 0) - 52.379185262906742 / 20) < 1e-12)
  }

  @Test("rates have exact Poisson limits at their own exposure, which may have fractions")
  func rates() throws {
    let numbers: [(Double, Double)] = [(60, 100), (70, 100), (48, 90), (66, 120), (61, 100), (0, 87.5)]
    let units = numbers.enumerated().map { index, unit in
      Funnel.Unit(name: "unit \(index)", numerator: unit.0, denominator: unit.1)
    }
    let funnel = try Funnel(
      units, options: .init(measure: .rate, benchmark: 305.0 / 510 * 100, multiplier: 100, unit: "per 100"))
    // By 50 digits: r − (P(X ≤ r) − p)/P(X = r) for the means 305/510 · 90, 100, 120 and 87.5, over these.
    let exact: [Double: [Double]] = [
      90: [35.693477431948645, 43.784483178753903, 75.747770986833915, 86.003071476364003],
      100: [36.881509992701835, 44.610596862025786, 74.923839619437297, 84.61177686248939],
      120: [38.77099371827541, 45.949243044027679, 73.623735981715251, 82.3654738590834],
      87.5: [35.394797951840035, 43.577196778660904, 75.989711660887636, 86.391410853950032],
    ]
    for unit in funnel.units {
      let limits = try #require(unit.limits)
      let expected = try #require(exact[unit.denominator])
      for (found, wanted) in zip([limits.lower998, limits.lower95, limits.upper95, limits.upper998], expected) {
        #expect(abs(found / wanted - 1) < 1e-12, "\(unit.name)")
      }
    }
    #expect(funnel.units[5].place == .outside998 && funnel.units[0].place == .inside)
    #expect(throws: CompanionError.self) { try Funnel(units, options: .init(measure: .proportion)) }
  }

  @Test("limits close in on the target as denominators grow, and the curve passes through the units' own")
  func narrowing() throws {
    for measure in Funnel.Measure.allCases {
      let funnel = try Funnel(Self.units(3, count: 40), options: .init(measure: measure, multiplier: 100))
      let target = try #require(funnel.target)
      var previous: Funnel.Limits?
      for denominator in [10.0, 30, 100, 300, 1000, 3000, 10_000, 1e6, 1e8] {
        let limits = try #require(funnel.limits(at: denominator))
        #expect(limits.lower998 <= limits.lower95 && limits.upper95 <= limits.upper998)
        #expect(limits.lower95 < target && target < limits.upper95)
        if let previous {
          #expect(limits.upper998 < previous.upper998 && limits.upper95 < previous.upper95)
          #expect(limits.lower998 >= previous.lower998 && limits.lower95 >= previous.lower95)
        }
        previous = limits
      }
      for unit in funnel.units { #expect(funnel.limits(at: unit.denominator) == unit.limits) }
      for point in funnel.curve { #expect(funnel.limits(at: point.denominator) == point.limits) }
      let denominators = funnel.units.map(\.denominator)
      #expect(funnel.curve.first?.denominator == denominators.min())
      #expect(funnel.curve.last?.denominator == denominators.max())
      #expect(zip(funnel.curve, funnel.curve.dropFirst()).allSatisfy { $0.denominator < $1.denominator })
    }
  }

  @Test(
    "the order of the units changes nothing but their order", arguments: [Funnel.Dispersion.none, .additive, .shmi])
  func order(dispersion: Funnel.Dispersion) throws {
    for seed in 1...10 {
      let units = Self.units(UInt64(seed), count: 50, spread: 0.1)
      var random = Seeded(state: UInt64(seed) + 99)
      let options = Funnel.Options(measure: .proportion, direction: .down, dispersion: dispersion)
      let one = try Funnel(units, options: options)
      let other = try Funnel(units.shuffled(using: &random), options: options)
      #expect(one.curve == other.curve && one.variation == other.variation && one.summary == other.summary)
      #expect(one.units.sorted { $0.name < $1.name } == other.units.sorted { $0.name < $1.name })
    }
  }

  @Test("a multiplier multiplies values and limits, and judges alike")
  func multiplier() throws {
    let units = Self.units(5, count: 40, spread: 0.05)
    let plain = try Funnel(units, options: .init(measure: .proportion, dispersion: .additive))
    let shown = try Funnel(units, options: .init(measure: .proportion, dispersion: .additive, multiplier: 100))
    for (a, b) in zip(plain.units, shown.units) {
      #expect(a.place == b.place && a.side == b.side && a.z == b.z)
      LawTests.expectClose(a.value.map { $0 * 100 }, b.value)
      LawTests.expectClose(a.limits.map { $0.upper95 * 100 }, b.limits?.upper95)
    }
  }

  @Test("units as alike as chance allows keep the exact limits; unlike ones have wider ones, and fewer are outside")
  func overDispersion() throws {
    for dispersion in [Funnel.Dispersion.multiplicative, .additive, .shmi] {
      let alike = try Funnel(
        (0..<30).map { .init(name: "\($0)", numerator: 20, denominator: Double(90 + $0)) },
        options: .init(measure: .proportion, dispersion: dispersion))
      #expect(alike.variation.map { $0.phi < 1 && $0.tauSquared == 0 } == true)
      for unit in alike.units { #expect(unit.limits == unit.exactLimits) }

      let units = Self.units(8, count: 60, spread: 0.12)
      let exact = try Funnel(units, options: .init(measure: .proportion))
      let widened = try Funnel(units, options: .init(measure: .proportion, dispersion: dispersion))
      #expect(widened.variation?.isBeyondChance == true)
      #expect(exact.cautions.contains { $0.contains("limits can be widened") })
      #expect(!widened.cautions.contains { $0.contains("limits can be widened") })
      let count = { (funnel: Funnel) in funnel.units.count { $0.place == .outside998 } }
      #expect(count(widened) < count(exact))
      for unit in widened.units {
        guard let own = unit.limits, let narrow = unit.exactLimits else { continue }
        #expect(own.upper998 - own.lower998 > narrow.upper998 - narrow.lower998)
      }
    }
  }

  @Test("directions turn concern into improvement, and a sentence says so")
  func meaning() throws {
    let units = [("high", 60.0), ("low", 1), ("usual", 20)].map {
      Funnel.Unit(name: $0.0, numerator: $0.1, denominator: 100)
    }
    func verdicts(_ direction: Direction) throws -> [Funnel.Verdict] {
      try Funnel(
        units, options: .init(measure: .proportion, benchmark: 20, direction: direction, multiplier: 100, unit: "%")
      ).units
    }
    #expect(try verdicts(.down).map(\.meaning) == [.concern, .improvement, .neutral])
    #expect(try verdicts(.up).map(\.meaning) == [.improvement, .concern, .neutral])
    #expect(try verdicts(.neutral).map(\.meaning) == [.neutral, .neutral, .neutral])
    let found = try verdicts(.down)
    #expect(found.map(\.place) == [.outside998, .outside998, .inside])
    #expect(found.map(\.side) == [.high, .low, .neither])
    #expect(
      found[0].sentence
        == "“high”, 60% (60 of 100), is above the upper 99.8% limit of 32.7%: unlikely by chance, and a concern.")
    #expect(
      found[1].sentence
        == "“low”, 1% (1 of 100), is below the lower 99.8% limit of 8.1%: unlikely by chance, and better than the benchmark."
    )
    #expect(found[2].sentence.isEmpty)
  }

  @Test("a denominator of 0 gives no value, and changes nothing for others")
  func zeroDenominator() throws {
    let units = Self.units(2, count: 20)
    let options = Funnel.Options(measure: .rate)
    let without = try Funnel(units, options: options)
    let with = try Funnel(units + [.init(name: "closed", numerator: 0, denominator: 0)], options: options)
    #expect(with.units.dropLast() == without.units[...] && with.curve == without.curve)
    let closed = try #require(with.units.last)
    #expect(closed.value == nil && closed.limits == nil && closed.place == .inside)
    #expect(with.cautions.contains("1 unit has a denominator of 0 and no value."))
  }

  @Test("nothing, one unit, none with events and only events are sensible funnels")
  func degenerate() throws {
    let options = Funnel.Options(measure: .proportion)
    let empty = try Funnel([], options: options)
    #expect(empty.target == nil && empty.curve.isEmpty && empty.summary == "There is nothing to compare yet.")
    let closed = try Funnel([.init(name: "A", numerator: 0, denominator: 0)], options: options)
    #expect(closed.target == nil && closed.units[0].limits == nil)
    let one = try Funnel([.init(name: "A", numerator: 3, denominator: 9)], options: options)
    #expect(one.units[0].place == .inside && one.curve.count == 1)
    for share in [0.0, 1] {
      let funnel = try Funnel(
        (1...9).map { .init(name: "\($0)", numerator: share * Double($0 * 10), denominator: Double($0 * 10)) },
        options: options)
      #expect(funnel.target == share && funnel.variation == nil)
      for unit in funnel.units { #expect(unit.limits?.lower998 == share && unit.place == .inside) }
    }
  }

  @Test("a funnel comes back from JSON as it was")
  func coding() throws {
    for dispersion in [Funnel.Dispersion.none, .shmi] {
      let funnel = try Funnel(
        Self.units(4, count: 30, spread: 0.1),
        options: .init(measure: .proportion, direction: .down, dispersion: dispersion))
      #expect(try JSONDecoder().decode(Funnel.self, from: JSONEncoder().encode(funnel)) == funnel)
    }
  }

  static let refused: [(unit: Funnel.Unit, measure: Funnel.Measure, words: String)] = [
    (.init(name: "Ward 3", numerator: 5, denominator: 4), .proportion, "The numerator of “Ward 3”, 5, is greater"),
    (
      .init(name: "Ward 3", numerator: -1, denominator: 4), .rate,
      "The numerator of “Ward 3” is −1; it must be 0 or more"
    ),
    (.init(name: "Ward 3", numerator: 1.5, denominator: 4), .rate, "is 1.5; it must be a whole number"),
    (.init(name: "Ward 3", numerator: 1, denominator: 4.5), .proportion, "denominator of “Ward 3” is 4.5"),
    (.init(name: "Ward 3", numerator: 1, denominator: .nan), .rate, "is nan; it must be a finite number"),
    (.init(name: "Ward 3", numerator: 1, denominator: .infinity), .proportion, "is inf; it must be a finite number"),
    (.init(name: "Ward 3", numerator: 2, denominator: 0), .rate, "is 2 with a denominator of 0"),
    (.init(name: "Ward 3", numerator: 2, denominator: 0), .proportion, "The numerator of “Ward 3”, 2, is greater"),
    (.init(name: "Ward 1", numerator: 2, denominator: 5), .rate, "There are two rows for “Ward 1”"),
    (.init(name: "", numerator: 2, denominator: 5), .rate, "Row 2 has no name"),
  ]

  @Test("numbers that can be no funnel are refused with the unit and what is accepted", arguments: refused)
  func badUnits(unit: Funnel.Unit, measure: Funnel.Measure, words: String) {
    let error = #expect(throws: CompanionError.self) {
      try Funnel([.init(name: "Ward 1", numerator: 1, denominator: 5), unit], options: .init(measure: measure))
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test("options out of range are refused")
  func badOptions() {
    for options in [
      Funnel.Options(measure: .proportion, benchmark: 1.5),
      .init(measure: .proportion, benchmark: 101, multiplier: 100),
      .init(measure: .rate, benchmark: -1), .init(measure: .rate, benchmark: .infinity),
      .init(measure: .rate, multiplier: 0), .init(measure: .rate, multiplier: .nan),
      .init(measure: .rate, curvePoints: 1),
      .init(measure: .rate, dispersion: .init(model: .additive, tailShare: 0.5)),
      .init(measure: .rate, dispersion: .init(model: .additive, tailShare: -0.1)),
    ] {
      #expect(throws: CompanionError.self) { try Funnel([], options: options) }
    }
  }
}
