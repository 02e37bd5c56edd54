// SPDX-License-Identifier: Apache-2.0

import Foundation
import SPC
import Tables

/// Rule sets by name, or from a JSON file.
enum RuleSetFile {
  /// - Throws: `CommandFailure` for a name that is not known, and for a file that holds no rule set.
  static func ruleSet(_ text: String) throws(CommandFailure) -> RuleSet {
    guard text.lowercased().hasSuffix(".json") else {
      do {
        return try RuleSet.named(text)
      } catch {
        let names = RuleSet.available.flatMap { [$0.id.name, $0.id.description] }
        let near = NearestName.of(text, among: names).map { " Did you mean \($0)?" } ?? ""
        throw CommandFailure(.usage, "--rules: \(error.description)\(near)")
      }
    }
    guard let data = FileManager.default.contents(atPath: text) else {
      throw CommandFailure(.noInput, "--rules: \(FileTrouble.reading(text))")
    }
    do {
      let ruleSet = try JSONDecoder().decode(RuleSet.self, from: data)
      try ruleSet.check()
      return ruleSet
    } catch let error as RuleSetError {
      throw CommandFailure(.data, "--rules \(text): \(error.description)")
    } catch let error as DecodingError {
      throw CommandFailure(.data, "--rules \(text): \(words(error))")
    } catch {
      throw CommandFailure(.data, "--rules \(text): \(error)")
    }
  }

  /// A rule set as a file has it.
  static func text(_ ruleSet: RuleSet) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(ruleSet), as: UTF8.self) + "\n"
  }

  private static func words(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      let path = (context.codingPath + (key.map { [$0] } ?? [])).map {
        $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)"
      }
      return path.isEmpty ? "the file" : String(path.joined().drop { $0 == "." })
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(place(context, key)) is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "\(place(context)): \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }
}
