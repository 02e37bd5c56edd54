// SPDX-License-Identifier: Apache-2.0

/// The colours of a drawing.
///
/// Improvement, concern, neutral, common cause and target are NHS England's Making Data Count colours. Light blue and
/// light grey alone are faint on white, so every mark has a darker outline in its own hue; on a dark page purple becomes
/// lighter.
struct Palette {
  let paper: String
  let ink: String
  let muted: String
  let grid: String
  let band: String
  let limit: String
  let centre: String
  let line: String
  let target: String
  let common: Shade
  let improvement: Shade
  let concern: Shade
  let neutral: Shade

  struct Shade {
    let fill: String
    let outline: String
  }

  static let light = Palette(
    paper: "#ffffff", ink: "#1c2630", muted: "#54606c", grid: "#e7ebef", band: "#eef3f8", limit: "#6f7c89",
    centre: "#3a4753", line: "#7c8a98", target: "#c81414",
    common: Shade(fill: "#a6a6a6", outline: "#59636e"),
    improvement: Shade(fill: "#00b0f0", outline: "#00557a"),
    concern: Shade(fill: "#e46c0a", outline: "#8a3d00"),
    neutral: Shade(fill: "#490092", outline: "#2b0057"))

  static let dark = Palette(
    paper: "#12171d", ink: "#eef2f5", muted: "#a9b4bf", grid: "#27303a", band: "#1a232d", limit: "#8c9aa8",
    centre: "#cdd6de", line: "#7f8e9d", target: "#ff7a70",
    common: Shade(fill: "#a6a6a6", outline: "#d5dbe1"),
    improvement: Shade(fill: "#00b0f0", outline: "#a5e5ff"),
    concern: Shade(fill: "#f08a35", outline: "#ffd3ad"),
    neutral: Shade(fill: "#a678e0", outline: "#e3d1ff"))

  /// The rules that put this palette in the place of another, for the drawing with that identifier alone.
  ///
  /// Attributes carry the first palette, so that a drawing without style sheets is still whole.
  func rules(for id: String) -> String {
    let fills = [
      ("paper", paper), ("ink", ink), ("muted", muted), ("band", band), ("target-text", target),
      ("common", common.fill), ("improvement", improvement.fill), ("concern", concern.fill), ("neutral", neutral.fill),
    ]
    let strokes = [
      ("grid", grid), ("limit", limit), ("centre", centre), ("line", line), ("target", target), ("halo", paper),
      ("common", common.outline), ("improvement", improvement.outline), ("concern", concern.outline),
      ("neutral", neutral.outline), ("axis", muted),
    ]
    return fills.map { "#\(id) .\($0.0){fill:\($0.1)}" }.joined()
      + strokes.map { "#\(id) .\($0.0){stroke:\($0.1)}" }.joined()
      + "#\(id) .hollow{fill:\(paper)}"
  }
}
