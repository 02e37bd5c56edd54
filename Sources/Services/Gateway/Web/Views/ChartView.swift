// SPDX-License-Identifier: Apache-2.0

import Mustache

/// A chart with what it says in words and in a table.
struct ChartView: Sendable, Hashable {
  /// What a finding means, as a colour class and a shape: never by colour alone.
  enum Tone: String, Sendable {
    case good, bad, plain

    /// The shape that stands for it in drawings too.
    var shape: String {
      switch self {
      case .good: "◆"
      case .bad: "▲"
      case .plain: "■"
      }
    }
  }

  /// A finding about the chart as a whole.
  struct Badge: Sendable, Hashable {
    let tone: String
    let shape: String
    let label: String

    init(_ tone: Tone, _ label: String, shape: String? = nil) {
      self.tone = tone.rawValue
      self.shape = shape ?? tone.shape
      self.label = label
    }
  }

  /// A special cause.
  struct Signal: Sendable, Hashable {
    let tone: String
    let shape: String
    let meaning: String
    let sentence: String

    init(_ tone: Tone, meaning: String, sentence: String) {
      self.tone = tone.rawValue
      self.shape = tone.shape
      self.meaning = meaning
      self.sentence = sentence
    }
  }

  /// One point, written out.
  ///
  /// Looked up by name without reflection, as a chart may have thousands of them.
  struct Row: Sendable, Hashable, MustacheParent {
    var period: String
    var value: String
    var numerator = ""
    var denominator = ""
    var centre = ""
    var lower = ""
    var upper = ""
    var signals = ""
    var note = ""

    func child(named name: String) -> Any? {
      switch name {
      case "period": period
      case "value": value
      case "numerator": numerator
      case "denominator": denominator
      case "centre": centre
      case "lower": lower
      case "upper": upper
      case "signals": signals
      case "note": note
      default: nil
      }
    }
  }

  let title: String
  /// Where to upload values; `nil` on the page where that is done.
  var importPath: String?
  /// An `<svg>` element.
  ///
  /// It goes to the page as it is: the measurement service draws it and escapes what it writes.
  let drawing: String
  let hasDrawing: Bool
  /// The same for a phone; the stylesheet shows one of the two.
  let narrowDrawing: String
  let hasNarrowDrawing: Bool
  let summary: String
  let badges: [Badge]
  let hasBadges: Bool
  /// The latest signals, latest first.
  let signals: [Signal]
  let hasSignals: Bool
  /// Those before them, folded away.
  let olderSignals: [Signal]
  let hasOlderSignals: Bool
  let olderSummary: String
  /// The runs analysis in a sentence.
  let runs: String?
  /// What each phase of a chart with several is about, a sentence each.
  let phases: [String]
  let hasPhases: Bool
  /// Where new phases might begin, and why, a text each.
  let suggestions: [String]
  let hasSuggestions: Bool
  let cautions: [String]
  /// That the table has not all points; nil when it has.
  let omission: String?
  let tableCaption: String
  let valueHeading: String
  let centreName: String
  let rows: [Row]
  let pointCount: String
  let hasPoints: Bool
  let isEmpty: Bool
  let showsNumerator: Bool
  let showsDenominator: Bool
  let showsLimits: Bool
  let showsNotes: Bool

  private static let signalsInView = 4

  /// - Parameter signals: Latest first.
  init(
    title: String, importPath: String?, drawing: String, narrowDrawing: String = "", summary: String, badges: [Badge],
    signals: [Signal],
    runs: String? = nil, phases: [String] = [], suggestions: [String] = [], cautions: [String], omission: String? = nil,
    tableCaption: String,
    valueHeading: String, centreName: String,
    rows: [Row]
  ) {
    self.title = title
    self.importPath = importPath
    self.drawing = drawing
    self.hasDrawing = !drawing.isEmpty
    self.narrowDrawing = narrowDrawing
    self.hasNarrowDrawing = !narrowDrawing.isEmpty
    self.summary = summary
    self.badges = badges
    self.hasBadges = !badges.isEmpty
    self.signals = Array(signals.prefix(Self.signalsInView))
    self.olderSignals = Array(signals.dropFirst(Self.signalsInView))
    self.hasOlderSignals = signals.count > Self.signalsInView
    self.olderSummary = Words.count(signals.count - Self.signalsInView, "earlier signal")
    self.hasSignals = !signals.isEmpty
    self.runs = runs
    self.phases = phases
    self.hasPhases = !phases.isEmpty
    self.suggestions = suggestions
    self.hasSuggestions = !suggestions.isEmpty
    self.cautions = cautions
    self.omission = omission
    self.tableCaption = tableCaption
    self.valueHeading = valueHeading
    self.centreName = centreName
    self.rows = rows
    self.pointCount = Words.count(rows.count, "point")
    self.hasPoints = !rows.isEmpty
    self.isEmpty = rows.isEmpty
    self.showsNumerator = rows.contains { !$0.numerator.isEmpty }
    self.showsDenominator = rows.contains { !$0.denominator.isEmpty }
    self.showsLimits = rows.contains { !$0.lower.isEmpty || !$0.upper.isEmpty }
    self.showsNotes = rows.contains { !$0.note.isEmpty }
  }
}
