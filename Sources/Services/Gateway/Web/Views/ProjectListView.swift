// SPDX-License-Identifier: Apache-2.0

/// The list of projects.
struct ProjectListView: PageView {
  static let template = "projects"

  /// One project in the list.
  struct Card: Sendable, Hashable {
    let name: String
    let path: String
    let aimSentence: String
    let statusName: String
    let statusClass: String
    let organisationName: String?
    let when: String?
  }

  let page: PageFrame
  let query: String
  let isSearch: Bool
  let notices: [Notice]
  let projects: [Card]
  let countSentence: String
  let hasProjects: Bool
  /// A search without result.
  let nothingFound: Bool
  /// No project at all.
  let nothingYet: Bool
  let hasPaging: Bool
  let firstPath: String?
  let previousPath: String?
  let nextPath: String?

  /// - Parameters:
  ///   - total: How many projects there are on all pages; `nil` when the list could not be had.
  ///   - isFirstPage: Whether this is the first page.
  ///   - previousToken: Of the page before; empty when there is none.
  ///   - nextToken: Of the page behind; empty when there is none.
  init(
    query: String, notices: [Notice] = [], projects: [Card], total: Int?, isFirstPage: Bool = true,
    previousToken: String = "", nextToken: String = ""
  ) {
    self.page = PageFrame(title: query.isEmpty ? "Projects" : "Projects with “\(query)”", section: .projects)
    self.query = query
    self.isSearch = !query.isEmpty
    self.notices = notices
    self.projects = projects
    self.hasProjects = !projects.isEmpty
    // A page that has become empty, behind others, is neither.
    self.nothingFound = total != nil && projects.isEmpty && !query.isEmpty && isFirstPage
    self.nothingYet = total != nil && projects.isEmpty && query.isEmpty && isFirstPage
    self.countSentence = Self.sentence(total: total ?? projects.count, shown: projects.count, query: query)
    let search = query.isEmpty ? "" : "q=\(URLText.queryValue(query))"
    self.firstPath = isFirstPage ? nil : (search.isEmpty ? "/" : "/?\(search)")
    func path(_ token: String) -> String? {
      token.isEmpty ? nil : "/?" + (search.isEmpty ? "" : search + "&") + "page=\(URLText.queryValue(token))"
    }
    self.previousPath = path(previousToken)
    self.nextPath = path(nextToken)
    self.hasPaging = firstPath != nil || previousPath != nil || nextPath != nil
  }

  private static func sentence(total: Int, shown: Int, query: String) -> String {
    let noun = total == 1 ? "project" : "projects"
    let found = query.isEmpty ? "\(total) \(noun)" : "\(total) \(noun) with “\(query)”"
    return shown < total ? "\(found), \(shown) on this page." : "\(found)."
  }
}
