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

/// An event as it is kept: with its place among all events of the store.
public struct StoredEvent: Sendable, Hashable {
  /// Its number: 1 for the first event of the store, without gaps.
  public let sequence: Int64
  /// When it was made, in microseconds since 1970-01-01T00:00:00Z by the clock of the service; never before the event
  /// before it.
  public let time: Int64
  /// Id of the organisation whose object it is.
  public let organisation: String
  /// What happened, such as `project.created`.
  public let kind: String
  /// Id of the object it happened to.
  public let object: String
  /// Who did it, as ``Actor/text``.
  public let actor: String
  /// The object before, as JSON; nil when it is new.
  public let before: String?
  /// The object after, as JSON; nil when it is gone.
  public let after: String?
  /// Why; may be empty.
  public let reason: String
  /// SHA-256 over the hash of the event before and this event: see ``EventChain``.
  public let hash: [UInt8]

  public init(
    sequence: Int64, time: Int64, organisation: String, kind: String, object: String, actor: String, before: String?,
    after: String?, reason: String, hash: [UInt8]
  ) {
    self.sequence = sequence
    self.time = time
    self.organisation = organisation
    self.kind = kind
    self.object = object
    self.actor = actor
    self.before = before
    self.after = after
    self.reason = reason
    self.hash = hash
  }
}
