// SPDX-License-Identifier: Apache-2.0

import Configuration
import SystemPackage

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One place where settings are made: the environment, or a file.
struct SettingsLayer: Sendable {
  private let reader: ConfigReader
  /// The file; nil for the environment.
  private let path: String?

  init(environment: [String: String]) {
    let variables = EnvironmentVariablesProvider(environmentVariables: environment)
    reader = ConfigReader(provider: variables.prefixKeys(with: ["waymark"]))
    path = nil
  }

  /// Reads a file of one JSON object.
  ///
  /// - Parameter named: the flag or variable that named the file.
  init(file path: String, named setting: String) async throws(SettingsError) {
    guard access(path, R_OK) == 0 else {
      let reason = String(cString: strerror(errno))
      throw SettingsError(setting: setting, value: path, problem: "cannot be read (\(reason))")
    }
    do {
      reader = ConfigReader(provider: try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
    } catch {
      throw SettingsError(
        setting: setting, value: path,
        problem: #"is not a JSON object of settings, such as {"dataDir": "/srv/waymark"}"#)
    }
    self.path = path
  }

  /// The setting `key`, its parts separated by dots; nil when it is not made, or empty.
  func text(_ key: String) -> String? {
    let key = ConfigKey(key)
    // A file may hold a number, or true and false, where text is looked for; what is of no use is refused by whoever asked.
    let text =
      reader.string(forKey: key) ?? reader.int(forKey: key).map { String($0) }
      ?? reader.double(forKey: key).map { String($0) } ?? reader.bool(forKey: key).map { String($0) }
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What people call the setting `key` of this layer.
  func origin(of key: String) -> String {
    if let path { return "\(key) in \(path)" }
    return "WAYMARK_"
      + key.split(separator: ".").map { String($0).separated(by: "_").uppercased() }.joined(separator: "_")
  }
}

extension String {
  /// The words of a name in camel case, in lower case: `logLevel` becomes `log-level`.
  func separated(by separator: Character) -> String {
    var text = ""
    for character in self {
      if character.isUppercase { text.append(separator) }
      text += character.lowercased()
    }
    return text
  }
}
