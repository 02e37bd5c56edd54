// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import Synchronization
import Testing

@testable import Measurement

private typealias Chunk = MeasurementV1.ObservationColumns

extension ServiceFixture {
  /// Loads chunks; the answers that came, and the error that ended the call.
  fileprivate func loading(
    _ chunks: [Chunk], options: MeasurementV1.LoadOptions? = nil
  ) async throws -> (answers: [MeasurementV1.LoadObservationsResponse], error: RPCError?) {
    let answers = Mutex<[MeasurementV1.LoadObservationsResponse]>([])
    let parts: [MeasurementV1.LoadObservationsRequest.Part] =
      (options.map { [.options($0)] } ?? [])
      + chunks.map {
        .chunk($0)
      }
    let error = try await rpcError {
      try await observations.loadObservations(
        RequestStream(parts.map { .init(part: $0) }),
        responses: ResponseWriter { answer in answers.withLock { $0.append(answer) } },
        context: context(MeasurementV1.ObservationServiceMethods.loadObservations))
    }
    return (answers.withLock { $0 }, error)
  }

  fileprivate func exporting(_ request: MeasurementV1.ExportObservationsRequest) async throws -> [Chunk] {
    let chunks = Mutex<[Chunk]>([])
    try await observations.exportObservations(
      request, responses: ResponseWriter { answer in chunks.withLock { $0.append(answer.chunk ?? .init()) } },
      context: context(MeasurementV1.ObservationServiceMethods.exportObservations))
    return chunks.withLock { $0 }
  }
}

@Suite("Loading and exporting many observations")
struct LoadTests {
  private static let start = Int32(Day(year: 2020, month: 1, day: 1)?.daysSinceEpoch ?? 0)

  private let rate = MeasureDefinition(name: "Falls", chartKind: .i)
  private let share = MeasureDefinition(name: "Late", denominatorMeaning: "all", chartKind: .p)

  @Test(
    "what random chunks leave behind is what a dictionary holds, and what is exported",
    arguments: 1...8 as ClosedRange<UInt64>)
  func model(seed: UInt64) async throws {
    var random = Seeded(state: seed)
    try await ServiceFixture.run { service in
      let measures = [try await service.keep(rate), try await service.keep(rate, project: "project-2")]
      var model: [String: [Int32: (value: Double, note: String)]] = [:]
      var chunks: [Chunk] = []
      for _ in 0..<30 {
        let id = measures.randomElement(using: &random)?.id ?? ""
        let days = Set(
          (0..<Int.random(in: 1...40, using: &random)).map { _ in Self.start + .random(in: 0..<60, using: &random) })
        var chunk = Chunk(measureID: id, periodDays: days.shuffled(using: &random))
        let hasNotes = Bool.random(using: &random)
        for day in chunk.periodDays {
          chunk.values.append(Double(Int.random(in: -5...5, using: &random)) / 3)
          if hasNotes { chunk.notes.append(["", "café", "two\nlines"].randomElement(using: &random) ?? "") }
          let old = model[id]?[day]?.note ?? ""
          model[id, default: [:]][day] = (chunk.values.last ?? 0, hasNotes ? chunk.notes.last ?? "" : old)
        }
        chunks.append(chunk)
      }
      let (answers, error) = try await service.loading(chunks, options: .init(replace: true))
      #expect(error == nil)
      #expect(answers.map(\.chunk) == Array(1...30))
      for (answer, chunk) in zip(answers, chunks) {
        #expect(Int(answer.rowsAdded + answer.rowsReplaced + answer.rowsUnchanged) == chunk.periodDays.count)
      }
      #expect(answers.reduce(0) { $0 + Int($1.rowsAdded) } == model.values.reduce(0) { $0 + $1.count })

      var exported: [String: [Int32: (value: Double, note: String)]] = [:]
      for chunk in try await service.exporting(.init(organisationID: "organisation-1")) {
        for (index, day) in chunk.periodDays.enumerated() {
          exported[chunk.measureID, default: [:]][day] = (
            chunk.values[index], chunk.notes.isEmpty ? "" : chunk.notes[index]
          )
        }
      }
      #expect(exported.keys.sorted() == model.keys.sorted())
      for (id, days) in model {
        #expect(exported[id]?.keys.sorted() == days.keys.sorted())
        for (day, said) in days { #expect(exported[id]?[day].map { $0 == said } == true, "\(id) \(day)") }
      }

      // The same once more changes nothing, and says so.
      let latest = model.map { id, days in
        Chunk(
          measureID: id, periodDays: days.keys.sorted(), values: days.keys.sorted().compactMap { days[$0]?.value },
          notes: days.keys.sorted().compactMap { days[$0]?.note })
      }
      let events = try await service.events().count
      let again = try await service.loading(latest)
      #expect(again.error == nil)
      #expect(again.answers.allSatisfy { $0.rowsAdded == 0 && $0.rowsReplaced == 0 && $0.rowsUnchanged > 0 })
      #expect(try await service.events().count == events)
    }
  }

  @Test("the first chunk that cannot be taken ends the call; those before it are there, and loading goes on from it")
  func firstBad() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(share)
      var chunks = (0..<6).map { index in
        Chunk(
          measureID: measure.id, periodDays: (0..<10).map { Self.start + Int32(index) * 10 + $0 },
          values: Array(repeating: 2, count: 10), denominators: Array(repeating: 5, count: 10))
      }
      chunks[3].values[4] = 6
      let (answers, error) = try await service.loading(chunks)
      #expect(answers.map(\.chunk) == [1, 2, 3])
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("Chunk 4 was not taken") == true)
      #expect(error?.fieldViolations.map(\.field) == ["chunk.values"])
      #expect(try await service.stored(measure, pageSize: 100).count == 30)

      chunks[3].values[4] = 5
      let rest = try await service.loading(Array(chunks[3...]))
      #expect(rest.error == nil)
      #expect(rest.answers.map(\.rowsAdded) == [10, 10, 10])
      #expect(try await service.stored(measure, pageSize: 100).count == 60)
      #expect(try await service.events().filter { $0.kind == "observations.loaded" }.count == 6)
    }
  }

  @Test("a stored value is replaced when that is asked for, and otherwise an error that names it")
  func replacing() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(rate)
      let old = Chunk(measureID: measure.id, periodDays: [Self.start, Self.start + 1], values: [1, 2])
      let new = Chunk(measureID: measure.id, periodDays: [Self.start, Self.start + 1], values: [1, 3])
      #expect(try await service.loading([old]).error == nil)
      let version = try await service.measures.store.measure(measure.id)?.chartVersion
      let refused = try await service.loading([new])
      #expect(refused.error?.code == .alreadyExists)
      #expect(refused.error?.fieldViolations.first?.description.contains("2020-01-02 2.0 is stored") == true)
      #expect(try await service.measures.store.measure(measure.id)?.chartVersion == version)
      let taken = try await service.loading([new], options: .init(replace: true))
      #expect(taken.answers.map { [$0.rowsAdded, $0.rowsReplaced, $0.rowsUnchanged] } == [[0, 1, 1]])
      #expect(try await service.measures.store.measure(measure.id)?.chartVersion == version.map { $0 + 1 })
      #expect(try await service.stored(measure).map(\.value) == [1, 3])
      // What was there before is in the trail.
      let event = try #require(try await service.events().last)
      #expect(event.before == #"{"observations":[{"period":{"year":2020,"month":1,"day":2},"value":2.0}]}"#)
      #expect(try await service.events().dropLast().last?.before == nil)
    }
  }

  @Test(
    "what is wrong with a chunk is named field by field",
    arguments: [
      (Chunk(measureID: "", periodDays: [0], values: [1]), ["chunk.measure_id"]),
      (Chunk(measureID: "nobody", periodDays: [0], values: [1]), ["chunk.measure_id"]),
      (Chunk(measureID: "*"), ["chunk.period_days"]),
      (
        Chunk(measureID: "*", periodDays: Array(0...10_000), values: Array(repeating: 1, count: 10_001)),
        ["chunk.period_days"]
      ),
      (Chunk(measureID: "*", periodDays: [0, 1], values: [1]), ["chunk.values"]),
      (
        Chunk(measureID: "*", periodDays: [0], values: [1], denominators: [1, 2], notes: ["a", "b"]),
        ["chunk.denominators", "chunk.notes"]
      ),
      (Chunk(measureID: "*", periodDays: [0, 1, 0], values: [1, 1, 1]), ["chunk.period_days"]),
      (
        Chunk(measureID: "*", periodDays: [.max, .min, 0], values: [1, .nan, .infinity]),
        ["chunk.period_days[0]", "chunk.period_days[1]", "chunk.values[1]", "chunk.values[2]"]
      ),
      (Chunk(measureID: "*", periodDays: [0], values: [1], denominators: [-1]), ["chunk.denominators"]),
      (
        Chunk(measureID: "*", periodDays: [0], values: [1], notes: [String(repeating: "x", count: 501)]),
        ["chunk.notes[0]"]
      ),
      (Chunk(measureID: "*", periodDays: [0], values: [1], notes: ["a\u{0}b"]), ["chunk.notes[0]"]),
    ] as [(MeasurementV1.ObservationColumns, [String])])
  func badChunks(chunk: MeasurementV1.ObservationColumns, fields: [String]) async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(rate)
      var chunk = chunk
      if chunk.measureID == "*" { chunk.measureID = measure.id }
      let (answers, error) = try await service.loading([chunk])
      #expect(answers.isEmpty)
      #expect(error?.code == .invalidArgument)
      #expect(error?.fieldViolations.map(\.field) == fields)
      #expect(try await service.stored(measure).isEmpty)
    }
  }

  @Test("options come first or not at all, and nothing at all is nothing to do")
  func shape() async throws {
    try await ServiceFixture.run { service in
      #expect(try await service.loading([]).error == nil)
      let error = try await rpcError {
        try await service.observations.loadObservations(
          RequestStream([.init(part: .options(.init())), .init(part: .options(.init()))]),
          responses: ResponseWriter { _ in },
          context: service.context(MeasurementV1.ObservationServiceMethods.loadObservations))
      }
      #expect(error?.fieldViolations.map(\.field) == ["options"])
    }
  }

  @Test("an export of more than a part holds everything once, in order, and only what was asked for")
  func longExport() async throws {
    try await ServiceFixture.run { service in
      var ids: [String] = []
      // The sizes meet the borders of parts: exactly one, one more, and many small ones.
      for (size, project) in [
        (ObservationExport.partSize, "a"), (1, "a"), (ObservationExport.partSize + 1, "b"), (3, "b"),
      ]
        + (0..<300).map({ ($0 % 3, "c") })
      {
        let measure = try await service.keep(rate, project: project)
        ids.append(measure.id)
        for part in stride(from: 0, to: size, by: 10_000) {
          let count = min(10_000, size - part)
          let chunk = Chunk(
            measureID: measure.id, periodDays: (0..<count).map { Int32(part + $0) },
            values: (0..<count).map(Double.init))
          #expect(try await service.loading([chunk]).error == nil)
        }
      }
      func counts(_ request: MeasurementV1.ExportObservationsRequest) async throws -> [String: Int] {
        var seen: [String: [Int32]] = [:]
        for chunk in try await service.exporting(request) { seen[chunk.measureID, default: []] += chunk.periodDays }
        for (id, days) in seen { #expect(days == days.sorted() && Set(days).count == days.count, "\(id)") }
        return seen.mapValues(\.count)
      }
      let all = try await counts(.init(organisationID: "organisation-1"))
      #expect(all.values.reduce(0, +) == 2 * ObservationExport.partSize + 5 + 300)
      #expect(
        all[ids[0]] == ObservationExport.partSize && all[ids[1]] == 1 && all[ids[2]] == ObservationExport.partSize + 1)
      #expect(try await counts(.init(projectID: "b")) == [ids[2]: ObservationExport.partSize + 1, ids[3]: 3])
      #expect(try await counts(.init(measureIDs: [ids[1], ids[3]])) == [ids[1]: 1, ids[3]: 3])
      #expect(
        try await counts(.init(projectID: "b", since: .init(year: 1970, month: 1, day: 3)))
          == [ids[2]: ObservationExport.partSize - 1, ids[3]: 1])
      #expect(try await counts(.init(organisationID: "elsewhere")).isEmpty)
      let error = try await rpcError { _ = try await service.exporting(.init()) }
      #expect(error?.fieldViolations.map(\.field) == ["organisation_id"])
    }
  }
}

@Suite("Chunks between reading and writing")
struct ChunkQueueTests {
  private func chunk(_ number: Int64, count: Int) throws -> ObservationChunk {
    try ObservationChunk(
      .init(measureID: "m", periodDays: (0..<Int32(count)).map { $0 }, values: Array(repeating: 0, count: count)),
      number: number, today: Day(daysSinceEpoch: 20_000))
  }

  @Test("all of them arrive in order, and no more wait than there is room for")
  func bounded() async throws {
    let queue = ChunkQueue()
    let count = 200
    async let added: Void = { () async throws in
      for number in 1...count {
        guard await queue.add(try chunk(Int64(number), count: 1000)) else { return }
      }
      queue.finish(.success(()))
    }()
    var seen: [Int64] = []
    var most = 0
    while true {
      let chunks = try await queue.next()
      if chunks.isEmpty { break }
      most = max(most, chunks.reduce(0) { $0 + $1.observations.count })
      seen += chunks.map(\.number)
    }
    try await added
    #expect(seen == (1...Int64(count)).map { $0 })
    #expect(most < ChunkQueue.room + 1000)
  }

  @Test("an error comes after the chunks before it, and whoever waits for room is let go when nobody writes any more")
  func ends() async throws {
    let queue = ChunkQueue()
    #expect(try await queue.add(chunk(1, count: 10_000)))
    async let second = queue.add(try chunk(2, count: 1))
    queue.finish(.failure(RPCError(code: .cancelled, message: "gone")))
    #expect(try await queue.next().first?.number == 1)
    queue.abandon()
    _ = try await second
    #expect(try await queue.add(chunk(3, count: 1)) == false)
  }
}
