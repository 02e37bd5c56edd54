// SPDX-License-Identifier: Apache-2.0

/// A request that must take effect once, however often it arrives.
public struct RequestKey: Sendable, Hashable {
  /// Id of the organisation it is about; empty when it is about none yet.
  public let organisation: String
  /// What is asked for, such as `CreateTeam`.
  public let method: String
  /// The id that the caller gave it.
  public let id: String
  /// What the request says, as a hash: the same id with another request is a mistake of the caller.
  public let fingerprint: [UInt8]

  public init(organisation: String, method: String, id: String, fingerprint: [UInt8]) {
    self.organisation = organisation
    self.method = method
    self.id = id
    self.fingerprint = fingerprint
  }
}

/// What became of a request that was carried out before.
public enum EarlierRequest: Sendable, Hashable {
  /// The answer that was given.
  case answered([UInt8])
  /// The id of the object that was made, by a version of the program that did not keep answers.
  case made(object: String)
  /// The id was used for something else.
  case different
}

extension Transaction {
  /// What became of a request in the last seven days; nil when it is new.
  public func earlier(_ request: RequestKey) throws -> EarlierRequest? {
    let row = try row(
      """
      SELECT fingerprint, object_id, answer FROM requests
      WHERE organisation_id = $1 AND method = $2 AND request_id = $3 AND created_at > $4
      """,
      [
        .text(request.organisation), .text(request.method), .text(request.id),
        .integer(UUIDv7.millisecondsNow() * 1000 - Database.requestLifetime),
      ])
    guard let row else { return nil }
    if let fingerprint = try row.optionalBlob("fingerprint"), fingerprint != request.fingerprint { return .different }
    if let answer = try row.optionalBlob("answer") { return .answered(answer) }
    return .made(object: try row.text("object_id"))
  }
}

extension WriteTransaction {
  /// Keeps the answer to a request for seven days.
  public func keep(_ answer: [UInt8], for request: RequestKey, object: String) throws {
    try execute(
      """
      INSERT INTO requests (organisation_id, method, request_id, fingerprint, object_id, answer, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (organisation_id, method, request_id) DO UPDATE SET
        fingerprint = excluded.fingerprint, object_id = excluded.object_id, answer = excluded.answer,
        created_at = excluded.created_at
      """,
      [
        .text(request.organisation), .text(request.method), .text(request.id), .blob(request.fingerprint),
        .text(object), .blob(answer), .integer(UUIDv7.millisecondsNow() * 1000),
      ])
  }
}

extension Database {
  /// How long the answer to a request is kept, in microseconds: seven days.
  static let requestLifetime: Int64 = 7 * 24 * 3600 * 1_000_000

  /// Removes the answers that have been kept long enough, some thousands at a time.
  func forgetRequests() async throws {
    let limit = UUIDv7.millisecondsNow() * 1000 - Self.requestLifetime
    while try await forgetRequests(before: limit) == Self.mostForgotten {}
  }

  private static let mostForgotten = 5000

  private func forgetRequests(before limit: Int64) async throws -> Int {
    let expired = try await read { transaction in
      try transaction.rows(
        "SELECT organisation_id, method, request_id FROM requests WHERE created_at <= $1 LIMIT \(Self.mostForgotten)",
        [.integer(limit)])
    }
    guard !expired.isEmpty else { return 0 }
    try await write { transaction in
      for row in expired {
        try transaction.execute(
          """
          DELETE FROM requests
          WHERE organisation_id = $1 AND method = $2 AND request_id = $3 AND created_at <= $4
          """,
          [row.value("organisation_id"), row.value("method"), row.value("request_id"), .integer(limit)])
      }
    }
    return expired.count
  }
}
