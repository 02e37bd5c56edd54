// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import RPC
import SPC
import Storage
import Testing

@testable import Measurement

@Suite("Importing and listing observations")
struct ObservationHandlerTests {
  private let definition = MeasureDefinition(name: "Waits", chartKind: .p)

  @Test("an import writes every row, and an event with counts and hash", arguments: [1, 3, 40])
  func imports(pieces: Int) async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let report = try await service.importing(
        "period,breaches,attendances,note\n2024-01,5,100,\n2024-02,7,90,\"a, b\"\n2024-03,6,95,\n",
        options: MeasurementV1.ImportOptions(
          measureID: measure.id, valueColumn: "breaches", denominatorColumn: "attendances"), pieces: pieces)
      #expect(report.accepted)
      #expect(report.rowsRead == 3)
      #expect(report.rowsAdded == 3)
      #expect(report.problems.isEmpty)
      #expect(report.periodColumn == "period")
      #expect(report.valueColumn == "breaches")
      #expect(report.denominatorColumn == "attendances")

      let stored = try await service.stored(measure)
      #expect(stored.map(\.value) == [5, 7, 6])
      #expect(stored.map(\.denominator) == [100, 90, 95])
      #expect(stored.map(\.note) == ["", "a, b", ""])
      #expect(stored.map { $0.period?.month } == [1, 2, 3])
      #expect(stored.first?.updateTime?.seconds == ServiceFixture.noon.nanoseconds / 1_000_000_000)

      let events = try await service.events()
      #expect(events.map(\.kind) == ["measure.created", "observations.imported"])
      #expect(events.last?.object == measure.id)
      #expect(events.last?.after.contains("\"added\":3") == true)
      let hash = "a57cd163d3247ce2c44fa80e39ba3f8680d77d76b28dab3aa3ad27d501ec40e9"
      #expect(events.last?.after.contains(hash) == true)
    }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var name: String
    var rows: String
    var row: Int64
    var column: String
    var value: String
    var kind: MeasurementV1.RowProblemKind
    var testDescription: String { name }
  }

  @Test(
    "one bad row is reported by row, column and value, and nothing is written",
    arguments: [
      Bad(name: "wrong date", rows: "soon,1,2\n", row: 3, column: "period", value: "soon", kind: .period),
      Bad(name: "no number", rows: "2024-02,x,2\n", row: 3, column: "value", value: "x", kind: .number),
      Bad(name: "numerator over denominator", rows: "2024-02,3,2\n", row: 3, column: "value", value: "3", kind: .range),
      Bad(name: "denominator of 0", rows: "2024-02,0,0\n", row: 3, column: "n", value: "0", kind: .range),
      Bad(
        name: "duplicate period", rows: "2024-01,1,2\n", row: 3, column: "period", value: "2024-01", kind: .duplicate),
      Bad(name: "ragged row", rows: "2024-02,1\n", row: 3, column: "", value: "2024-02, 1", kind: .cells),
      Bad(name: "unclosed quote", rows: "2024-02,\"1,2\n", row: 3, column: "value", value: "1,2␊", kind: .text),
      Bad(name: "stored period", rows: "2023-12,8,20\n", row: 3, column: "value", value: "8", kind: .stored),
    ])
  func bad(_ bad: Bad) async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let options = MeasurementV1.ImportOptions(measureID: measure.id)
      _ = try await service.importing("period,value,n\n2023-12,9,20\n", options: options)
      let before = try await service.events().count

      let report = try await service.importing("period,value,n\n2024-01,1,2\n" + bad.rows, options: options)
      #expect(!report.accepted)
      #expect(report.rowsRead == 2)
      #expect(report.rowsRejected == 1)
      #expect(report.rowsAdded == 0)
      #expect(report.problemsTotal == 1)
      #expect(report.problems.first?.row == bad.row)
      #expect(report.problems.first?.column == bad.column)
      #expect(report.problems.first?.value == bad.value)
      #expect(report.problems.first?.kind == bad.kind)
      #expect(report.problems.first?.accepted.isEmpty == false)
      #expect(try await service.stored(measure).map(\.value) == [9])
      #expect(try await service.events().count == before)

      var partial = options
      partial.allowPartial = true
      let second = try await service.importing("period,value,n\n2024-01,1,2\n" + bad.rows, options: partial)
      #expect(second.accepted)
      #expect(second.rowsAdded == 1)
      #expect(try await service.stored(measure).map(\.value) == [9, 1])
    }
  }

  @Test("a dry run reports what would happen and writes nothing")
  func dryRun() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let report = try await service.importing(
        "period,value,n\n2024-01,1,2\n", options: MeasurementV1.ImportOptions(measureID: measure.id, dryRun: true))
      #expect(report.accepted)
      #expect(report.dryRun)
      #expect(report.rowsAdded == 1)
      #expect(try await service.stored(measure).isEmpty)
      #expect(try await service.events().count == 1)
    }
  }

  @Test("the same file a second time changes nothing")
  func again() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let options = MeasurementV1.ImportOptions(measureID: measure.id)
      let file = "period,value,n\n2024-01,1,2\n2024-02,1,3\n"
      _ = try await service.importing(file, options: options)
      let events = try await service.events().count
      let report = try await service.importing(file, options: options)
      #expect(report.rowsUnchanged == 2)
      #expect(report.problemsTotal == 0)
      #expect(report.accepted)
      #expect(try await service.events().count == events)
    }
  }

  @Test("replacing overwrites what is stored")
  func replace() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      var options = MeasurementV1.ImportOptions(measureID: measure.id)
      _ = try await service.importing("period,value,n\n2024-01,1,2\n2024-02,1,3\n", options: options)
      options.replace = true
      let report = try await service.importing("period,value,n\n2024-01,2,4\n2024-02,1,3\n", options: options)
      #expect(report.rowsReplaced == 1)
      #expect(report.rowsUnchanged == 1)
      #expect(try await service.stored(measure).map(\.denominator) == [4, 3])
      // What was there before is in the trail.
      #expect(
        try await service.events().last?.before
          == #"{"observations":[{"period":{"year":2024,"month":1,"day":1},"value":1.0,"denominator":2.0}]}"#)
    }
  }

  @Test("a stream that is not options and then chunks is refused, and nothing is written")
  func streams() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let options = MeasurementV1.ImportOptions(measureID: measure.id)
      let good = Array("period,value,n\n2024-01,1,2\n".utf8)
      let streams: [([MeasurementV1.ImportObservationsRequest.Part?], String)] = [
        ([], "options"), ([.chunk(good)], "options"), ([nil], "options"),
        ([.options(options), .chunk(good), .options(options)], "options"),
        ([.options(options), .chunk(good), nil], "chunk"),
        ([.options(options), .chunk([UInt8](repeating: 10, count: 1024 * 1024 + 1))], "chunk"),
        ([.options(MeasurementV1.ImportOptions()), .chunk(good)], "options.measure_id"),
      ]
      for (parts, field) in streams {
        let error = try await rpcError { _ = try await service.importing(parts) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.fieldViolations.map(\.field) == [field])
      }
      #expect(try await service.stored(measure).isEmpty)
    }
  }

  @Test("an empty stream of chunks is an empty file")
  func noChunks() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      let report = try await service.importing([.options(MeasurementV1.ImportOptions(measureID: measure.id))])
      #expect(report.problems.map(\.kind) == [.empty])
    }
  }

  @Test("a measure that does not exist is not found")
  func unknownMeasure() async throws {
    try await ServiceFixture.run { service in
      let importing = try await rpcError {
        _ = try await service.importing("", options: MeasurementV1.ImportOptions(measureID: "none"))
      }
      #expect(importing?.code == .notFound)
      let listing = try await rpcError {
        _ = try await service.observations.listObservations(
          MeasurementV1.ListObservationsRequest(measureID: "none"),
          context: service.context(MeasurementV1.ObservationServiceMethods.listObservations))
      }
      #expect(listing?.code == .notFound)
    }
  }

  @Test("a page of long notes ends before its message is too large, and the next one goes on")
  func longNotes() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Waits"))
      let note = String(repeating: "👩", count: 500)
      let rows = (0..<2000).map { "\(Day(daysSinceEpoch: $0)),\($0),\(note)\n" }.joined()
      let report = try await service.importing(
        "period,value,note\n\(rows)", options: MeasurementV1.ImportOptions(measureID: measure.id), pieces: 8)
      #expect(report.rowsAdded == 2000)
      let first = try await service.observations.listObservations(
        MeasurementV1.ListObservationsRequest(measureID: measure.id, pageSize: 10_000),
        context: service.context(MeasurementV1.ObservationServiceMethods.listObservations))
      #expect(first.observations.count < 2000)
      #expect(try first.serialized().count < 4 << 20)
      #expect(try await service.stored(measure, pageSize: 10_000).map(\.value) == (0..<2000).map(Double.init))
    }
  }

  @Test("a page size out of range and a token from elsewhere are violations")
  func badPages() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(definition)
      for (size, token, fields) in [
        (Int32(-1), "", ["page_size"]), (10_001, "", ["page_size"]), (0, "made-up", ["page_token"]),
        (0, service.observations.observations.database.pageTokens.token(["another", "2024-01-01"]), ["page_token"]),
      ] {
        let error = try await rpcError {
          _ = try await service.observations.listObservations(
            MeasurementV1.ListObservationsRequest(measureID: measure.id, pageSize: size, pageToken: token),
            context: service.context(MeasurementV1.ObservationServiceMethods.listObservations))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.fieldViolations.map(\.field) == fields)
      }
    }
  }
}
