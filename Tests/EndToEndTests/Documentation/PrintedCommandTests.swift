// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The commands of the pages for newcomers, run as they are printed.
@Suite("Commands as printed", .timeLimit(.minutes(5))) struct PrintedCommandTests {
  @Test(
    "the README's own commands work, one after another, and so do those of the charts' page and the files to try",
    arguments: ["README.md", "docs/charts.md", "examples/README.md"])
  func commands(path: String) async throws {
    // Other pages have commands for scripts of this repository, which take long, or other programs.
    let commands = try MarkdownPage(path: path).commands.filter { path == "README.md" || $0.hasPrefix("waymark ") }
    #expect(commands.count >= 2)
    let newcomer = try Newcomer()
    defer { newcomer.leave() }
    for command in commands { try await newcomer.type(command, from: path) }
  }
}

/// Somebody with a clone, a shell and an empty home folder.
private final class Newcomer {
  private let folder: TemporaryDirectory
  private var running: Process?
  private var address = "http://127.0.0.1:8080"

  init() throws {
    folder = try TemporaryDirectory()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.path + "/home", withIntermediateDirectories: true)
    // What commands write goes into a folder of its own, beside links to what is in the repository.
    for name in try files.contentsOfDirectory(atPath: Products.repository.path)
    where ![".git", ".build", ".dist", ".venv", "var"].contains(name) {
      try files.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: Products.repository.appending(path: name).path)
    }
    if let python = Products.python {
      let venv = URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent().path
      try files.createSymbolicLink(atPath: folder.path + "/.venv", withDestinationPath: venv)
    }
  }

  func type(_ command: String, from page: String) async throws {
    // There is no Docker engine where tests run; Tools/compose-test.sh tries these.
    if command.hasPrefix("docker-compose ") { return }
    // Builds, and runs the tests: it is looked at only whether there is such a target.
    if command.hasPrefix("make ") {
      let words = command.split(whereSeparator: \.isWhitespace).prefix { $0 != "#" }.map(String.init)
      let planned = try await finish("make", ["-C", Products.repository.path, "--dry-run"] + words.dropFirst())
      #expect(planned.succeeded, "\(page): \(command): \(planned.said)")
      return
    }
    if command.hasPrefix("export PATH=") {
      let makefile = try String(contentsOf: Products.repository.appending(path: "Makefile"), encoding: .utf8)
      let dist = try #require(makefile.firstMatch(of: /(?m)^DIST \?= (\S+)$/)?.1)
      #expect(command == "export PATH=\"$PWD/\(dist)/bin:$PATH\"", "\(page): \(command)")
      return
    }
    if command.hasPrefix(".venv/"), Products.python == nil { return }
    if command.hasPrefix("waymark up ") { return try start(command, page) }
    let typed = command.replacingOccurrences(of: "http://127.0.0.1:8080", with: address)
    let process = shell(typed)
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let said = error.fileHandleForReading.readDataToEndOfFile()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let words = String(decoding: answer + said, as: UTF8.self)
    #expect(process.terminationStatus == 0 && !words.isEmpty, "\(page): \(command)\n\(words)")
  }

  /// Starts a stack in the place of the one before, and waits until it is ready.
  private func start(_ command: String, _ page: String) throws {
    leave()
    let process = shell("exec " + command)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    running = process
    var said = Data()
    while true {
      let new = output.fileHandleForReading.availableData
      said += new
      if let ready = String(decoding: said, as: UTF8.self).firstMatch(of: /gateway ready: (\S+)\n/) {
        address = String(ready.1)
        return
      }
      try #require(!new.isEmpty, "\(page): \(command) did not get ready")
    }
  }

  /// Presses Ctrl-C.
  func leave() {
    running?.interrupt()
    running?.waitUntilExit()
    running = nil
  }

  private func shell(_ command: String) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-ec", command]
    process.currentDirectoryURL = URL(filePath: folder.path)
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WAYMARK_") }
    environment["PATH"] = "\(Products.folder):\(environment["PATH"] ?? "/usr/bin:/bin")"
    environment["HOME"] = folder.path + "/home"
    environment["XDG_DATA_HOME"] = nil
    // Whoever has 8080 here keeps it.
    environment["WAYMARK_GATEWAY_PORT"] = "0"
    process.environment = environment
    return process
  }
}
