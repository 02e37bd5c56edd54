// SPDX-License-Identifier: Apache-2.0

/// What somebody may do with an object.
///
/// Each level includes the ones before it.
///
/// A permission is not a function in a team: a sponsor may only view, and a team's secretary may administer.
public enum Permission: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// See it.
  case view = 1
  /// See it, and add comments and observations.
  case post
  /// Change it.
  case edit
  /// Change it, who may do what with it, and end it.
  case admin

  public static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }

  /// Whether somebody with this permission may do what needs `needed`.
  public func includes(_ needed: Permission) -> Bool { self >= needed }
}
