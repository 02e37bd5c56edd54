// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import RPC
import Synchronization
import Tables
import Testing
import Tracing

@testable import ServiceRuntime

@Suite("Log lines")
struct LogTests {
  /// What a logger wrote.
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  private func lines(_ format: LogFormat, level: Logger.Level = .info, _ body: (Logger) -> Void) -> [String] {
    let lines = Lines()
    body(Logger(label: "people") { ServiceLogHandler(service: $0, format: format, level: level) { lines.append($0) } })
    return lines.all
  }

  private let nasty = "line one\nline \"two\" \\ \u{1}\u{7F} ƒ 👩‍⚕️"

  @Test("a JSON line is one JSON object with time, level, service, message and the metadata")
  func json() throws {
    let written = lines(.json) { $0.warning("\(nasty)", metadata: ["path": "\(nasty)", "level": "mine"]) }
    let line = try #require(written.first)
    #expect(written.count == 1)
    #expect(line.hasSuffix("}\n") && !line.dropLast().contains("\n"))
    let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["level"] == "warning")
    #expect(object["service"] == "people")
    #expect(object["message"] == nasty)
    #expect(object["path"] == nasty)
    let time = try #require(object["time"])
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test("a text line is one line, and quotes what needs it")
  func text() throws {
    let line = try #require(lines(.text) { $0.info("\(nasty)", metadata: ["a": "plain", "b": "two words"]) }.first)
    #expect(line.hasSuffix("\n") && !line.dropLast().contains("\n"))
    #expect(line.contains(" INFO line one line"))
    #expect(line.hasSuffix(#" a=plain b="two words"\#n"#))
  }

  @Test("nothing that acts on a terminal is written, in either form", arguments: LogFormat.allCases)
  func controls(format: LogFormat) throws {
    let bad = "\u{1B}]0;title\u{7} \u{9B}31m \u{202E}x \u{2028}"
    let line = try #require(lines(format) { $0.error("\(bad)", metadata: ["path": "\(bad)", "\(bad)": "x"]) }.first)
    #expect(!line.dropLast().unicodeScalars.contains { VisibleText.acts($0) })
    #expect(line.contains("title"))
  }

  @Test("less important messages than asked for are left out")
  func levels() {
    let written = lines(.text, level: .warning) { logger in
      logger.info("quiet")
      logger.warning("loud")
    }
    #expect(written.count == 1 && written[0].contains("loud"))
  }

  @Test("inside of a traced call name the trace and the span")
  func trace() throws {
    let lines = Lines()
    let logger = Logger(label: "people") {
      var handler = ServiceLogHandler(service: $0, format: .text, level: .info) { lines.append($0) }
      handler.metadataProvider = .trace
      return handler
    }
    let trace = TraceContext.root()
    var context = ServiceContext.topLevel
    context.traceContext = trace
    logger.info("outside")
    ServiceContext.$current.withValue(context) { logger.info("inside", metadata: ["a": "b"]) }
    #expect(lines.all.count == 2)
    #expect(lines.all[0].hasSuffix(" INFO outside\n"))
    #expect(lines.all[1].hasSuffix(" INFO inside a=b span_id=\(trace.parentID) trace_id=\(trace.traceID)\n"))
  }

  @Test("a logger's own metadata is on each of its lines, and an error is named")
  func metadata() throws {
    struct Trouble: Error, CustomStringConvertible { var description: String { "it broke" } }
    let written = lines(.text) { logger in
      var logger = logger
      logger[metadataKey: "call"] = "7"
      logger.error("failed", error: Trouble())
      logger.info("went on")
    }
    #expect(written.count == 2 && written.allSatisfy { $0.contains(" call=7") })
    #expect(written[0].contains(#"error="it broke""#))
  }
}
