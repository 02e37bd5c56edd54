// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the pages for readers name has to be there.
@Suite("Documentation") struct DocumentationTests {
  @Test("links lead to files that exist and headings that they have", arguments: MarkdownPage.all)
  func links(path: String) throws {
    let page = try MarkdownPage(path: path)
    for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let target = parts[0].isEmpty ? Products.repository.appending(path: path) : page.folder.appending(path: parts[0])
      #expect(FileManager.default.fileExists(atPath: target.path), "\(path) links to \(link)")
      guard parts.count == 2, target.pathExtension == "md" else { continue }
      let relative = target.standardizedFileURL.path.dropFirst(Products.repository.standardizedFileURL.path.count + 1)
      #expect(try MarkdownPage(path: String(relative)).anchors.contains(parts[1]), "\(path) links to \(link)")
    }
  }

  @Test("files and folders that are named exist", arguments: MarkdownPage.all)
  func files(path: String) throws {
    let page = try MarkdownPage(path: path)
    let all = RepositoryFiles.all
    for span in page.spans
    where span.contains("/") && !span.contains(where: { " …*<>{}$=()".contains($0) })
      && !span.contains("NAME")
    {
      let name = span.hasSuffix("/") ? String(span.dropLast()) : span
      let first = String(name.prefix { $0 != "/" })
      if RepositoryFiles.folders.contains(first) {
        #expect(all.contains { $0 == name || $0.hasPrefix(name + "/") }, "\(path) names \(span)")
      } else if ["swift", "py", "sh", "c", "cc", "proto", "sql"].contains(where: { name.hasSuffix(".\($0)") }) {
        #expect(all.contains { $0.hasSuffix("/" + name) }, "\(path) names \(span)")
      }
    }
  }

  @Test("targets of make that are named exist", arguments: MarkdownPage.all)
  func targets(path: String) throws {
    let makefile = try String(contentsOf: Products.repository.appending(path: "Makefile"), encoding: .utf8)
    let targets = Set(makefile.matches(of: /(?m)^([a-z][a-z-]*):/).map { String($0.1) })
    let page = try MarkdownPage(path: path)
    for command in page.commands + page.spans {
      guard let target = command.wholeMatch(of: /(?s)make ([a-z][a-z-]*)(?:\s.*)?/)?.1 else { continue }
      #expect(targets.contains(String(target)), "\(path): \(command)")
    }
  }

  @Test("commands and options that are named are those that the help has")
  func options() async throws {
    let known = try await KnownOptions()
    #expect(known.byCommand.count >= 18, "\(known.byCommand.keys.sorted())")
    let foreign = try ForeignOptions()
    for path in MarkdownPage.all {
      let page = try MarkdownPage(path: path)
      for command in page.commands {
        // A command in quotes, such as of a container's shell, has lines of its own.
        for line in command.split(separator: "\n") {
          if let fault = known.fault(in: String(line)) { Issue.record("\(path): \(fault): \(line)") }
        }
      }
      for span in page.spans {
        if span.hasPrefix("waymark ") {
          if let fault = known.fault(in: span) { Issue.record("\(path): \(fault): \(span)") }
        } else if let option = span.prefixMatch(of: /--[a-z][a-z0-9-]*/) {
          let name = String(option.output)
          #expect(known.all.contains(name) || foreign.names.contains(name), "\(path) names the option \(span)")
        }
      }
    }
  }

  @Test("variables that are named are read somewhere")
  func variables() async throws {
    let known = try await KnownOptions().all
    for path in MarkdownPage.all {
      let page = try MarkdownPage(path: path)
      let text = (page.spans + page.blocks.flatMap(\.lines)).joined(separator: "\n")
      for variable in Set(text.matches(of: /WAYMARK_[A-Z][A-Z_]*[A-Z]/).map { String($0.output) }) {
        let setting = variable.replacing(/^WAYMARK_(PEOPLE_|PROJECTS_|MEASUREMENT_|GATEWAY_)?/, with: "")
        let options = [setting, String(variable.dropFirst("WAYMARK_".count))].map {
          "--" + $0.lowercased().replacing("_", with: "-")
        }
        let isKnown = !known.isDisjoint(with: options) || RepositoryFiles.mentions(variable)
        #expect(isKnown, "\(path) names \(variable)")
      }
    }
  }

  @Test("every package that is installed or built on has a line in docs/dependencies.md")
  func dependencies() throws {
    let text = try String(contentsOf: Products.repository.appending(path: "docs/dependencies.md"), encoding: .utf8)
    let words = Set(text.split { !($0.isLetter || $0.isNumber || "+.-_".contains($0)) }.map(String.init))
    let setup = try String(contentsOf: Products.repository.appending(path: "Tools/setup.sh"), encoding: .utf8)
    let lists = setup.matches(of: /(?m)^([a-z]+)_packages=\(([^)]*)\)/)
    #expect(lists.count >= 5)
    for list in lists {
      for package in list.2.split(whereSeparator: \.isWhitespace) {
        let name = String(package.prefix { !"=<>[".contains($0) })
        #expect(words.contains(name), "Tools/setup.sh installs \(name)")
      }
    }
    let manifests = ["Package.swift"] + RepositoryFiles.all.filter { $0.hasSuffix("/Package.swift") }
    for manifest in manifests {
      let swift = try String(contentsOf: Products.repository.appending(path: manifest), encoding: .utf8)
      let urls = swift.matches(of: /\.package\(url: "([^"]+)"/).map { String($0.1) }
      #expect(!urls.isEmpty, "\(manifest)")
      for url in urls { #expect(text.contains("](\(url))"), "\(manifest) has \(url)") }
    }
  }

  @Test("the load that docs/scaling.md counts on is what docs/performance.md has measured")
  func figures() throws {
    let scaling = try String(contentsOf: Products.repository.appending(path: "docs/scaling.md"), encoding: .utf8)
    let performance = try String(
      contentsOf: Products.repository.appending(path: "docs/performance.md"), encoding: .utf8)
    let load = try #require(scaling.firstMatch(of: /### Load\n([^#]*)/)?.1)
    let measured = load.split(separator: "\n").compactMap { $0.split(separator: "|").last }
    let figures = measured.flatMap { cell in
      // Figures with a unit; what is said to be computed from them begins with 'some'.
      cell.matches(of: /(some )?([\d,.]+) ?(?:\/s|rows\/s|µs)/).filter { $0.1 == nil }.map { String($0.2) }
    }
    #expect(figures.count >= 5, "\(figures)")
    for figure in figures { #expect(performance.contains(figure), "\(figure) is not in docs/performance.md") }
  }

  @Test(
    "the commands that a script is said to take are in its first lines", arguments: ["README.md", "CONTRIBUTING.md"])
  func scripts(path: String) throws {
    for span in try MarkdownPage(path: path).spans where span.hasPrefix("Tools/") || span.hasPrefix(".ci/") {
      let script = String(span.prefix { $0 != " " })
      #expect(FileManager.default.isExecutableFile(atPath: Products.repository.appending(path: script).path), "\(span)")
    }
  }
}

/// Options of other programs that the pages speak of, with what has them.
private struct ForeignOptions {
  let names: Set<String>

  init() throws {
    // Of scripts of this repository: whatever they compare with.
    var names: Set<String> = []
    for path in RepositoryFiles.all
    where (path.hasPrefix("Tools/") || path.hasPrefix("Benchmarks/") || path.hasPrefix("Tests/"))
      && ["sh", "py", "swift"].contains(where: { path.hasSuffix(".\($0)") })
    {
      let text = try String(contentsOf: Products.repository.appending(path: path), encoding: .utf8)
      names.formUnion(text.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) })
    }
    // pg_restore, docker-compose, git.
    self.names = names.union(["--single-transaction", "--roles-only", "--profile", "--with-tests"])
  }
}

/// The files of the repository, without what was built.
enum RepositoryFiles {
  static let folders: Set<String> = [
    "Sources", "Tests", "Tools", "docs", "proto", "Benchmarks", "deploy", "examples", "findings", ".ci",
  ]

  /// From the folder of the repository.
  static let all: [String] = folders.sorted().flatMap { folder in
    let root = Products.repository.appending(path: folder)
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    var paths: [String] = []
    while let url = found?.nextObject() as? URL {
      if url.lastPathComponent.hasPrefix(".build") {
        found?.skipDescendants()
      } else {
        paths.append(folder + url.path.dropFirst(root.path.count))
      }
    }
    return paths
  }

  /// Whether a source, a script or a setting of containers has the text.
  static func mentions(_ text: String) -> Bool { texts.contains { $0.contains(text) } }

  private static let texts: [String] = {
    let wanted = all.filter { path in
      !path.hasPrefix("docs/") && !path.contains("/Generated/")
        && ["swift", "sh", "py"].contains { path.hasSuffix(".\($0)") }
    }
    return (wanted + ["Makefile", "Dockerfile", "docker-compose.yml"]).compactMap {
      try? String(contentsOf: Products.repository.appending(path: $0), encoding: .utf8)
    }
  }()
}
