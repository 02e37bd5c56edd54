// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with one field of a request.
public struct FieldViolation: Sendable, Hashable {
  /// Path of the field as the `.proto` file names it, such as `project.aim.by_when` or `team.members[2].person_id`.
  public var field: String
  /// What is wrong and what would be accepted, such as `is empty; 1 to 200 characters are accepted`.
  public var description: String

  public init(field: String, description: String) {
    self.field = field
    self.description = description
  }

  /// The same violation seen from a message that holds the field's message.
  ///
  /// ```swift
  /// validate(request.aim).map { $0.within("project.aim") }     // `by_when` becomes `project.aim.by_when`
  /// ```
  public func within(_ outer: String) -> FieldViolation {
    FieldViolation(field: field.isEmpty ? outer : "\(outer).\(field)", description: description)
  }
}
