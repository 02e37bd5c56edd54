// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC

/// The fields that an update shall change (AIP-134).
///
/// An empty mask, or none, means all fields that can be changed.
public struct UpdateMask: Sendable, Hashable {
  private let paths: Set<String>

  /// Checks a mask against the fields that can be changed.
  ///
  /// - Parameter changeable: field names as in the `.proto`.
  /// - Throws: `INVALID_ARGUMENT` naming each path that is not changeable.
  public init(_ mask: GoogleProtobuf.FieldMask?, changeable: [String]) throws(RPCError) {
    guard let mask, !mask.paths.isEmpty else {
      paths = Set(changeable)
      return
    }
    var checks = FieldChecks()
    for path in mask.paths where !changeable.contains(path) {
      checks.violation(
        "update_mask", "\"\(path.shortened)\" cannot be changed; accepted are \(changeable.joined(separator: ", "))")
    }
    try checks.finish()
    paths = Set(mask.paths)
  }

  /// Whether the update shall change `field`.
  public func covers(_ field: String) -> Bool { paths.contains(field) }
}
