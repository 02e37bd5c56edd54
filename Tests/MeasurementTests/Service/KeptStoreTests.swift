// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import SPC
import Storage
import StorageTesting
import Testing

@testable import Measurement

@Suite("Measurement stores of earlier versions")
struct KeptStoreTests {
  @Test("a store of today's schema is kept for the versions to come")
  func isKept() throws {
    let newest = "\(MeasurementService.name)-\(MeasurementService.migrations.map(\.number).max() ?? 0)"
    #expect(try KeptStore.all(in: .module).contains { $0.description == newest }, "\(newest).sqlite is not there")
  }

  @Test("everything is there as it was, to the last digit", arguments: try KeptStore.all(in: .module))
  func upgraded(kept: KeptStore) async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let database = try kept.open(MeasurementService.migrations, service: MeasurementService.name, in: scratch)
      defer { try? database.close() }
      let measures = try await MeasureStore(database: database).measures(.init(), after: "", limit: 10)
      #expect(measures.map(\.definition.name) == ["Falls", "Minutes to answer a call"])
      #expect(measures.map(\.definition.chartKind) == [.u, .i])
      let store = ObservationStore(database: database)
      let falls = try #require(try await store.series(of: measures[0].id))
      #expect(falls.1.map(\.value) == (0..<30).map { Double($0 * 7 % 9) })
      #expect(falls.1.map(\.denominator) == (0..<30).map { Double(900 + $0) })
      #expect(falls.1.enumerated().filter { !$0.element.note.isEmpty }.map(\.offset) == [12])
      let minutes = try #require(try await store.series(of: measures[1].id))
      #expect(minutes.1.map(\.value) == (0..<40).map { Double("\(0.1 * Double($0) + 0.2)") })

      let isFirst = "\(kept)" == "measurement-1"
      #expect(try await database.soundEvents() == (isFirst ? 4 : 8))
      #expect(falls.2.map(\.content.kind) == (isFirst ? [] : [.phase]))
      #expect(minutes.2.map(\.text) == (isFirst ? [] : ["Second bell"]))
      let requests = try await database.read { transaction in
        try transaction.rows("SELECT method, request_id, object_id FROM requests WHERE organisation_id <> ''").map {
          "\(try $0.text("method")) \(try $0.text("request_id"))"
        }
      }
      let judged = [
        "CreateAnnotation annotation-1", "CreateExclusion exclusion-1", "CreatePhase phase-1",
        "DeleteExclusion delete-1",
      ]
      #expect(
        Set(requests) == Set(["CreateMeasure measure-1", "CreateMeasure measure-2"] + (isFirst ? [] : judged)))

      // What the service did before, it does once more when asked anew: nothing.
      let handler = JudgementHandler(store: JudgementStore(database: database), now: { Instant(nanoseconds: 0) })
      if let phase = falls.2.first {
        let again = try await handler.createPhase(
          .init(
            measureID: measures[0].id, start: .init(year: 2025, month: 1, day: 1), reason: "new floor",
            requestID: "phase-1"),
          context: ServerContext(method: MeasurementV1.JudgementServiceMethods.createPhase))
        #expect(again.phase?.id == phase.id)
        #expect(try await database.soundEvents() == 8)
      }
    }
  }
}
