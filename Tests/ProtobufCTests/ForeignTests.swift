// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProtobufC
import TestContracts
import Testing

/// The Python that has protobuf and grpcio-tools, if the environment names one.
private let python = ProcessInfo.processInfo.environment["WAYMARK_TEST_PYTHON"]

@Suite("Python's protobuf and this module understand one another")
struct ForeignTests {
  private static let count = 10_000

  @Test(
    "10,000 random messages go from Python to Swift and back, in binary and in JSON, without a difference",
    .enabled(if: python != nil, "WAYMARK_TEST_PYTHON names no Python"))
  func fromPython() throws {
    let exchange = try Exchange()
    defer { exchange.cleanUp() }
    try exchange.run("generate", "\(Self.count)", "1", exchange.path("from-python"))
    var returned = Data()
    var merged = Data()
    var earlier: [UInt8]?
    var number = 0
    for (binary, json) in try exchange.records("from-python") {
      let message = try TestingV1.Everything(serialized: binary)
      let other = try TestingV1.Everything(json: json)
      // Bytes are compared because NaN differs from itself.
      let bytes = try message.serialized()
      guard try other.serialized() == bytes else {
        Issue.record("record \(number): JSON and binary differ: \(String(decoding: json, as: UTF8.self))")
        return
      }
      Exchange.append(bytes, to: &returned)
      Exchange.append(try message.jsonBytes(), to: &returned)
      // The specification: the bytes of two messages, joined, are the bytes of the merged message.
      if let earlier, number <= Self.count / 5 {
        Exchange.append(try TestingV1.Everything(serialized: earlier + binary).serialized(), to: &merged)
        Exchange.append([], to: &merged)
      }
      earlier = binary
      number += 1
    }
    #expect(number == Self.count)
    try returned.write(to: exchange.url("from-swift"))
    try merged.write(to: exchange.url("from-swift.merged"))
    try exchange.run("verify", exchange.path("from-python"), exchange.path("from-swift"))
  }

  @Test(
    "10,000 random messages go from Swift to Python and back, in binary and in JSON, without a difference",
    .enabled(if: python != nil, "WAYMARK_TEST_PYTHON names no Python"))
  func fromSwift() throws {
    let exchange = try Exchange()
    defer { exchange.cleanUp() }
    var generator = Generator(seed: 2)
    var sent: [[UInt8]] = []
    var data = Data()
    for _ in 0..<Self.count {
      let message = generator.everything()
      let bytes = try message.serialized()
      sent.append(bytes)
      Exchange.append(bytes, to: &data)
      Exchange.append(try message.jsonBytes(), to: &data)
    }
    try data.write(to: exchange.url("from-swift"))
    try exchange.run("echo", exchange.path("from-swift"), exchange.path("from-python"))
    let returned = try exchange.records("from-python")
    #expect(returned.count == sent.count)
    for (index, (binary, json)) in returned.enumerated() {
      guard try TestingV1.Everything(serialized: binary).serialized() == sent[index],
        try TestingV1.Everything(json: json).serialized() == sent[index]
      else {
        Issue.record("record \(index) came back different: \(String(decoding: json, as: UTF8.self))")
        return
      }
    }
  }
}

/// Files exchanged with `Foreign/exchange.py` in a directory of their own.
private struct Exchange {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "waymark-exchange-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func cleanUp() { try? FileManager.default.removeItem(at: directory) }

  func url(_ name: String) -> URL { directory.appending(path: name) }
  func path(_ name: String) -> String { url(name).path }

  func run(_ arguments: String...) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.arguments =
      [
        tests.appending(path: "Foreign/exchange.py").path,
        tests.deletingLastPathComponent().appending(path: "TestContracts/proto").path,
      ] + arguments
    let output = Pipe()
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(String(decoding: text.suffix(4000), as: UTF8.self))")
  }

  func records(_ name: String) throws -> [(binary: [UInt8], json: [UInt8])] {
    let data = [UInt8](try Data(contentsOf: url(name)))
    var parts: [[UInt8]] = []
    var position = 0
    while position < data.count {
      let size = (0..<4).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
      parts.append(Array(data[(position + 4)..<(position + 4 + size)]))
      position += 4 + size
    }
    return stride(from: 0, to: parts.count, by: 2).map { (parts[$0], parts[$0 + 1]) }
  }

  static func append(_ part: [UInt8], to data: inout Data) {
    for shift in 0..<4 { data.append(UInt8(truncatingIfNeeded: part.count >> (8 * shift))) }
    data.append(contentsOf: part)
  }
}
