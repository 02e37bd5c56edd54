// SPDX-License-Identifier: Apache-2.0

import Tables

/// How a file was read, said beside what was asked for.
enum ReadingRemarks {
  /// The most that is said.
  private static let most = 20

  static func say(_ remarks: [Remark]) {
    let ordered = remarks.filter { $0.kind == .warning } + remarks.filter { $0.kind != .warning }
    for remark in ordered.prefix(most) { Console.tell(text(of: remark)) }
    if ordered.count > most { Console.tell("and \(ordered.count - most) more remarks on the file") }
  }

  static func text(of remark: Remark) -> String {
    let kind =
      switch remark.kind {
      case .howRead: "Read"
      case .passedOver: "Left out"
      case .warning: "Warning"
      }
    let place = [remark.row > 0 ? "line \(remark.row)" : "", remark.column].filter { !$0.isEmpty }
    return "\(kind)\(place.isEmpty ? "" : " (\(place.joined(separator: ", ")))"): \(remark.message)"
  }
}
