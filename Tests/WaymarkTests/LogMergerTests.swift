// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import WaymarkMain

@Suite("The merged log") struct LogMergerTests {
  @Test("each line has the name it comes from in a column")
  func column() {
    let lines = Lines()
    let log = LogMerger(names: ["people", "measurement"], coloured: false, write: lines.take)
    log.line("serving", from: "people")
    log.line("serving too", from: "measurement")
    log.line("", from: "people")
    #expect(lines.text == "people       serving\nmeasurement  serving too\n")
  }

  @Test("what a service wrote never acts on the terminal")
  func controls() {
    let lines = Lines()
    let log = LogMerger(names: [], coloured: false, write: lines.take)
    log.line("\u{1B}[2Jgone\u{7}\u{9B}1m\ttab", from: "people")
    #expect(lines.text == "people       ␛[2Jgone␇‹U+009B›1m\ttab\n")
  }

  @Test("names are coloured at a terminal, each in its own colour, and the text is not")
  func colours() {
    let lines = Lines()
    let log = LogMerger(names: ["a", "b"], coloured: true, write: lines.take)
    log.line("x", from: "a")
    log.line("x", from: "b")
    let written = lines.text.split(separator: "\n")
    #expect(written.allSatisfy { $0.hasSuffix("\u{1B}[0m x") })
    #expect(Set(written.map { $0.prefix(5) }).count == 2)
  }

  @Test("lines of many writers stay whole")
  func whole() async {
    let lines = Lines()
    let log = LogMerger(names: [], coloured: false, write: lines.take)
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for _ in 0..<200 { log.line(String(repeating: "\(writer)", count: 50), from: "w\(writer)") }
        }
      }
    }
    let written = lines.text.split(separator: "\n")
    #expect(written.count == 1600)
    #expect(written.allSatisfy { Set($0.dropFirst(13)).count == 1 && $0.count == 63 })
  }

  private final class Lines: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    @Sendable func take(_ new: [UInt8]) { bytes.withLock { $0 += new } }
  }
}
