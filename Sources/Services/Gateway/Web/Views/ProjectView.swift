// SPDX-License-Identifier: Apache-2.0

/// The page about one project.
struct ProjectView: PageView {
  static let template = "project"

  /// One measure with its chart.
  struct Panel: Sendable, Hashable {
    /// Element id, for links to this panel.
    let anchor: String
    let kindName: String
    let kindClass: String
    let measureName: String
    let importPath: String
    let chart: ChartView?
    /// Why there is no chart although there should be one.
    let chartMissing: String?
    let definition: [Fact]
    let hasDefinition: Bool
  }

  let page: PageFrame
  let name: String
  let aimSentence: String?
  let statusName: String?
  let statusClass: String
  let notices: [Notice]
  let facts: [Fact]
  let hasFacts: Bool
  let newMeasurePath: String?
  let panels: [Panel]
  /// The project is known to have no measures.
  let hasNoMeasures: Bool

  init(
    name: String, aimSentence: String?, statusName: String?, statusClass: String, notices: [Notice], facts: [Fact],
    newMeasurePath: String?, panels: [Panel], measuresAreKnown: Bool
  ) {
    self.page = PageFrame(title: name, section: .projects)
    self.name = name
    self.aimSentence = aimSentence
    self.statusName = statusName
    self.statusClass = statusClass
    self.notices = notices
    self.facts = facts
    self.hasFacts = !facts.isEmpty
    self.newMeasurePath = newMeasurePath
    self.panels = panels
    self.hasNoMeasures = panels.isEmpty && measuresAreKnown
  }
}
