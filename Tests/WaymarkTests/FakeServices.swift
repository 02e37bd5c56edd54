// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

@testable import WaymarkMain

/// Shell scripts in place of the services, and the log of the stack that runs them.
final class FakeServices: Sendable {
  let directory: URL
  private let lines = Mutex<[String]>([])
  private let news: AsyncStream<Void>
  private let newsSource: AsyncStream<Void>.Continuation

  /// A fake that becomes ready, says its process id and its port, and stops at SIGTERM or when its standard input ends.
  static let wellBehaved = """
    #!/bin/sh
    name=$(basename "$0")
    port=$2
    [ "$port" = 0 ] && port=$((20000 + $$ % 20000))
    echo "pid $$ port $port arguments $*" >&2
    echo "$name ready: 127.0.0.1:$port"
    exec cat
    """

  /// - Parameter scripts: what stands in for a service that is not well behaved.
  init(_ scripts: [ServiceName: String] = [:]) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "waymark-fakes-\(UUID().uuidString)")
    (news, newsSource) = AsyncStream.makeStream()
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for service in ServiceName.allCases {
      let file = directory.appending(path: service.rawValue)
      try Data((scripts[service] ?? Self.wellBehaved).utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// A stack of the fakes; each is told its port as `--port N` and its peers as words.
  func stack(backoff: Backoff = Backoff(first: .milliseconds(1)), grace: Duration = .seconds(20)) -> Stack {
    let log = LogMerger(names: [], coloured: false) { self.take($0) }
    let directory = directory
    return Stack(log: log, gatewayPort: 0, backoff: backoff, grace: grace) { service in
      directory.appending(path: service.rawValue).path
    } arguments: { _, port, peers in
      ["--port", "\(port)"] + peers.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
    }
  }

  private func take(_ bytes: [UInt8]) {
    lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)) }
    newsSource.yield()
  }

  /// All lines of the log so far.
  var log: [String] { lines.withLock { $0 } }

  /// Waits until the log has `count` lines that begin with the service's name and contain `text`; gives them.
  func lines(of name: String, with text: String, count: Int = 1) async -> [String] {
    for await _ in news {
      let found = log.filter { $0.hasPrefix(name + " ") && $0.contains(text) }
      if found.count >= count { return found }
    }
    return []
  }
}

/// The number after a word in a line: `number("pid", in: "people pid 12 port 3")` is 12.
func number(_ word: String, in line: String) -> Int? {
  let words = line.split(separator: " ")
  guard let place = words.firstIndex(of: Substring(word)), place + 1 < words.endIndex else { return nil }
  return Int(words[place + 1])
}
