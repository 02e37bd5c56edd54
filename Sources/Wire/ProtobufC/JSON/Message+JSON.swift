// SPDX-License-Identifier: Apache-2.0

import CProtobufC

extension Message {
  /// The message as JSON.
  /// - Throws: ``EncodingError`` for what JSON cannot carry: a time outside the years 1 to 9999, a field mask path that
  ///   camel case would change, `google.protobuf.Any`.
  public func json(options: JSONOptions = .default) throws(EncodingError) -> String {
    String(decoding: try jsonBytes(options: options), as: UTF8.self)
  }

  /// The message as JSON in UTF-8.
  public func jsonBytes(options: JSONOptions = .default) throws(EncodingError) -> [UInt8] {
    try Arena.withArena { (arena) throws(EncodingError) in
      let message = try checkedTwin(in: arena)
      var writer = JSONWriter(options: options)
      do throws(JSONWriter.Refusal) {
        try writer.write(message)
      } catch {
        throw EncodingError(
          message: Self.descriptor.fullName, field: error.path, problem: .notRepresentableInJSON(error.reason))
      }
      return writer.output
    }
  }

  /// Reads a message from JSON.
  public init(json text: String, options: JSONOptions = .default) throws(JSONDecodingError) {
    try self.init(json: Array(text.utf8), options: options)
  }

  /// Reads a message from JSON in UTF-8.
  public init(json text: [UInt8], options: JSONOptions = .default) throws(JSONDecodingError) {
    self = try text.withUnsafeBufferPointer { (text) throws(JSONDecodingError) in
      try Self(json: UnsafeRawBufferPointer(text), options: options)
    }
  }

  /// Reads a message from JSON in UTF-8.
  public init(json text: UnsafeRawBufferPointer, options: JSONOptions = .default) throws(JSONDecodingError) {
    self = try Arena.withArena(limit: options.limits.maximumMemory) { (arena) throws(JSONDecodingError) in
      do throws(JSONFailure) {
        return Self(unpacking: try JSONUnpacker.unpack(text, Self.descriptor.pointer, options, arena))
      } catch {
        throw JSONDecodingError(
          message: Self.descriptor.fullName, field: error.path, problem: error.problem, accepted: error.accepted,
          offset: error.offset)
      }
    }
  }
}

/// What is wrong with a JSON text, with the path as seen from the message being read.
struct JSONFailure: Error {
  var path = ""
  var problem: String
  var accepted: String
  var offset: Int

  func within(_ name: String) -> JSONFailure {
    JSONFailure(path: FieldPath.join(name, path), problem: problem, accepted: accepted, offset: offset)
  }
}
