// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Testing

@testable import Gateway

@Suite("What values are multiplied by")
struct MeasureScaleTests {
  @Test(
    "a unit names its factor",
    arguments: [
      ("per 1,000 bed days", 1000), ("per 1000", 1000), ("Falls per 1 000 OBDs", 1000), ("per 100 000 people", 100_000),
      ("per 100,000", 100_000), ("/1000 bed days", 1000), ("/ 1,000", 1000), ("per 10k births", 10_000),
      ("per thousand", 1000), ("per hundred thousand", 100_000), ("per million", 1_000_000),
      ("per ten thousand", 10_000),
      ("%", 100), ("% of patients", 100), ("per cent", 100), ("percent", 100), ("‰", 1000), ("per bed day", 1),
      ("events/day", 1), ("per 1\u{A0}000", 1000), ("PER 1,000 DISCHARGES", 1000), ("per 1'000", 1000),
      ("minutes", nil), ("", nil), ("persons", nil), ("per m", 1), ("supper 10", nil), ("upper 1000", nil), ("£", nil),
      ("per", nil), ("1,000", nil),
    ] as [(String, Double?)])
  func factors(unit: String, factor: Double?) {
    #expect(MeasureScale.factor(in: unit) == factor)
  }

  /// What the form does with unit and factor: the multiplier, or the field that it asks at.
  @Test(
    "an empty factor is taken from the unit or asked for, and one that does not fit is asked about",
    arguments: [
      (.u, "per 1,000 bed days", nil, 1000, nil), (.uPrime, "per 1,000 bed days", nil, 1000, nil),
      (.u, "", nil, 0, "multiplier"), (.uPrime, "falls", nil, 0, "multiplier"), (.u, "falls", 1, 1, nil),
      (.u, "per bed day", nil, 1, nil), (.u, "per 1,000", 100, 100, "sure_multiplier"),
      (.u, "per bed day", 1000, 1000, "sure_multiplier"), (.p, "", nil, 100, nil), (.p, "%", nil, 100, nil),
      (.p, "%", 1, 1, "sure_multiplier"), (.p, "cases", nil, 0, "multiplier"), (.p, "per 1,000", nil, 1000, nil),
      (.pPrime, "per 100,000", 100_000, 100_000, nil), (.iPrime, "£ per bed day", nil, 1, nil),
      (.iPrime, "", nil, 0, nil),
      (.i, "per 1,000", nil, 0, nil), (.run, "%", nil, 0, nil), (.c, "", nil, 0, nil),
    ] as [(MeasurementV1.ChartKind, String, Double?, Double, String?)])
  func multiplier(
    kind: MeasurementV1.ChartKind, unit: String, typed: Double?, multiplier: Double, asked: String?
  ) {
    var problems = FormProblems()
    let scale = MeasureScale(kind: kind, unit: unit, typed: typed)
    #expect(scale.multiplier(isSure: false, &problems) == multiplier)
    #expect(problems.isEmpty == (asked == nil))
    if let asked { #expect(problems.message(for: asked) != nil) }
    if asked == "sure_multiplier" {
      var none = FormProblems()
      #expect(scale.multiplier(isSure: true, &none) == multiplier && none.isEmpty)
    }
  }

  @Test(
    "a target that cannot be is refused, and one a hundredfold away is asked about",
    arguments: [
      (.p, "%", 100, 95, nil, nil), (.p, "%", 100, 0.95, nil, "sure_target"), (.p, "%", 100, 950, nil, "target"),
      (.p, "%", 100, 1, nil, nil), (.p, "%", 100, 0, nil, nil), (.p, "", 1, 0.95, nil, nil),
      (.u, "per 1,000", 1000, 3, (6.1, 4), nil), (.u, "per 1,000", 1000, 0.003, (6.1, 4), "sure_target"),
      (.u, "per 1,000", 1000, 700, (6.1, 4), "sure_target"), (.u, "per 1,000", 1000, 300, (6.1, 4), nil),
      (.i, "days", 0, 4000, (20, 0), "sure_target"), (.i, "days", 0, 40, (20, 10), nil),
    ] as [(MeasurementV1.ChartKind, String, Double, Double, (Double, Double)?, String?)])
  func targets(
    kind: MeasurementV1.ChartKind, unit: String, multiplier: Double, target: Double, aim: (Double, Double)?,
    asked: String?
  ) {
    var problems = FormProblems()
    MeasureScale(kind: kind, unit: unit, typed: nil).check(
      target: target, multiplier: multiplier, isSure: false,
      aim: aim.map { .init(fromValue: $0.0, toValue: $0.1, unit: unit.uppercased()) }, &problems)
    #expect(problems.isEmpty == (asked == nil))
    if let asked { #expect(problems.message(for: asked) != nil) }
  }

  @Test("the form asks, keeps what was typed, and takes the answer")
  func form() async throws {
    let creation: Registration = { router in
      World.measurement(&router)
      router.register(unary: MeasurementV1.MeasureServiceMethods.createMeasure) {
        (request: MeasurementV1.CreateMeasureRequest, _) async throws -> MeasurementV1.CreateMeasureResponse in
        var measure = request.measure ?? .init()
        measure.id = "made-\(Int(measure.multiplier))"
        return .init(measure: measure)
      }
    }
    try await withGateway(projects: World.project, measurement: creation) { port in
      func post(_ body: String) async throws -> String {
        try await GatewayServerTests.post(
          "/projects/p1/measures", to: port, type: "application/x-www-form-urlencoded", body: body)
      }
      let told = try await post("name=Falls&chart_kind=u-prime&unit=per+1%2C000+bed+days&target=3")
      #expect(told.hasPrefix("HTTP/1.1 303") && told.contains("/measures/made-1000/import?new=yes"))
      let asked = try await post("name=Falls&chart_kind=u&unit=falls&definition=with+harm")
      #expect(asked.hasPrefix("HTTP/1.1 422") && asked.contains("<a href=\"#multiplier\">Enter 1000 for a rate"))
      #expect(asked.contains("with harm</textarea>"))
      let unlike = try await post("name=Falls&chart_kind=u&unit=per+1%2C000&multiplier=100")
      #expect(unlike.contains("<a href=\"#sure_multiplier\">") && unlike.contains("id=\"sure_multiplier\""))
      let sure = try await post("name=Falls&chart_kind=u&unit=per+1%2C000&multiplier=100&sure_multiplier=yes")
      #expect(sure.contains("/measures/made-100/import"))
      let wrong = try await post("name=Falls&chart_kind=u&unit=falls&multiplier=1%2C000")
      #expect(wrong.contains("Enter the number without commas, such as 1000."))
      #expect(!wrong.contains("Enter 1000 for a rate"), "one mistake, one message")
    }
  }
}
