// SPDX-License-Identifier: Apache-2.0

public import SPC

/// Something that happened, to be shown on a chart: a numbered flag above the plot, with its text below.
public struct ChartAnnotation: Sendable, Hashable, Codable {
  /// What happened; each kind has a flag of its own shape.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// A remark: a round flag.
    case note
    /// Something that nobody planned, such as an outbreak: a square.
    case event
    /// A change to the way of working: a diamond.
    case change
    /// A PDSA cycle: a hexagon.
    case pdsa

    /// What the key and the description call it.
    public var title: String {
      switch self {
      case .note: "Note"
      case .event: "Event"
      case .change: "Change"
      case .pdsa: "PDSA"
      }
    }
  }

  public var day: Day
  public var kind: Kind
  public var text: String
  /// Where more of it is written, such as the number of a PDSA cycle; empty for nowhere.
  public var reference: String

  public init(day: Day, kind: Kind, text: String, reference: String = "") {
    self.day = day
    self.kind = kind
    self.text = text
    self.reference = reference
  }
}
