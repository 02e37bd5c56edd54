// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A page of the project's documentation, as far as tests look into it.
struct MarkdownPage: Sendable, CustomStringConvertible {
  /// A block of code, with what it is written in: `sh`, `console`, `json`, ...
  struct Block: Sendable {
    let language: String
    let lines: [String]
  }

  /// From the folder of the repository.
  let path: String
  let blocks: [Block]
  /// What stands between single backquotes.
  let spans: [String]
  /// The targets of its links and pictures.
  let links: [String]
  /// What a link to each of its headings ends with.
  let anchors: Set<String>

  var description: String { path }
  var folder: URL { Products.repository.appending(path: path).deletingLastPathComponent() }

  init(path: String) throws {
    self.path = path
    let text = try String(contentsOf: Products.repository.appending(path: path), encoding: .utf8)
    var blocks: [Block] = []
    var prose: [Substring] = []
    var open: (language: String, fence: String, lines: [String])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if let block = open {
        if trimmed == block.fence {
          blocks.append(Block(language: block.language, lines: block.lines))
          open = nil
        } else {
          open?.lines.append(String(line))
        }
      } else if trimmed.hasPrefix("```") {
        open = (String(trimmed.drop { $0 == "`" }), String(trimmed.prefix { $0 == "`" }), [])
      } else {
        prose.append(line)
      }
    }
    self.blocks = blocks
    let words = prose.joined(separator: "\n")
    spans = words.matches(of: /`([^`]+)`/).map { $0.1.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    // What is in code is no link.
    let plain = words.replacing(/`[^`]+`/, with: "code")
    links = plain.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
    var anchors: Set<String> = []
    for line in prose where line.hasPrefix("#") {
      let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
      let base = MarkdownPage.anchor(of: title)
      var anchor = base
      var number = 0
      while !anchors.insert(anchor).inserted {
        number += 1
        anchor = "\(base)-\(number)"
      }
    }
    self.anchors = anchors
  }

  /// The anchor that GitHub gives a heading.
  private static func anchor(of title: String) -> String {
    var anchor = ""
    for character in title.lowercased() {
      if character == " " {
        anchor += "-"
      } else if character.isLetter || character.isNumber || character == "-" || character == "_" {
        anchor.append(character)
      }
    }
    return anchor
  }

  /// The commands of a block.
  ///
  /// Lines that end in a backslash are put together, quotes may go over lines, comments are left out. Of a `console` block
  /// the lines behind a `$` count.
  static func commands(of block: Block) -> [String] {
    var commands: [String] = []
    var current = ""
    var joint = ""
    for line in block.lines {
      var text = line
      if current.isEmpty {
        if block.language == "console" {
          guard text.hasPrefix("$ ") else { continue }
          text = String(text.dropFirst(2))
        }
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      }
      current += joint + text
      let isContinued = current.hasSuffix("\\")
      let isOpen = current.count { $0 == "'" } % 2 == 1
      joint = isContinued ? "" : "\n"
      if isContinued { current = String(current.dropLast()) }
      if isContinued || isOpen { continue }
      commands.append(current)
      (current, joint) = ("", "")
    }
    return current.isEmpty ? commands : commands + [current]
  }

  /// All commands of the page that somebody could type.
  var commands: [String] {
    blocks.filter { ["sh", "console"].contains($0.language) }.flatMap(MarkdownPage.commands(of:))
  }

  /// Every page for readers.
  static let all: [String] = {
    let files = FileManager.default
    let folder = Products.repository
    let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "examples/README.md"]
    let docs = (try? files.contentsOfDirectory(atPath: folder.appending(path: "docs").path)) ?? []
    return top + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()
}
