// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore

/// A form with a file, read to its end: the order in which its fields come does not matter.
struct UploadForm: Sendable {
  /// The longest value of a field.
  static let longestValue = 4 * 1024
  /// The most bytes of a file that a page carries along, so that nobody has to look for it again.
  static let mostKept = 256 * 1024

  /// The field in which a page carries a file along, in Base64, and the one with its name.
  static let keptField = "kept"
  static let keptNameField = "kept_name"

  private var values: [String: String] = [:]
  /// The file that was chosen or, when none was, the one that the page carried along.
  private(set) var file: HeldFile?
  /// What the file is called where it came from; may be empty.
  private(set) var fileName = ""
  private var hasFilePart = false

  /// The fields, but for the file.
  var fields: Form { Form(values) }

  /// Reads the whole form; what was read before an error stays.
  ///
  /// - Throws: ``MultipartError`` for what is no such form, ``HeldFileError`` when the file cannot be held.
  mutating func read(_ request: Request, limit: Int) async throws {
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
      throw MultipartError.bodyTooLarge(limit: limit)
    }
    var reader = try MultipartReader(body: request.body, contentType: request.headers[.contentType], bodyLimit: limit)
    while let part = try await reader.nextPart() {
      if part.name == "file" {
        guard !hasFilePart else { throw MultipartError.twice(field: "file") }
        hasFilePart = true
        try await hold(part, from: &reader)
      } else {
        let isKept = part.name == Self.keptField
        let value = try await reader.value(
          of: part, limit: isKept ? (Self.mostKept + 2) / 3 * 4 : Self.longestValue)
        // Messages cannot carry a NUL, and nobody types one.
        guard !value.utf8.contains(0) else { throw MultipartError.nulCharacter(field: part.name) }
        guard values.updateValue(value, forKey: part.name) == nil else {
          throw MultipartError.twice(field: part.name)
        }
      }
    }
    try takeKept()
  }

  private mutating func hold(_ part: MultipartPart, from reader: inout MultipartReader) async throws {
    let held = HeldFile()
    while let bytes = try await reader.nextContent() { try await held.append(bytes) }
    // A browser sends a part without content where no file was chosen.
    guard held.count > 0 else { return }
    file = held
    fileName = part.fileName ?? ""
  }

  /// Takes the file that the page carried along when no other was chosen.
  private mutating func takeKept() throws {
    let kept = values.removeValue(forKey: Self.keptField) ?? ""
    let name = values.removeValue(forKey: Self.keptNameField) ?? ""
    guard file == nil, !kept.isEmpty else { return }
    guard let bytes = Base64.decoded(kept), !bytes.isEmpty else {
      throw MultipartError.badKeptFile
    }
    file = HeldFile(bytes)
    fileName = name
  }
}
