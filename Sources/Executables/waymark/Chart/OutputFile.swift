// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import SystemPackage

/// Where a chart goes, by the end of the file's name.
enum OutputFormat: String, CaseIterable {
  case svg, png, json, csv, txt, md

  init(path: String, accepted: [OutputFormat]) throws(CommandFailure) {
    let end = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard path.contains("."), let format = OutputFormat(rawValue: end), accepted.contains(format) else {
      let names = accepted.map { "." + $0.rawValue }.joined(separator: ", ")
      throw CommandFailure(.usage, "--output \(path): the name must end in one of \(names).")
    }
    self = format
  }
}

enum OutputFile {
  /// Writes a whole file or nothing, and names it on standard error: what is there stays until the new one is complete.
  static func write(_ data: Data, to path: String) throws(CommandFailure) {
    do {
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      let reason = (error as NSError).localizedDescription
      throw CommandFailure(
        .cannotCreate, FileTrouble.writing(path, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason))
    }
    Console.tell("Wrote \(path)")
  }

  /// Draws an SVG as PNG with librsvg's command, at twice its size so that it is sharp on any screen.
  static func png(of svg: String) async throws -> Data {
    do {
      let result = try await Subprocess.run(
        .name("rsvg-convert"), arguments: ["--format=png", "--zoom=2"], input: .string(svg),
        output: .data(limit: 256 * 1024 * 1024), error: .string(limit: 64 * 1024))
      guard result.terminationStatus.isSuccess else {
        throw CommandFailure(.unavailable, "rsvg-convert could not draw the chart: \(result.standardError)")
      }
      return result.standardOutput
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(
        .unavailable,
        "PNG needs the command rsvg-convert, which is not installed; Debian and Ubuntu have it in librsvg2-bin. SVG needs "
          + "nothing.")
    }
  }
}
