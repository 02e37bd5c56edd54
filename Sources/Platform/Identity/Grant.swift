// SPDX-License-Identifier: Apache-2.0

/// To whom a permission is given.
public enum Subject: Sendable, Hashable {
  /// Whoever asks, known or not.
  case everyone
  /// One person, by the id that the `people` service gave.
  case person(id: String)
  /// Everyone in a team.
  case team(id: String)
  /// Everyone in an organisation.
  case organisation(id: String)
}

/// One permission on one object, given to one subject.
///
/// Grants are kept with the object that they are about, by the service that owns it.
public struct Grant: Sendable, Hashable {
  /// Who has the permission.
  public var subject: Subject
  /// What they may do.
  public var permission: Permission

  public init(_ permission: Permission, to subject: Subject) {
    self.subject = subject
    self.permission = permission
  }
}

/// Somebody who asks, and all that a grant may name to mean them.
public struct Caller: Sendable, Hashable {
  /// Who asks.
  public let actor: Actor
  private let subjects: Set<Subject>

  /// - Parameters:
  ///   - teams: ids of the teams that the actor is in.
  ///   - organisations: ids of the actor's organisation and of every organisation that it is part of.
  public init(_ actor: Actor, teams: [String] = [], organisations: [String] = []) {
    self.actor = actor
    var subjects: Set<Subject> = [.everyone]
    if case .person(let id) = actor { subjects.insert(.person(id: id)) }
    for id in teams { subjects.insert(.team(id: id)) }
    for id in organisations { subjects.insert(.organisation(id: id)) }
    self.subjects = subjects
  }

  /// Whether a grant to `subject` is a grant to this caller.
  public func isMeant(by subject: Subject) -> Bool { subjects.contains(subject) }
}

extension Sequence<Grant> {
  /// The strongest of the grants that mean `caller`: the one that answers why the caller may do something.
  ///
  /// The first of equals. Nil when none of them means the caller, who then may do nothing at all.
  public func deciding(for caller: Caller) -> Grant? {
    var strongest: Grant?
    for grant in self where caller.isMeant(by: grant.subject) {
      if let found = strongest, found.permission >= grant.permission { continue }
      strongest = grant
    }
    return strongest
  }

  /// What `caller` may do: the greatest permission over all grants that mean them.
  ///
  /// More grants never mean less.
  public func permission(of caller: Caller) -> Permission? { deciding(for: caller)?.permission }
}
