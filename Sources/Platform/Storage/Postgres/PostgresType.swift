// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// The types of PostgreSQL that values are sent as and read from, by the ids that they have in every database
/// (`pg_type.dat` of the server).
enum PostgresType {
  static let bool: Oid = 16
  static let bytea: Oid = 17
  static let name: Oid = 19
  static let int8: Oid = 20
  static let int2: Oid = 21
  static let int4: Oid = 23
  static let text: Oid = 25
  static let float4: Oid = 700
  static let float8: Oid = 701
  static let unknown: Oid = 705
  static let bpchar: Oid = 1042
  static let varchar: Oid = 1043
  static let numeric: Oid = 1700

  /// The type of arrays of a type that many rows are written into.
  static func array(of type: Oid) -> Oid {
    switch type {
    case bytea: 1001
    case int2: 1005
    case int4: 1007
    case text: 1009
    case bpchar: 1014
    case varchar: 1015
    case int8: 1016
    case float4: 1021
    case float8: 1022
    default: unknown
    }
  }
}
