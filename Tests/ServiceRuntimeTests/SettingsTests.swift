// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging
import RPC
import ServiceRuntime
import Testing

@Suite("Settings")
struct SettingsTests {
  /// Settings of `people` from a file with this text, if any, and these variables.
  private func settings(
    file text: String? = nil, _ variables: [String: String] = [:]
  ) async throws -> Settings {
    guard let text else { return try await Settings(service: "people", file: nil, environment: variables) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("waymark-\(UUID().uuidString).json").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await Settings(service: "people", file: path, environment: variables)
  }

  @Test("a flag goes before a variable, a variable before the file, the file before the default")
  func precedence() async throws {
    let file = #"{"host": "file", "people": {"port": 4}}"#
    let variables = ["WAYMARK_HOST": "variable", "WAYMARK_PEOPLE_PORT": "3"]
    func port(_ settings: Settings, flag: String?) throws -> Int {
      try settings.integer("port", flag: flag, range: 0...65535, default: 50051)
    }
    let all = try await settings(file: file, variables)
    #expect(all.text("host", flag: "flag") == "flag")
    #expect(all.text("host", flag: nil) == "variable")
    #expect(try port(all, flag: "2") == 2)
    #expect(try port(all, flag: nil) == 3)
    let filed = try await settings(file: file)
    #expect(filed.text("host", flag: nil) == "file")
    #expect(try port(filed, flag: nil) == 4)
    let none = try await settings()
    #expect(none.text("host", flag: nil) == nil)
    #expect(try port(none, flag: nil) == 50051)
  }

  @Test("what is said for one service goes before what is said for all, but a variable before the file")
  func oneServiceFirst() async throws {
    let file = #"{"host": "all in file", "people": {"host": "people in file"}, "projects": {"host": "another"}}"#
    #expect(try await settings(file: file).text("host", flag: nil) == "people in file")
    #expect(try await settings(file: file, ["WAYMARK_HOST": "all"]).text("host", flag: nil) == "all")
    let both = ["WAYMARK_HOST": "all", "WAYMARK_PEOPLE_HOST": "people", "WAYMARK_PROJECTS_HOST": "projects"]
    #expect(try await settings(both).text("host", flag: nil) == "people")
  }

  @Test(
    "a length of time has a unit, or counts seconds",
    arguments: [
      ("5s", .seconds(5)), ("250ms", .milliseconds(250)), ("2m", .seconds(120)), ("1H", .seconds(3600)),
      ("0", .zero), ("7", .seconds(7)), ("3601", nil), ("2h", nil), ("-1s", nil), ("1.5s", nil), ("5 s", nil),
      ("s", nil),
      ("soon", nil), ("99999999999999999999s", nil), ("9223372036854775807h", nil),
    ] as [(String, Duration?)])
  func durations(text: String, duration: Duration?) async throws {
    let settings = try await settings(["WAYMARK_DRAIN_TIME": text])
    func read() throws -> Duration {
      try settings.duration("drainTime", flag: nil, range: .zero ... .seconds(3600), default: .seconds(5))
    }
    guard let duration else {
      let error = #expect(throws: SettingsError.self) { try read() }
      #expect(
        error?.description
          == "The setting WAYMARK_DRAIN_TIME = \"\(text)\" is not a time from 0s to 1h, such as 500ms, 10s or 2m.")
      return
    }
    #expect(try read() == duration)
  }

  @Test("an empty variable counts as not set")
  func empty() async throws {
    let settings = try await settings(file: #"{"host": "file"}"#, ["WAYMARK_HOST": "", "WAYMARK_PEOPLE_HOST": ""])
    #expect(settings.text("host", flag: nil) == "file")
  }

  @Test("the file is found through WAYMARK_CONFIG, too")
  func fileByVariable() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("waymark-\(UUID().uuidString).json").path
    try Data(#"{"logLevel": "debug"}"#.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let settings = try await Settings(service: "people", file: nil, environment: ["WAYMARK_CONFIG": path])
    #expect(try settings.logLevel(flag: nil) == .debug)
  }

  @Test(
    "a value that cannot be used is refused with its place, the value and what is accepted",
    arguments: [
      ("", ["WAYMARK_PEOPLE_PORT": "many"], ["WAYMARK_PEOPLE_PORT", "many", "65535"]),
      ("", ["WAYMARK_PEOPLE_PORT": "70000"], ["WAYMARK_PEOPLE_PORT", "70000", "65535"]),
      (#"{"people": {"port": 1.5}}"#, [:], ["people.port in", "1.5", "65535"]),
      (#"{"people": {"port": "-1"}}"#, [:], ["people.port in", "-1", "65535"]),
    ] as [(String, [String: String], [String])])
  func refused(file: String, variables: [String: String], parts: [String]) async throws {
    let settings = try await settings(file: file.isEmpty ? nil : file, variables)
    let error = #expect(throws: SettingsError.self) {
      try settings.integer("port", flag: nil, range: 0...65535, default: 1)
    }
    for part in parts { #expect(error?.description.contains(part) == true, "\(part)") }
  }

  @Test("levels and formats are taken in any case, and others refused with the list of what is accepted")
  func levels() async throws {
    let settings = try await settings()
    #expect(try settings.logLevel(flag: nil) == .info)
    #expect(try settings.logLevel(flag: "WARNING") == .warning)
    #expect(try settings.logFormat(flag: "JSON") == .json)
    let level = #expect(throws: SettingsError.self) { try settings.logLevel(flag: "loud") }
    #expect(level?.description.contains("--log-level") == true && level?.description.contains("warning") == true)
    let format = #expect(throws: SettingsError.self) { try settings.logFormat(flag: "xml") }
    #expect(format?.description.contains("--log-format") == true && format?.description.contains("json") == true)
    #expect(try settings.accessLog(flag: nil) == .errors)
    #expect(try settings.accessLog(flag: "ALL") == .all)
    let calls = #expect(throws: SettingsError.self) { try settings.accessLog(flag: "some") }
    #expect(calls?.description.contains("--access-log") == true && calls?.description.contains("errors") == true)
  }

  @Test(
    "yes and no are read in the words that people use, in any case, in the file also as true and false",
    arguments: [
      ("on", YesOrNo.yes), ("Yes", .yes), ("TRUE", .yes), ("1", .yes), ("y", .yes), ("off", .no), ("No", .no),
      ("false", .no),
      ("0", .no), ("n", .no),
    ])
  func yesOrNo(text: String, answer: YesOrNo) async throws {
    #expect(try await settings().yesOrNo("tracing", flag: text) == answer)
    #expect(try await settings(["WAYMARK_TRACING": text]).yesOrNo("tracing", flag: nil) == answer)
    #expect(try await settings(file: #"{"tracing": \#(answer == .yes)}"#).yesOrNo("tracing", flag: nil) == answer)
    #expect(try await settings().yesOrNo("tracing", flag: nil) == nil)
    for wrong in ["perhaps", "2", "ja", "tru"] {
      let refused = await #expect(throws: SettingsError.self) { try await settings().yesOrNo("tracing", flag: wrong) }
      #expect(refused?.description.contains(YesOrNo.accepted) == true)
    }
  }

  @Test(
    "an address is a host and a port, or a socket in a file",
    arguments: [
      ("127.0.0.1:50051", true), ("people:1", true), ("[::1]:50051", true), ("unix:/run/people", true),
      ("people", false), ("people:", false), (":50051", false), ("people:0", false), ("people:70000", false),
    ])
  func addresses(text: String, isAccepted: Bool) async throws {
    let settings = try await settings(["WAYMARK_PROJECTS_ADDRESS": text])
    if isAccepted {
      #expect(try settings.address(of: "projects", flag: nil) == text)
    } else {
      let error = #expect(throws: SettingsError.self) { try settings.address(of: "projects", flag: nil) }
      #expect(error?.setting == "WAYMARK_PROJECTS_ADDRESS")
      #expect(error?.value == text)
    }
  }

  @Test("a service that nothing is said of is at its usual port on this machine")
  func usualAddresses() async throws {
    let settings = try await settings()
    #expect(try settings.address(of: "people", flag: nil) == "127.0.0.1:50051")
    #expect(try settings.address(of: "projects", flag: nil) == "127.0.0.1:50052")
    #expect(try settings.address(of: "measurement", flag: nil) == "127.0.0.1:50053")
  }

  @Test("the store is where it is said to be, or else where the system keeps a person's data")
  func dataDirectory() async throws {
    let home = ["HOME": "/home/ada"]
    #expect(try await settings(home).dataDirectory(flag: nil) == "/home/ada/.local/share/waymark")
    #expect(
      try await settings(["XDG_DATA_HOME": "/data"].merging(home) { $1 }).dataDirectory(flag: nil) == "/data/waymark")
    #expect(try await settings(["WAYMARK_DATA_DIR": "/srv"].merging(home) { $1 }).dataDirectory(flag: nil) == "/srv")
    #expect(try await settings(file: #"{"dataDir": "/filed"}"#, home).dataDirectory(flag: nil) == "/filed")
    #expect(try await settings(["WAYMARK_DATA_DIR": "/srv"]).dataDirectory(flag: "/flag") == "/flag")
  }

  @Test("a file that is not there is refused with its path and the reason")
  func missingFile() async throws {
    let path = "/nowhere/waymark.json"
    let error = await #expect(throws: SettingsError.self) {
      _ = try await Settings(service: "people", file: path, environment: [:])
    }
    #expect(error?.setting == "--config")
    #expect(error?.description.contains(path) == true && error?.description.contains("No such file") == true)
  }

  @Test("a file that is no JSON object is refused", arguments: ["", "{", "[1, 2]", "host = x", "\u{0}"])
  func badFile(text: String) async {
    let error = await #expect(throws: SettingsError.self) { _ = try await settings(file: text) }
    #expect(error?.description.contains("JSON object") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("the help names the variable beside each flag")
  func help() {
    struct Command: ParsableCommand {
      @OptionGroup var options: ServiceOptions
      @OptionGroup var store: StoreOptions
      @OptionGroup var people: PeopleAddressOption
      @OptionGroup var projects: ProjectsAddressOption
      @OptionGroup var measurement: MeasurementAddressOption
    }
    let help = Command.helpMessage(columns: 1000)
    for (flag, variable) in [
      ("--host", "WAYMARK_HOST"), ("--port", "WAYMARK_<SERVICE>_PORT"), ("--log-level", "WAYMARK_LOG_LEVEL"),
      ("--log-format", "WAYMARK_LOG_FORMAT"), ("--config", "WAYMARK_CONFIG"), ("--data-dir", "WAYMARK_DATA_DIR"),
      ("--people-address", "WAYMARK_PEOPLE_ADDRESS"), ("--projects-address", "WAYMARK_PROJECTS_ADDRESS"),
      ("--measurement-address", "WAYMARK_MEASUREMENT_ADDRESS"),
    ] {
      #expect(help.contains("  \(flag)"))
      #expect(help.contains(variable))
    }
    #expect(help.contains("--exit-with-parent"))
  }
}
