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

  /// For paper: black ink, and nothing where nothing is said.
  static let print = Palette(
    paper: "#ffffff", ink: "#000000", muted: "#000000", grid: "#d9dde1", band: "#f2f4f6", limit: "#55606a",
    centre: "#000000", line: "#55606a", target: "#a00000",
    common: Shade(fill: "#a6a6a6", outline: "#303840"),
    improvement: Shade(fill: "#00b0f0", outline: "#003f5c"),
    concern: Shade(fill: "#e46c0a", outline: "#6b2f00"),
    neutral: Shade(fill: "#490092", outline: "#2b0057"))

  /// The rules that put this palette in the place of another, for the drawing with that identifier alone.
  ///
  /// Attributes carry the first palette, so that a drawing without style sheets is still whole.
  func writeRules(for id: String, into markup: inout Markup) {
    func write(_ rule: StaticString, _ colour: String) {
      markup.write("#")
      markup.write(plain: id)
      markup.write(rule)
      markup.write(plain: colour)
      markup.write("}")
    }
    write(" .paper{fill:", paper)
    write(" .ink{fill:", ink)
    write(" .muted{fill:", muted)
    write(" .band{fill:", band)
    write(" .target-text{fill:", target)
    write(" .common{fill:", common.fill)
    write(" .improvement{fill:", improvement.fill)
    write(" .concern{fill:", concern.fill)
    write(" .neutral{fill:", neutral.fill)
    write(" .grid{stroke:", grid)
    write(" .limit{stroke:", limit)
    write(" .centre{stroke:", centre)
    write(" .line{stroke:", line)
    write(" .target{stroke:", target)
    write(" .halo{stroke:", paper)
    write(" .common{stroke:", common.outline)
    write(" .improvement{stroke:", improvement.outline)
    write(" .concern{stroke:", concern.outline)
    write(" .neutral{stroke:", neutral.outline)
    write(" .axis{stroke:", muted)
    write(" .hollow{fill:", paper)
    write(" .flag{fill:", paper)
    write(" .flag{stroke:", muted)
  }
}
