// SPDX-License-Identifier: Apache-2.0

public import Logging
public import RPC
public import Storage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The settings of a service: from its command line, or else the environment, or else the configuration file, or else
/// the default.
///
/// Within the environment, and within the file, what is said for one service goes before what is said for all.
public struct Settings: Sendable {
  /// Name of the service.
  public let service: String
  private let layers: [SettingsLayer]
  private let environment: [String: String]

  /// - Parameters:
  ///   - file: path of the JSON configuration file given on the command line, if any.
  ///   - environment: variables; nil for those of the process.
  /// - Throws: ``SettingsError`` when the file cannot be read.
  public init(service: String, file: String?, environment: [String: String]? = nil) async throws {
    let environment = environment ?? ProcessInfo.processInfo.environment
    self.service = service
    self.environment = environment
    var layers = [SettingsLayer(environment: environment)]
    if let path = file ?? environment["WAYMARK_CONFIG"], !path.isEmpty {
      layers.append(try await SettingsLayer(file: path, named: file == nil ? "WAYMARK_CONFIG" : "--config"))
    }
    self.layers = layers
  }

  /// A setting as text: of this service, or else of all.
  ///
  /// A setting that is empty counts as not made.
  ///
  /// - Parameters:
  ///   - name: in camel case, such as `logLevel`: `WAYMARK_PEOPLE_LOG_LEVEL` and `WAYMARK_LOG_LEVEL` in the
  ///     environment, `"logLevel"` in `"people"` and at the top in the file.
  ///   - flag: what the command line says; it goes before all others.
  public func text(_ name: String, flag: String?) -> String? { find(name, flag: flag)?.text }

  /// A setting as text that was made for this service alone: `WAYMARK_PEOPLE_HOST`, but not `WAYMARK_HOST`.
  public func own(_ name: String) -> String? { find(["\(service).\(name)"], flag: nil, named: "")?.text }

  /// A whole number within `range`.
  ///
  /// - Throws: ``SettingsError`` when the setting is something else.
  public func integer(_ name: String, flag: String?, range: ClosedRange<Int>, default: Int) throws -> Int {
    guard let found = find(name, flag: flag) else { return `default` }
    guard let number = Int(found.text), range.contains(number) else {
      throw found.error("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A length of time: a number and `ms`, `s`, `m` or `h`; a number alone counts seconds.
  ///
  /// - Throws: ``SettingsError`` when the setting is something else.
  public func duration(
    _ name: String, flag: String?, range: ClosedRange<Duration>, default: Duration
  ) throws -> Duration {
    guard let found = find(name, flag: flag) else { return `default` }
    guard let duration = Duration(setting: found.text), range.contains(duration) else {
      throw found.error(
        "is not a time from \(range.lowerBound.setting) to \(range.upperBound.setting), such as 500ms, 10s or 2m")
    }
    return duration
  }

  /// What `parse` makes of a setting; nil when the setting is not made.
  ///
  /// - Parameter accepted: what is accepted, for a sentence that says that the setting is not that.
  /// - Throws: ``SettingsError`` when `parse` makes nothing of it.
  public func value<Value>(
    _ name: String, flag: String?, accepted: String, _ parse: (String) -> Value?
  ) throws -> Value? {
    guard let found = find(name, flag: flag) else { return nil }
    guard let value = parse(found.text) else { throw found.error("is not \(accepted)") }
    return value
  }

  /// One of a few words; nil when the setting is not made.
  ///
  /// - Throws: ``SettingsError`` when the setting is something else.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, flag: String?, of type: Choice.Type
  ) throws -> Choice? {
    guard let found = find(name, flag: flag) else { return nil }
    guard let choice = Choice(rawValue: found.text.lowercased()) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw found.error("is not accepted; accepted are \(words)")
    }
    return choice
  }

  /// Yes or no; nil when the setting is not made.
  ///
  /// - Throws: ``SettingsError`` when the setting is something else.
  public func yesOrNo(_ name: String, flag: String?) throws -> YesOrNo? {
    guard let found = find(name, flag: flag) else { return nil }
    guard let answer = YesOrNo(found.text) else {
      throw found.error("is not accepted; accepted are \(YesOrNo.accepted)")
    }
    return answer
  }

  /// Where another service listens.
  ///
  /// - Throws: ``SettingsError`` when the setting is no address.
  public func address(of peer: String, flag: String?) throws -> String {
    guard let found = find(["\(peer).address"], flag: flag, named: "--\(peer)-address") else {
      return ["people": 50051, "projects": 50052, "measurement": 50053][peer].map { "127.0.0.1:\($0)" } ?? ""
    }
    guard found.text.hasPrefix("unix:") || Self.isHostAndPort(found.text) else {
      throw found.error("is not an address; one such as 127.0.0.1:50051 or unix:/run/\(peer) is accepted")
    }
    return found.text
  }

  /// The folder of the store.
  public func dataDirectory(flag: String?) -> String {
    if let text = text("dataDir", flag: flag) { return text }
    if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return "\(base)/waymark" }
    return "\(environment["HOME"] ?? ".")/.local/share/waymark"
  }

  /// Where the store is: what the setting `store` says, or a file named after the service in the data folder.
  ///
  /// - Throws: ``StorageError`` when the setting names no place that is known.
  public func storeLocation(_ options: StoreOptions) throws -> StoreLocation {
    if let text = text("store", flag: options.store) { return try StoreLocation(text) }
    return .sqlite(path: "\(dataDirectory(flag: options.dataDirectory))/\(service).sqlite")
  }

  /// The least important level to log.
  ///
  /// - Throws: ``SettingsError`` when the setting is no level.
  public func logLevel(flag: String?) throws -> Logger.Level {
    guard let found = find("logLevel", flag: flag) else { return .info }
    guard let level = Logger.Level(rawValue: found.text.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw found.error("is not a level; accepted are \(levels)")
    }
    return level
  }

  /// How to log.
  ///
  /// - Throws: ``SettingsError`` when the setting is no format.
  public func logFormat(flag: String?) throws -> LogFormat {
    guard let found = find("logFormat", flag: flag) else { return .automatic }
    guard let format = LogFormat(rawValue: found.text.lowercased()) else {
      throw found.error("is not a format; text and json are accepted")
    }
    return format
  }

  /// Which calls to log.
  ///
  /// - Throws: ``SettingsError`` when the setting is none of the selections.
  public func accessLog(flag: String?) throws -> AccessLog.Selection {
    guard let found = find("accessLog", flag: flag) else { return .errors }
    guard let selection = AccessLog.Selection(rawValue: found.text.lowercased()) else {
      throw found.error("is not accepted; accepted are off, errors and all")
    }
    return selection
  }

  private func find(_ name: String, flag: String?) -> FoundSetting? {
    find(["\(service).\(name)", name], flag: flag, named: "--" + name.separated(by: "-"))
  }

  private func find(_ keys: [String], flag: String?, named flagName: String) -> FoundSetting? {
    if let flag { return FoundSetting(text: flag, origin: flagName) }
    for layer in layers {
      for key in keys {
        if let text = layer.text(key) { return FoundSetting(text: text, origin: layer.origin(of: key)) }
      }
    }
    return nil
  }

  private static func isHostAndPort(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = Int(text[text.index(after: colon)...])
    else { return false }
    return (1...65535).contains(port)
  }
}

/// A setting, and where it was made.
private struct FoundSetting {
  let text: String
  let origin: String

  func error(_ problem: String) -> SettingsError { SettingsError(setting: origin, value: text, problem: problem) }
}

/// A setting that cannot be used.
///
/// `description` is one sentence for the person who set it.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
  /// The flag, the variable, or the key and its file.
  public let setting: String
  /// What it was set to.
  public let value: String
  /// What is wrong with it, and what would be accepted.
  public let problem: String

  public var description: String { "The setting \(setting) = \"\(value)\" \(problem)." }
}

extension Duration {
  /// Reads `500ms`, `10s`, `2m`, `1h`, or `10` for seconds.
  ///
  /// - Returns: nil for what is not a time, or too long to be one.
  init?(setting text: String) {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
    switch text.dropFirst(digits.count).lowercased() {
    case "ms": self = .milliseconds(number)
    case "", "s": self = .seconds(number)
    case "m": self = .seconds(number * 60)
    case "h": self = .seconds(number * 3600)
    default: return nil
    }
  }

  /// As ``init(setting:)`` reads it.
  fileprivate var setting: String {
    let (seconds, attoseconds) = components
    if attoseconds > 0 { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
    return seconds > 0 && seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
  }
}
