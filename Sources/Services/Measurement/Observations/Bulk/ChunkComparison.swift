// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC

/// A chunk compared with what is stored: what is to be written of it.
struct ChunkComparison: Sendable, Hashable {
  /// Observations that are new or replace another, by period.
  private(set) var writes: [Observation] = []
  /// What is stored at present and will be replaced.
  private(set) var former: [Observation] = []
  private(set) var added = 0
  private(set) var replaced = 0
  private(set) var unchanged = 0

  /// - Parameters:
  ///   - stored: what is stored in the periods of the chunk, by period; may hold others.
  ///   - rules: what the measure's chart allows.
  ///   - replaces: whether an observation may replace the stored one.
  /// - Throws: `INVALID_ARGUMENT` for observations that the rules do not allow, `ALREADY_EXISTS` for periods that are
  ///   stored with another value; either names the fields.
  init(
    _ chunk: ObservationChunk, stored: [Observation], rules: ObservationRules, replaces: Bool
  ) throws(RPCError) {
    var checks = ChunkChecks()
    var conflicts: [Observation] = []
    var old = stored[...]
    writes.reserveCapacity(chunk.observations.count)
    for said in chunk.observations {
      var observation = said
      if let broken = rules.violation(value: observation.value, denominator: observation.denominator) {
        checks.violation(
          broken.part == .value ? "values" : "denominators",
          "at \(observation.day): \(broken.message) \(broken.accepted)")
      }
      while let first = old.first, first.day < observation.day { old = old.dropFirst() }
      guard let same = old.first, same.day == observation.day else {
        added += 1
        writes.append(observation)
        continue
      }
      if !chunk.hasNotes { observation.note = same.note }
      if same == observation {
        unchanged += 1
      } else if replaces {
        replaced += 1
        writes.append(observation)
        former.append(same)
      } else {
        conflicts.append(same)
      }
    }
    try checks.finish(chunk.number)
    guard let first = conflicts.first else { return }
    throw RPCError.refusal(
      .alreadyExists,
      message:
        "Chunk \(chunk.number) was not taken, nor those after it: \(conflicts.count) of its periods, \(first.day) "
        + "first, are stored with another value.",
      conflicts.prefix(100).map { stored in
        FieldViolation(
          field: "chunk.values",
          description: "at \(stored.day) \(stored.value) is stored; the same is accepted, or any with options.replace")
      })
  }
}
