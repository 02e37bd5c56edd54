// SPDX-License-Identifier: Apache-2.0

public import Identity

/// Something that happened to an object: a line of the audit trail.
///
/// Appended in the transaction that makes the change, so that neither is there without the other.
public struct Event: Sendable, Hashable {
  /// What happened, such as `project.created`.
  public var kind: String
  /// Id of the object it happened to.
  public var object: String
  /// Id of the organisation whose object it is.
  public var organisation: String
  /// Who did it.
  public var actor: Actor
  /// The object before, as JSON; nil when it is new.
  public var before: String?
  /// The object after, as JSON; nil when it is gone.
  public var after: String?
  /// Why, in the actor's words; may be empty.
  public var reason: String

  public init(
    kind: String, object: String, organisation: String, actor: Actor, before: String? = nil, after: String? = nil,
    reason: String = ""
  ) {
    self.kind = kind
    self.object = object
    self.organisation = organisation
    self.actor = actor
    self.before = before
    self.after = after
    self.reason = reason
  }
}

extension WriteTransaction {
  /// Appends an event; it gets the next sequence number.
  public func append(_ event: Event) throws {
    try execute(
      """
      INSERT INTO events (organisation_id, kind, object_id, actor, before_json, after_json, reason, happened_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text(event.organisation), .text(event.kind), .text(event.object), .text(event.actor.text),
        event.before.map { .text($0) } ?? .null, event.after.map { .text($0) } ?? .null, .text(event.reason),
        .integer(UUIDv7.millisecondsNow() * 1000),
      ])
  }
}
