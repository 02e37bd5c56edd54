// SPDX-License-Identifier: Apache-2.0

import Contracts
import SPC

/// What a person judges about a day of a measure's chart: a new phase, a point that does not count, a note.
struct Judgement: Sendable, Hashable {
  /// What is said of the day.
  enum Content: Sendable, Hashable {
    /// The process is another one from here on.
    case phase(PhaseBaseline)
    /// The point has no part in lines and runs.
    case exclusion
    /// Something to know, and what it refers to.
    case annotation(MeasurementV1.AnnotationKind, reference: String)

    var kind: JudgementKind {
      switch self {
      case .phase: .phase
      case .exclusion: .exclusion
      case .annotation: .annotation
      }
    }
  }

  /// Who took it back, when and why.
  struct Removal: Sendable, Hashable {
    var time: Instant
    var actor: String
    var reason: String
  }

  var id: String
  var measureID: String
  var day: Day
  var content: Content
  /// Why, in the person's words; the text itself of an annotation.
  var text: String
  var createTime: Instant
  /// `Actor.text` of who made it.
  var actor: String
  /// Nil while it is in force.
  var removal: Removal?
}

/// The kinds of judgement, by the names that they are kept under.
enum JudgementKind: String, Sendable, Hashable {
  case phase, exclusion, annotation

  /// In a message to a person.
  var noun: String { rawValue }

  /// In the names of methods, such as `CreatePhase`.
  var contractName: String {
    switch self {
    case .phase: "Phase"
    case .exclusion: "Exclusion"
    case .annotation: "Annotation"
    }
  }
}

/// Which points of a phase set its lines.
enum PhaseBaseline: Sendable, Hashable {
  /// As the measure says of all phases.
  case asMeasure
  case all
  /// So many points from its start, at least 1.
  case first(Int)

  /// For the engine; nil for what the specification says.
  var baseline: Baseline? {
    switch self {
    case .asMeasure: nil
    case .all: .all
    case .first(let points): .first(points)
    }
  }

  /// As contracts say it: `all_points` and `baseline_points`.
  init(allPoints: Bool, points: Int) {
    self = allPoints ? .all : points > 0 ? .first(points) : .asMeasure
  }

  var allPoints: Bool { self == .all }
  var points: Int32 { if case .first(let points) = self { Int32(clamping: points) } else { 0 } }
}
