// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Hashes of events that were written down before: `people=12:HASH`.
struct EventPins {
  /// By the number of the event.
  private(set) var byService: [String: [Int64: [UInt8]]] = [:]

  /// Reads values, and files whose lines begin with values; empty lines and those that begin with `#` do not count.
  ///
  /// - Throws: ``CommandFailure`` that names what cannot be read.
  init(_ texts: [String]) throws {
    for text in texts {
      if text.contains("=") {
        try add(text, from: "--expect")
      } else {
        guard let content = FileManager.default.contents(atPath: text) else {
          throw CommandFailure(
            .noInput, "--expect: \(FileTrouble.reading(text)) It is service=number:hash, or a file of such lines.")
        }
        for line in String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline) {
          guard let word = line.split(whereSeparator: \.isWhitespace).first, !word.hasPrefix("#") else { continue }
          try add(String(word), from: text)
        }
      }
    }
  }

  private mutating func add(_ text: String, from origin: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1)
    let values = parts.last?.split(separator: ":", maxSplits: 1) ?? []
    guard parts.count == 2, values.count == 2, let number = Int64(values[0]), number >= 0,
      let hash = Self.hash(values[1])
    else {
      throw CommandFailure(
        .usage, "\(origin) has '\(text)'; service=number:hash with 64 hexadecimal digits is accepted.")
    }
    let service = String(parts[0])
    guard KnownStores.services.contains(service) else {
      throw CommandFailure(
        .usage,
        "\(origin) has '\(text)'; the services are \(KnownStores.services.joined(separator: ", ")).")
    }
    byService[service, default: [:]][number] = hash
  }

  private static func hash(_ text: Substring) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == 64, text.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// The digits of a hash.
  static func text(of hash: [UInt8]) -> String { hash.map { String(format: "%02x", $0) }.joined() }
}
