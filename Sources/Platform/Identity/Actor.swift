// SPDX-License-Identifier: Apache-2.0

/// Who did something.
public enum Actor: Sendable, Hashable {
  /// Somebody who has not said who they are.
  case anonymous
  /// A part of the system itself, by name.
  case system(String)
  /// A person, by the id that the `people` service gave.
  case person(id: String)

  /// The actor as text, for the audit trail: `anonymous`, `system:NAME` or `person:ID`.
  public var text: String {
    switch self {
    case .anonymous: "anonymous"
    case .system(let name): "system:\(name)"
    case .person(let id): "person:\(id)"
    }
  }
}
