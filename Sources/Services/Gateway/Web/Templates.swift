// SPDX-License-Identifier: Apache-2.0

import Mustache
import Tables

/// The pages' templates, parsed once.
///
/// All of them are compiled into the executable, which is therefore one file.
struct Templates: Sendable {
  private let library: MustacheLibrary

  /// The templates, by the name that others include them under.
  private static let sources: [String: [UInt8]] = [
    "layout": PackageResources.layout_mustache,
    "mark": PackageResources.mark_mustache,
    "notices": PackageResources.notices_mustache,
    "errors": PackageResources.errors_mustache,
    "field": PackageResources.field_mustache,
    "form": PackageResources.form_mustache,
    "projects": PackageResources.projects_mustache,
    "project": PackageResources.project_mustache,
    "panel": PackageResources.panel_mustache,
    "chart": PackageResources.chart_mustache,
    "signal": PackageResources.signal_mustache,
    "import": PackageResources.import_mustache,
    "report": PackageResources.report_mustache,
    "failure": PackageResources.failure_mustache,
    "api": PackageResources.api_mustache,
  ]

  /// - Throws: `MustacheTemplate.Error` for a template that cannot be parsed, which a test rules out.
  init() throws {
    HTMLText.register()
    var library = MustacheLibrary()
    for (name, bytes) in Self.sources {
      try library.register(HTMLText.pragma + String(decoding: bytes, as: UTF8.self), named: name)
    }
    self.library = library
  }

  /// The page as HTML.
  func render<View: PageView>(_ view: View) -> String {
    library.render(view, withTemplate: View.template) ?? ""
  }
}

/// What a page shows, ready for its template: every word chosen, every number written out.
///
/// A template finds a stored property by its name, first in the innermost object, then in those around it. An optional
/// that is `nil` counts as absent, also for the search in the objects around; so a name is used for one thing only.
protocol PageView: Sendable {
  /// Name of the template.
  static var template: String { get }
  var page: PageFrame { get }
}

/// What the layout around every page needs.
struct PageFrame: Sendable, Hashable {
  /// Which entry of the navigation the page belongs to.
  enum Section: Sendable { case projects, newProject, elsewhere }

  let title: String
  let onProjects: Bool
  let onNewProject: Bool
  let stylePath = Asset.style.path
  let scriptPath = Asset.script.path
  let iconPath = Asset.icon.path

  init(title: String, section: Section = .elsewhere) {
    self.title = title
    self.onProjects = section == .projects
    self.onNewProject = section == .newProject
  }
}

/// HTML escaping that works on Unicode scalars.
///
/// swift-mustache escapes by `Character`. A quote followed by a combining mark is one `Character` that equals none of
/// those it looks for, so that the quote would reach the page as it is and could end an attribute. Every template
/// therefore begins with a pragma that puts this in its place.
struct HTMLText: MustacheContentType {
  static let name = "WAYMARK_HTML"
  static let pragma = "{{% CONTENT_TYPE: \(name)}}"

  static func register() {
    MustacheContentTypes.register(HTMLText(), named: name)
  }

  func escapeText(_ text: String) -> String {
    Self.escape(text)
  }

  /// The text with `& < > " '` written as character references, for element content and quoted attributes.
  ///
  /// What a page may not have or what would turn the order of its text (NUL, control characters, U+202E and the like)
  /// is shown as ``VisibleText`` shows it; line breaks and tabs stay.
  static func escape(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in VisibleText.lines(text.utf8.contains(0x0D) ? text.replacing("\r\n", with: "\n") : text).utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      case UInt8(ascii: "'"): bytes += "&#39;".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
