// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Testing

@Suite("Files as people have them", .demonstration, .timeLimit(.minutes(5)))
struct BadFilesTests {
  /// A file, and what must become of it.
  struct File: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let expected: Expected

    enum Expected: Sendable {
      /// Taken, with this many observations.
      case taken(Int)
      /// Refused, and the first problem names this row, column and value.
      case refused(MeasurementV1.RowProblemKind, row: Int64, column: String, value: String)
    }

    init(_ name: String, _ text: String, _ expected: Expected) {
      self.init(name, bytes: Array(text.utf8), expected)
    }

    init(_ name: String, bytes: [UInt8], _ expected: Expected) {
      testDescription = name
      self.bytes = bytes
      self.expected = expected
    }
  }

  static let files: [File] = [
    File("plain", "period,numerator,denominator\n2025-01-01,1,10\n2025-02-01,2,10\n", .taken(2)),
    File("a byte order mark", "\u{FEFF}period,numerator,denominator\n2025-01-01,1,10\n", .taken(1)),
    File("semicolons and CRLF", "period;numerator;denominator\r\n2025-01-01;1;10\r\n2025-02-01;2;10\r\n", .taken(2)),
    File("tabs, no last line end", "period\tnumerator\tdenominator\n2025-01-01\t1\t10", .taken(1)),
    File("quotes and other names", "Month,Count,N\n\"2025-01\",\"1\",10\n", .taken(1)),
    File(
      "a missing column", "period,numerator\n2025-01-01,1\n",
      .refused(.column, row: 1, column: "denominator", value: "")),
    File(
      "a wrong date", "period,numerator,denominator\n2025-01-01,1,10\n2025-02-30,2,10\n",
      .refused(.period, row: 3, column: "period", value: "2025-02-30")),
    File(
      "numerator over denominator", "period,numerator,denominator\n2025-01-01,11,10\n",
      .refused(.range, row: 2, column: "numerator", value: "11")),
    File(
      "a duplicate period", "period,numerator,denominator\n2025-01-01,1,10\n2025-01-01,2,10\n",
      .refused(.duplicate, row: 3, column: "period", value: "2025-01-01")),
    File(
      "words for a number", "period,numerator,denominator\n2025-01-01,many,10\n",
      .refused(.number, row: 2, column: "numerator", value: "many")),
    File(
      "a row that is too short", "period,numerator,denominator\n2025-01-01,1\n",
      .refused(.cells, row: 2, column: "", value: "")),
    File(
      "letters of Windows-1252 for a number",
      bytes: Array("period,numerator,denominator\n2025-01-01,".utf8) + [0xFF, 0xFE, 0x2C, 0x31],
      .refused(.number, row: 2, column: "numerator", value: "ÿþ")),
    File(
      "10 MB on one line",
      bytes: Array("period,numerator,denominator\n".utf8) + Array(repeating: 0x37, count: 10 << 20),
      .refused(.text, row: 2, column: "", value: "")),
    File("nothing", "", .refused(.empty, row: 1, column: "", value: "")),
    File("no rows", "period,numerator,denominator\n", .refused(.empty, row: 1, column: "", value: "")),
  ]

  @Test("each gives the right import, or a report of row, column, value and what would be accepted", arguments: files)
  func imports(file: File) async throws {
    let waymark = try RunningWaymark.shared
    let measure = try await newMeasure(waymark)
    try await waymark.withClient(of: "measurement") { client in
      let observations = MeasurementV1.ObservationServiceClient(client)
      let report = try await observations.importObservations { writer in
        try await writer.write(.init(part: .options(.init(measureID: measure))))
        for start in stride(from: 0, to: file.bytes.count, by: 1 << 16) {
          let end = min(start + 1 << 16, file.bytes.count)
          try await writer.write(.init(part: .chunk(Array(file.bytes[start..<end]))))
        }
      }
      let stored = try await observations.listObservations(.init(measureID: measure)).observations.count
      switch file.expected {
      case .taken(let count):
        #expect(report.accepted && report.problems.isEmpty, "\(report.problems)")
        #expect(stored == count)
      case .refused(let kind, let row, let column, let value):
        #expect(!report.accepted && stored == 0, "something of a bad file was written")
        let problem = try #require(report.problems.first)
        #expect(problem.kind == kind && problem.row == row, "\(problem)")
        if !column.isEmpty { #expect(problem.column == column, "\(problem)") }
        if !value.isEmpty { #expect(problem.value == value, "\(problem)") }
        #expect(!problem.message.isEmpty && !problem.accepted.isEmpty, "\(problem)")
      }
    }
  }

  @Test("a bad file uploaded on the page is reported there, row by row")
  func uploads() async throws {
    let waymark = try RunningWaymark.shared
    let measure = try await newMeasure(waymark)
    let folder = try TemporaryDirectory()
    let path = folder.path + "/bad.csv"
    try "period,numerator,denominator\n2025-13-01,1,10\n2025-02-01,few,10\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let answer = try await curl(
      "-F", "mode=all", "-F", "file=@\(path);type=text/csv", "\(waymark.base)/measures/\(measure)/import")
    #expect(answer.body.contains("2025-13-01") && answer.body.contains("Nothing was saved"), "\(answer)")
    #expect(answer.body.contains("2 problems") || answer.body.contains("2 of 2 rows"), "\(answer)")
  }

  @Test("100,000 rows come in whole")
  func large() async throws {
    let waymark = try RunningWaymark.shared
    let measure = try await newMeasure(waymark)
    var text = "period,numerator,denominator\n"
    for day in 0..<100_000 {
      // Every day of 300 years of 12 months of 28 days, so that each is a real date.
      let (year, rest) = (1700 + day / 336, day % 336)
      text += String(format: "%04d-%02d-%02d,%d,100\n", year, rest / 28 + 1, rest % 28 + 1, day % 101)
    }
    let bytes = Array(text.utf8)
    try await waymark.withClient(of: "measurement") { client in
      let observations = MeasurementV1.ObservationServiceClient(client)
      let report = try await observations.importObservations { writer in
        try await writer.write(.init(part: .options(.init(measureID: measure))))
        for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
          try await writer.write(.init(part: .chunk(Array(bytes[start..<min(start + 1 << 18, bytes.count)]))))
        }
      }
      #expect(report.accepted && report.rowsAdded == 100_000, "\(report.problems)")
    }
  }

  /// A P-chart measure without observations, in a demonstration project.
  private func newMeasure(_ waymark: RunningWaymark) async throws -> String {
    let project = try await waymark.projectID("newcastle four hours")
    return try await waymark.withClient(of: "measurement") { client in
      let measures = MeasurementV1.MeasureServiceClient(client)
      let created = try await measures.createMeasure(
        .init(
          measure: .init(
            projectID: project, name: "Files as people have them", kind: .process, unit: "%", direction: .up,
            chartKind: .p, multiplier: 100)))
      return try #require(created.measure).id
    }
  }
}
