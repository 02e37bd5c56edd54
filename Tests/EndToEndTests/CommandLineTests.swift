// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Subprocess
import Testing

/// What `waymark` says to those who are not used to it.
@Suite("The command line", .timeLimit(.minutes(5)))
struct CommandLineTests {
  static let waymark = Products.executable("waymark")

  @Test(
    "a command that does not exist leads to the one that was meant",
    arguments: [
      (["chrat", "waits.csv"], "There is no command 'waymark chrat'. Did you mean 'waymark chart'?"),
      (["chrat", "waits.csv", "--kind", "p", "--output", "a.svg"], "Did you mean 'waymark chart'?"),
      (["Chart", "waits.csv"], "Did you mean 'waymark chart'?"),
      (["help", "bakcup"], "Did you mean 'waymark backup'?"),
      (["audit", "verfiy"], "There is no command 'waymark audit verfiy'. Did you mean 'waymark audit verify'?"),
      (["migrate_store"], "Did you mean 'waymark migrate-store'?"),
      (["plot", "waits.csv"], "Did you mean 'waymark chart'?"),
      (["serve"], "Did you mean 'waymark up'?"),
      (["version"], "Did you mean 'waymark --version'?"),
      (["waits.csv"], "'waits.csv' is a file, not a command. Did you mean 'waymark chart waits.csv'?"),
      (["statistics"], "The commands are up, chart, explain, "),
      (["—help"], "Did you mean '--help'?"),
      (["chart", "waits.csv", "–kind", "p"], "'–kind' begins with a dash that a word processor"),
    ])
  func commands(arguments: [String], words: String) async throws {
    let finished = try await finish(Self.waymark, arguments)
    #expect(finished.status == .exited(64), "\(finished.said)")
    #expect(finished.error.hasPrefix("waymark: ") && finished.error.contains(words), "\(finished.said)")
    #expect(finished.output.isEmpty)
  }

  @Test(
    "an option that does not exist, or lacks its value, is told in two or three lines with what was meant",
    arguments: [
      (["chart", "x.csv", "--tartget", "5"], "Unknown option '--tartget'. Did you mean '--target'?"),
      (["chart", "x.csv", "--denominator", "n"], "Unknown option '--denominator'. Did you mean '--n'?"),
      (["chart", "x.csv", "--goal", "5"], "Did you mean '--target'?"),
      (["chart", "x.csv", "--out", "a.svg"], "Unknown option '--out'. Did you mean '--output'?"),
      (["chart", "x.csv", "--center", "5"], "Unknown option '--center'. Did you mean '--centre'?"),
      (["chart", "x.csv", "-o", "a.svg"], "Unknown option '-o'. Did you mean '--output'?"),
      (["up", "--port", "9000"], "Did you mean '--gateway-port'?"),
      (["backup", "there", "--dir", "x"], "Did you mean '--data-dir'?"),
      (["health", "127.0.0.1:1", "--goal", "5"], "Unknown option '--goal'.\nSee"),
      (["chart", "x.csv", "--zzzz"], "Unknown option '--zzzz'.\nSee 'waymark chart --help'."),
      (["chart"], "Missing expected argument '<file>'"),
      (["backup"], "Missing expected argument '<dir>'"),
      (["certs"], "Missing expected argument '--dir <folder>'"),
      (["chart", "x.csv", "--kind"], "Missing value for '--kind <kind>'"),
      (["chart", "x.csv", "y.csv"], "Unexpected argument 'y.csv'"),
      (
        ["certs", "--dir", "x", "--days", "many"],
        "'many' is invalid for '--days <days>': a whole number from 1 to 3650"
      ),
      (["health", "127.0.0.1:1", "--timeout", "soon"], "'soon' is invalid for '--timeout <seconds>': a number"),
      (
        ["up", "--keep-backups", "all"],
        "'all' is invalid for '--keep-backups <number>': a whole number from 1 to 10000"
      ),
      (["up", "--gateway-port", "web"], "a whole number from 0 to 65535"),
      (["up", "--log-level", "loud"], "'loud' is invalid for '--log-level"),
      (["migrate", "--service", "poeple"], "Did you mean people?"),
      (
        ["migrate-store", "--from", "a", "--to", "b", "--service", "Gateway"],
        "people, projects, measurement are accepted"
      ),
    ])
  func options(arguments: [String], words: String) async throws {
    let finished = try await finish(Self.waymark, arguments)
    #expect(finished.status == .exited(64), "\(finished.said)")
    #expect(finished.error.contains(words), "\(finished.said)")
    #expect(!finished.error.contains("Usage:") && finished.error.contains("See 'waymark"), "\(finished.said)")
    #expect(finished.error.split(separator: "\n").count <= 12, "\(finished.said)")
  }

  @Test("words are taken in any case, negative numbers behind their options, yes and no as people say them")
  func forgiving() async throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/temperatures.csv"
    try Data("month,value\n2024-01,-5\n2024-02,-7\n2024-03,-6\n2024-04,-9\n".utf8).write(to: URL(filePath: path))
    for options in [
      ["--centre", "-6.5", "--kind", "i"], ["--target", "-8", "--kind", "RUN"], ["--direction", "Down"],
      ["--rules", "IHI"], ["--rules", "Making Data Count"], ["--rules", "NELSON@1"], ["--rules", "Western_Electric"],
      ["--kind", "I", "--period", "Month"], ["--kind", "XmR"], ["--screen", "yes", "--kind", "i"], ["--screen", "No"],
      ["--screen", "off"], ["--screen=TRUE"], ["--kind", "i", "--target", "-8@2024-02"],
    ] {
      let finished = try await finish(Self.waymark, ["chart", path] + options)
      #expect(finished.succeeded, "\(options): \(finished.said)")
    }
  }

  @Test("files and folders that cannot be used are told as somebody who looks would say it")
  func files() async throws {
    let folder = try TemporaryDirectory()
    let here = folder.path
    try Data("month,value\n2024-01,5\n2024-02,7\n".utf8).write(to: URL(filePath: here + "/waits.csv"))
    let cases: [([String], Int32, String)] = [
      (["chart", here + "/wiats.csv"], 66, "There is no file \(here)/wiats.csv. Did you mean \(here)/waits.csv?"),
      (["chart", here + "/none/waits.csv"], 66, "the folder \(here)/none does not exist."),
      (["chart", here + "/waits.csv/x.csv"], 66, "\(here)/waits.csv is a file, not a folder."),
      (["chart", here], 66, "\(here) is a folder; name a file in it."),
      (["explain", here], 66, "\(here) is a folder; name a file in it."),
      (
        ["chart", here + "/waits.csv", "--kind", "run", "--output", here + "/none/a.svg"], 73,
        "\(here)/none/a.svg cannot be written: the folder \(here)/none does not exist."
      ),
      (
        ["chart", here + "/waits.csv", "--kind", "run", "--output", here + "/waits.csv/a.svg"], 73,
        "is a file, not a folder."
      ),
      (
        ["explain", here + "/waits.csv", "--output", here + "/none/a.md"], 73, "the folder \(here)/none does not exist."
      ),
      (["rules", "--output", here + "/waits.csv"], 73, "\(here)/waits.csv is a file, not a folder"),
      (["rules", "nelsno"], 64, "Did you mean nelson?"),
      (["chart", here + "/waits.csv", "--rules", here + "/own.json"], 66, "There is no file \(here)/own.json."),
      (["conformance", here + "/none"], 66, "There is no folder \(here)/none."),
      (["conformance", here + "/waits.csv"], 66, "\(here)/waits.csv is a file"),
      (["audit", "verify", "--data-dir", here, "--expect", "none.txt"], 66, "There is no file none.txt."),
      (["audit", "verify", "--data-dir", here], 1, "There are no stores in \(here), so there was nothing to verify."),
      (["backup", here + "/b", "--data-dir", here], 66, "There is no store in \(here)"),
      (["backup", "--verify", here + "/none"], 66, "There is no folder \(here)/none"),
      (["restore", here + "/none", "--data-dir", here + "/d"], 66, "There is no folder \(here)/none"),
      (["migrate-store", "--from", here + "/none", "--to", here + "/m"], 66, "There is no store in \(here)/none."),
      (["certs", "--dir", here + "/waits.csv"], 1, "\(here)/waits.csv is a file, not a folder"),
      (["demo", "--people-address", "127.0.0.1:1"], 69, "cannot load the demonstration data"),
    ]
    for (arguments, code, words) in cases {
      let finished = try await finish(Self.waymark, arguments)
      #expect(finished.status == .exited(code), "\(arguments): \(finished.said)")
      #expect(finished.error.contains(words), "\(arguments): \(finished.said)")
      #expect(finished.error.hasPrefix("waymark: "), "\(arguments): \(finished.said)")
    }
    // Nothing was made on the way to a refusal.
    #expect(try FileManager.default.contentsOfDirectory(atPath: here) == ["waits.csv"])
  }

  @Test("a port that is in use is told before anything starts, with who has it and the command for another")
  func busyPort() async throws {
    let server = try FreePort()
    let data = try TemporaryDirectory()
    let finished = try await finish(
      Self.waymark, "up", "--gateway-port", "\(server.port)", "--demo", "--data-dir", data.path + "/with blank")
    #expect(!finished.succeeded && finished.output.isEmpty, "\(finished.said)")
    // The one who has it is this very test.
    let own = ProcessInfo.processInfo.processIdentifier
    #expect(finished.error.contains("port \(server.port) of 127.0.0.1 is in use by "), "\(finished.said)")
    #expect(finished.error.contains(", process \(own); "), "\(finished.said)")
    let retry = try #require(
      finished.error.firstMatch(of: /take another port: (waymark up --demo --data-dir '.*' --gateway-port (\d+))\n/),
      "\(finished.said)")
    #expect(Int(retry.2) != server.port)
    #expect(!FileManager.default.fileExists(atPath: data.path + "/with blank"))
  }

  @Test("the help of every command is plain: no line is too long, and none is without words")
  func help() async throws {
    let known = try await KnownOptions()
    for command in known.byCommand.keys.sorted() {
      let words = command.split(separator: " ").map(String.init)
      let finished = try await finish(Products.executable(words[0]), Array(words.dropFirst()) + ["--help"])
      #expect(finished.succeeded && finished.error.isEmpty, "\(finished.said)")
      for old in [" shall ", "whoever", "of one's own"] {
        #expect(!finished.output.contains(old), "\(command): \(old)")
      }
      // Every option says what it is for.
      for line in finished.output.split(separator: "\n") where line.wholeMatch(of: #/  --[a-z-]+( <[^>]+>)?/#) != nil {
        let lines = finished.output.split(separator: "\n")
        let next = lines.firstIndex(of: line).map { lines.index(after: $0) }
        #expect(next.map { $0 < lines.endIndex && lines[$0].hasPrefix("     ") } == true, "\(command): \(line)")
      }
    }
  }
}

/// A port of 127.0.0.1 on which this process listens.
private final class FreePort {
  let port: Int
  private let socket: Int32

  init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = socket
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) + listen(descriptor, 1) + getsockname(descriptor, address, &length)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    try #require(status == 0 && port > 0)
  }

  deinit { close(socket) }
}
