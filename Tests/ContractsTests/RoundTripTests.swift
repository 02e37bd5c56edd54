// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import RPC
import Testing

@Suite("Contracts travel")
struct RoundTripTests {
  static let project = ProjectsV1.Project(
    id: "0197", organisationID: "0198", title: "Fewer waits over four hours – “A&E” 🏥",
    aim: .init(
      what: "Waits", forWhom: "patients", fromValue: 30, toValue: -0.0, unit: "%",
      byWhen: .init(year: 2026, month: 3, day: 31)),
    status: .onHold, measureIDs: ["m1", "", "m3"], createTime: .init(seconds: 1_700_000_000, nanos: 5_000_000),
    etag: "x")

  @Test("a project survives the binary format")
  func binary() throws {
    let bytes = try Self.project.serialized()
    #expect(try ProjectsV1.Project(serialized: bytes) == Self.project)
    let viaBuffer = try Self.project.withSerialized { size, write in
      var buffer = [UInt8](repeating: 0, count: size)
      buffer.withUnsafeMutableBytes { write($0) }
      return buffer
    }
    #expect(viaBuffer == bytes)
  }

  @Test("a project survives JSON")
  func json() throws {
    let text = try Self.project.json()
    #expect(
      text == """
        {"id":"0197","organisationId":"0198","title":"Fewer waits over four hours – “A&E” 🏥",\
        "aim":{"what":"Waits","forWhom":"patients","fromValue":30.0,"toValue":-0.0,"unit":"%",\
        "byWhen":{"year":2026,"month":3,"day":31}},"status":"PROJECT_STATUS_ON_HOLD","measureIds":["m1","","m3"],\
        "createTime":"2023-11-14T22:13:20.005Z","etag":"x"}
        """)
    #expect(try ProjectsV1.Project(json: text) == Self.project)
  }

  @Test("a client-streaming request carries either of its parts, even an empty one")
  func oneof() throws {
    for part: MeasurementV1.ImportObservationsRequest.Part? in [
      nil, .chunk([]), .chunk([0, 255]), .options(.init()), .options(.init(measureID: "m", dryRun: true)),
    ] {
      let request = MeasurementV1.ImportObservationsRequest(part: part)
      #expect(try MeasurementV1.ImportObservationsRequest(serialized: request.serialized()) == request)
      #expect(try MeasurementV1.ImportObservationsRequest(json: request.json()) == request)
    }
  }
}
