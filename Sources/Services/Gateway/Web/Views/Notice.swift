// SPDX-License-Identifier: Apache-2.0

/// Something a reader should know before the rest of the page.
struct Notice: Sendable, Hashable {
  /// Style class.
  let tone: String
  /// ARIA role: `status` is read out when it appears, `note` in its turn.
  let role: String
  let title: String
  let text: [String]

  /// A part of the page is not here.
  static func hole(_ title: String, _ text: String...) -> Notice {
    Notice(tone: "hole", role: "note", title: title, text: text)
  }

  /// Something was done.
  static func done(_ title: String, _ text: String...) -> Notice {
    Notice(tone: "done", role: "status", title: title, text: text)
  }
}

/// A fact with its name, for description lists.
struct Fact: Sendable, Hashable {
  let term: String
  let detail: String
  /// The fact exists but could not be had.
  var isMissing = false
}

/// A link of a breadcrumb trail.
struct Crumb: Sendable, Hashable {
  let label: String
  let path: String

  static let projects = Crumb(label: "Projects", path: "/")
}
