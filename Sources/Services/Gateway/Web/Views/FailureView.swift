// SPDX-License-Identifier: Apache-2.0

/// The page for something that went wrong as a whole.
struct FailureView: PageView {
  static let template = "failure"

  let page: PageFrame
  let statusCode: Int
  let heading: String
  let sentences: [String]
  let backPath: String
  let backLabel: String

  init(statusCode: Int, heading: String, sentences: [String], back: Crumb = Crumb(label: "All projects", path: "/")) {
    self.page = PageFrame(title: heading)
    self.statusCode = statusCode
    self.heading = heading
    self.sentences = sentences
    self.backPath = back.path
    self.backLabel = back.label
  }
}

/// The page that lists what programs can call.
struct InterfacesView: PageView {
  static let template = "api"

  struct Service: Sendable, Hashable {
    let serviceName: String
    /// Element id of the heading.
    let serviceID: String
    let methods: [Method]
  }

  struct Method: Sendable, Hashable {
    let path: String
    let isStreaming: Bool
  }

  let page = PageFrame(title: "Interfaces for programs")
  let services: [Service]
  let example: String
}
