// SPDX-License-Identifier: Apache-2.0

import Configuration
public import Logging
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The settings of a service: from its command line, or else the environment, or else the configuration file, or else
/// the default.
public struct Settings: Sendable {
  /// Name of the service.
  public let service: String
  private let reader: ConfigReader
  private let environment: [String: String]

  /// - Parameters:
  ///   - file: path of the JSON configuration file given on the command line, if any.
  ///   - environment: variables; nil for those of the process.
  /// - Throws: ``SettingsError`` when the file cannot be read.
  public init(service: String, file: String?, environment: [String: String]? = nil) async throws {
    let environment = environment ?? ProcessInfo.processInfo.environment
    self.service = service
    self.environment = environment
    let variables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: ["waymark"])
    var providers: [any ConfigProvider] = [variables]
    if let path = file ?? environment["WAYMARK_CONFIG"], !path.isEmpty {
      do {
        providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
      } catch {
        throw SettingsError(
          setting: file == nil ? "WAYMARK_CONFIG" : "--config", value: path,
          problem: "cannot be read as a JSON object of settings (\(error))")
      }
    }
    reader = ConfigReader(providers: providers)
  }

  /// A setting as text: of this service, or else of all.
  ///
  /// - Parameters:
  ///   - name: in camel case, such as `logLevel`: `WAYMARK_LOG_LEVEL` and `WAYMARK_PEOPLE_LOG_LEVEL` in the
  ///     environment, `"logLevel"` at the top and in `"people"` in the file.
  ///   - flag: what the command line says; it goes before all others.
  public func text(_ name: String, flag: String?) -> String? {
    flag ?? configured("\(service).\(name)") ?? configured(name)
  }

  /// A whole number within `range`.
  ///
  /// - Throws: ``SettingsError`` when the setting is something else.
  public func integer(_ name: String, flag: String?, range: ClosedRange<Int>, default: Int) throws -> Int {
    guard let text = text(name, flag: flag) else { return `default` }
    guard let number = Int(text), range.contains(number) else {
      throw SettingsError(
        setting: name, value: text,
        problem: "is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Where another service listens.
  ///
  /// - Throws: ``SettingsError`` when the setting is no address.
  public func address(of peer: String, flag: String?) throws -> String {
    let fallback = ["people": 50051, "projects": 50052, "measurement": 50053][peer].map { "127.0.0.1:\($0)" } ?? ""
    let text = flag ?? configured("\(peer).address") ?? fallback
    guard text.hasPrefix("unix:") || Self.isHostAndPort(text) else {
      throw SettingsError(
        setting: "--\(peer)-address", value: text, problem: "is no address such as 127.0.0.1:50051 or unix:/run/\(peer)")
    }
    return text
  }

  /// The folder of the store.
  public func dataDirectory(flag: String?) -> String {
    if let text = text("dataDir", flag: flag), !text.isEmpty { return text }
    if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return "\(base)/waymark" }
    return "\(environment["HOME"] ?? ".")/.local/share/waymark"
  }

  /// The least important level to log.
  ///
  /// - Throws: ``SettingsError`` when the setting is no level.
  public func logLevel(flag: String?) throws -> Logger.Level {
    guard let text = text("logLevel", flag: flag) else { return .info }
    guard let level = Logger.Level(rawValue: text.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingsError(setting: "--log-level", value: text, problem: "is no level; accepted are \(levels)")
    }
    return level
  }

  private func configured(_ key: String) -> String? {
    let key = ConfigKey(key)
    // A JSON file may hold the number itself.
    return reader.string(forKey: key) ?? reader.int(forKey: key).map { String($0) }
  }

  private static func isHostAndPort(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = Int(text[text.index(after: colon)...])
    else { return false }
    return (1...65535).contains(port)
  }
}

/// A setting that cannot be used. `description` is one sentence for the person who set it.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
  /// Name of the flag, variable or key.
  public let setting: String
  /// What it was set to.
  public let value: String
  /// What is wrong with it, and what would be accepted.
  public let problem: String

  public var description: String { "The setting \(setting) = \"\(value)\" \(problem)." }
}
