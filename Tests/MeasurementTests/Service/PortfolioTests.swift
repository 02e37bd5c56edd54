// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import Storage
import Testing

@testable import Measurement

@Suite("New signals of an organisation")
struct PortfolioTests {
  typealias Methods = MeasurementV1.ChartServiceMethods

  /// What a measure's values do in the second of two years.
  enum Course: CaseIterable { case steady, up, down }

  private func keep(
    _ service: ServiceFixture, _ name: String, _ course: Course, project: String = "project-1",
    direction: CommonV1.Direction = .up, chartKind: ChartKind = .i
  ) async throws -> Measure {
    let measure = try await service.keep(
      MeasureDefinition(name: name, direction: direction, chartKind: chartKind), project: project)
    let rows = (0..<24).map { index in
      let step = index < 12 || course == .steady ? 0 : course == .up ? 6 : -6
      return "\(2022 + index / 12)-\(index % 12 < 9 ? "0" : "")\(index % 12 + 1),\(10 + index % 2 + step)"
    }
    _ = try await service.importing(
      "period,value\n" + rows.joined(separator: "\n") + "\n", options: .init(measureID: measure.id))
    return measure
  }

  private func list(
    _ service: ServiceFixture, since: String = "2023-12-01", size: Int32 = 0, token: String = "",
    meanings: [MeasurementV1.SignalMeaning] = [], project: String = ""
  ) async throws -> MeasurementV1.ListSignalsResponse {
    try await service.charts.listSignals(
      .init(
        organisationID: "organisation-1", since: CommonV1.Date(day(since)), pageSize: size, pageToken: token,
        meanings: meanings, projectID: project), context: service.context(Methods.listSignals))
  }

  @Test("a measure is listed when its latest signal ends on the day or later, with sentences and latest value")
  func finds() async throws {
    try await ServiceFixture.run { service in
      _ = try await keep(service, "Steady", .steady)
      let up = try await keep(service, "Up", .up)
      let found = try await list(service).measures
      #expect(found.map(\.measureID) == [up.id])
      #expect(found.first?.name == "Up")
      #expect(found.first?.projectID == "project-1")
      #expect(found.first?.latestPeriod == CommonV1.Date(day("2023-12-01")))
      #expect(found.first?.latestValue == 17)
      #expect(found.first?.ruleSet == "anhoej@1")
      let signals = try #require(found.first?.signals)
      #expect(!signals.isEmpty)
      #expect(signals.allSatisfy { !$0.sentence.isEmpty && $0.lastDay == CommonV1.Date(day("2023-12-01")) })
      #expect(found.first?.signalCount == Int32(signals.count))
      #expect(try await list(service, since: "2023-12-02").measures.isEmpty)
    }
  }

  @Test("signals are found by meaning and by project")
  func filters() async throws {
    try await ServiceFixture.run { service in
      let up = try await keep(service, "Up", .up)
      let down = try await keep(service, "Down", .down, project: "project-2")
      let neutral = try await keep(service, "Neutral", .up, direction: .neutral)
      func ids(_ meanings: [MeasurementV1.SignalMeaning], project: String = "") async throws -> [String] {
        try await list(service, meanings: meanings, project: project).measures.map(\.measureID)
      }
      #expect(try await ids([]) == [up.id, down.id, neutral.id])
      #expect(try await ids([.concern]) == [down.id])
      #expect(try await ids([.improvement]) == [up.id])
      #expect(try await ids([.improvement, .concern]) == [up.id, down.id])
      #expect(try await ids([], project: "project-2") == [down.id])
      #expect(try await ids([.improvement], project: "project-2").isEmpty)
    }
  }

  @Test("pages follow one another, and a token of another search is refused")
  func pages() async throws {
    try await ServiceFixture.run { service in
      var made: [String] = []
      for index in 0..<5 { made.append(try await keep(service, "M\(index)", index == 2 ? .steady : .down).id) }
      made.remove(at: 2)
      var found: [String] = []
      var token = ""
      repeat {
        let page = try await list(service, size: 2, token: token)
        #expect(page.measures.count <= 2)
        found += page.measures.map(\.measureID)
        token = page.nextPageToken
        if !token.isEmpty {
          let foreign = token
          let error = try await rpcError { _ = try await list(service, since: "2023-01-01", token: foreign) }
          #expect(error?.fieldViolations.map(\.field) == ["page_token"])
        }
      } while !token.isEmpty
      #expect(found == made)
    }
  }

  @Test("whatever changes a chart changes the list: values, specification, phases and exclusions")
  func follows() async throws {
    try await ServiceFixture.run { service in
      let measure = try await keep(service, "Up", .up)
      func isListed() async throws -> Bool { try await !list(service).measures.isEmpty }
      #expect(try await isListed())
      let phase = try #require(
        try await service.judgements.createPhase(
          .init(measureID: measure.id, start: CommonV1.Date(day("2023-01-01")), reason: "new rota"),
          context: service.context(MeasurementV1.JudgementServiceMethods.createPhase)
        ).phase)
      #expect(try await !isListed())
      _ = try await service.importing("period,value\n2024-01,99\n", options: .init(measureID: measure.id))
      #expect(try await isListed())
      _ = try await service.judgements.createExclusion(
        .init(measureID: measure.id, period: CommonV1.Date(day("2024-01-01")), reason: "typing error"),
        context: service.context(MeasurementV1.JudgementServiceMethods.createExclusion))
      var changed = measure.message
      changed.etag = ""
      changed.ruleSet = "ihi@1"
      _ = try await service.measures.updateMeasure(
        .init(measure: changed, updateMask: .init(paths: ["rule_set"])),
        context: service.context(MeasurementV1.MeasureServiceMethods.updateMeasure))
      #expect(try await list(service, since: "2024-01-01").measures.isEmpty)
      _ = try await service.judgements.deletePhase(
        .init(id: phase.id, reason: "it did not last"),
        context: service.context(MeasurementV1.JudgementServiceMethods.deletePhase))
      #expect(try await isListed())
    }
  }

  @Test("judging many measures in one pass says the same as judging each by itself")
  func onePass() async throws {
    try await ServiceFixture.run { service in
      var expected: Set<String> = []
      for index in 0..<(PortfolioStore.mostSingleReads + 20) {
        let course = Course.allCases[index % 3]
        // Every seventh has no values yet.
        if index % 7 == 0 {
          _ = try await service.keep(MeasureDefinition(name: "Empty"))
          continue
        }
        let measure = try await keep(service, "M\(index)", course)
        if course != .steady { expected.insert(measure.id) }
        guard index % 10 == 1 else { continue }
        _ = try await service.judgements.createPhase(
          .init(measureID: measure.id, start: CommonV1.Date(day("2023-01-01")), reason: "new rota"),
          context: service.context(MeasurementV1.JudgementServiceMethods.createPhase))
        expected.remove(measure.id)
      }
      func all(_ store: PortfolioStore) async throws -> Set<String> {
        let search = PortfolioStore.Search(
          organisation: "organisation-1", since: day("2023-12-01"), meanings: [.improvement, .concern, .neutral])
        return Set(try await store.find(search, after: "", limit: 1000).map(\.measure.id))
      }
      let cache = VerdictCache()
      let store = PortfolioStore(database: service.database, cache: cache)
      #expect(try await all(store) == expected)
      #expect(cache.count == PortfolioStore.mostSingleReads + 20)
      #expect(try await all(store) == expected)
      let none = PortfolioStore(database: service.database, cache: VerdictCache(capacity: 0))
      #expect(try await all(none) == expected)
    }
  }

  @Test("a measure whose values cannot be on its chart is listed with the reason")
  func problem() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Means", chartKind: .i))
      _ = try await service.importing("period,value\n2023-01,1\n", options: .init(measureID: measure.id))
      // As a store of an earlier version may have it.
      try await service.database.write { transaction in
        _ = try transaction.execute("UPDATE measures SET chart_kind = 'x-bar' WHERE id = $1", [.text(measure.id)])
      }
      let found = try await list(service).measures
      #expect(found.map(\.measureID) == [measure.id])
      #expect(found.first?.problem.contains("several values") == true)
      #expect(found.first?.signals.isEmpty == true)
    }
  }

  @Test("an organisation, a day and known meanings are needed")
  func violations() async throws {
    try await ServiceFixture.run { service in
      let error = try await rpcError {
        _ = try await service.charts.listSignals(
          .init(meanings: [.improvement, .unspecified]), context: service.context(Methods.listSignals))
      }
      #expect(error?.code == .invalidArgument)
      #expect(error?.fieldViolations.map(\.field) == ["organisation_id", "since", "meanings[1]"])
    }
  }

  @Test("the cache holds no more than it may, and lets go of what was asked for the longest ago")
  func cache() {
    let cache = VerdictCache(capacity: 10)
    func remember(_ organisation: String, _ count: Int) {
      let entries = (0..<count).map { ("m\($0)", VerdictCache.Entry(version: 1, verdict: .noChart)) }
      cache.remember(Dictionary(uniqueKeysWithValues: entries), of: organisation)
    }
    remember("a", 4)
    remember("b", 4)
    _ = cache.entries(of: "a")
    remember("c", 4)
    #expect(cache.entries(of: "b").isEmpty)
    #expect(cache.entries(of: "a").count == 4)
    #expect(cache.count == 8)
    remember("d", 100)
    #expect(cache.count == 10)
    remember("e", 3)
    cache.remember(["m0": VerdictCache.Entry(version: 0, verdict: .noChart)], of: "e")
    #expect(cache.entries(of: "e").values.allSatisfy { $0.version == 1 })
  }
}
