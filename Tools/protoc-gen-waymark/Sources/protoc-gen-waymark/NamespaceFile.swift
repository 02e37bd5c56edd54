// SPDX-License-Identifier: Apache-2.0

import SwiftProtobufPluginLibrary

/// One enum per package, to hold its types.
struct NamespaceFile {
  let name = "swift/Namespaces.swift"
  let contents: String

  init(_ files: [FileDescriptor], options: Options) {
    var packages: [String: String] = [:]
    for file in files { packages[Names.namespace(file)] = file.package }
    var text = Text()
    for (namespace, package) in packages.sorted(by: { $0.key < $1.key }) {
      if !text.contents.isEmpty { text.line() }
      text.line("/// The package `\(package)`.")
      text.line("public enum \(namespace) {}")
    }
    contents = Text.header + "\n" + text.contents
  }
}
