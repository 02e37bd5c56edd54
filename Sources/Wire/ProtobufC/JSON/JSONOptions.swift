// SPDX-License-Identifier: Apache-2.0

/// How messages are written as JSON, and what is put up with when they are read.
///
/// The form is the canonical JSON of proto3. Reading always takes names in lower camel case as well as those of the
/// `.proto` file, numbers as strings, and enumeration values by name or number.
public struct JSONOptions: Sendable, Hashable {
  /// Writes fields that have their default value too, except those that know whether they are set.
  public var includesDefaults: Bool
  /// Writes field names as in the `.proto` file, `by_when` rather than `byWhen`.
  public var keepsProtoNames: Bool
  /// Writes enumeration values as numbers.
  public var writesEnumerationsAsNumbers: Bool
  /// Skips fields and enumeration names that are not known when reading, rather than refusing them.
  public var ignoresUnknownFields: Bool
  /// Bounds for reading; nesting counts objects and arrays.
  public var limits: DecodingLimits

  public init(
    includesDefaults: Bool = false, keepsProtoNames: Bool = false, writesEnumerationsAsNumbers: Bool = false,
    ignoresUnknownFields: Bool = false, limits: DecodingLimits = .default
  ) {
    self.includesDefaults = includesDefaults
    self.keepsProtoNames = keepsProtoNames
    self.writesEnumerationsAsNumbers = writesEnumerationsAsNumbers
    self.ignoresUnknownFields = ignoresUnknownFields
    self.limits = limits
  }

  /// Canonical: defaults left out, lower camel case, enumeration names; unknown fields refused.
  public static let `default` = JSONOptions()
}

/// Why a JSON text is not a message.
public struct JSONDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Full name of the message that was to be read.
  public var message: String
  /// Path of the field as the `.proto` file names it, such as `project.aim.by_when` or `members[2].person_id`; empty
  /// when the text as a whole is meant.
  public var field: String
  /// What is wrong.
  public var problem: String
  /// What would be accepted.
  public var accepted: String
  /// Where it is wrong: the offset in bytes from the start of the text.
  public var offset: Int

  public var description: String {
    (field.isEmpty ? "" : "field `\(field)`: ") + "\(problem) at byte \(offset); \(accepted)"
  }
}
