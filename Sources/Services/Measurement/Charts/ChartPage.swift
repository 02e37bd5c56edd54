// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import ServiceRuntime
import Storage

/// Which points of a chart go into one answer: a chart of tens of thousands of points is larger than a message may be.
struct ChartPage: Sendable, Hashable {
  /// Points a page where the caller says nothing: each takes some 200 bytes.
  static let usualSize = 5000
  static let largestSize = 10_000
  /// What points and signals may take: well below the 4 MiB that a gRPC message has at most.
  static let answerBytes = 2_750_000

  var size = ChartPage.usualSize
  /// Index of the first point.
  var start = 0
  /// The chart that the page before was of; nil for the first page.
  private var version: Int64?
  private var fingerprint = ""

  /// The first page.
  init(fingerprint: String = "") { self.fingerprint = fingerprint }

  /// Reads `page_size` and `page_token`.
  /// - Throws: `INVALID_ARGUMENT` naming the field.
  init(size: Int32, token: String, look: ChartLook, of tokens: PageTokens) throws(RPCError) {
    let page = try Page(
      size: size, token: token, default: Self.usualSize, maximum: Self.largestSize, keyParts: 3, of: tokens)
    try page.require(list: look.fingerprint)
    self.size = page.size
    fingerprint = look.fingerprint
    guard let after = page.after else { return }
    guard let version = Int64(after[1]), let start = Int(after[2]), start >= 0 else {
      throw RPCError.invalidArgument(
        field: "page_token", "was not given by this chart; next_page_token of the page before is accepted")
    }
    (self.version, self.start) = (version, start)
  }

  /// Refuses to go on in a chart that has changed since the page before.
  func require(_ measure: Measure) throws(RPCError) {
    guard let version, version != measure.chartVersion else { return }
    throw RPCError(
      code: .aborted, message: "The chart has changed since the page before was read; begin with the first page.")
  }

  /// The points of this page: at least one where there are any left, and as many as fit.
  func points(of chart: Chart, budget: Int = ChartPage.answerBytes) -> Range<Int> {
    let count = chart.points.count
    let first = min(start, count)
    var end = first
    var bytes = 0
    while end < count, end - first < size {
      bytes += bytesOfPoint(end, in: chart)
      if bytes > budget, end > first { break }
      end += 1
    }
    return first..<end
  }

  /// The token of what follows these points; empty when nothing does.
  func token(after points: Range<Int>, of chart: Chart, _ measure: Measure, tokens: PageTokens) -> String {
    guard points.upperBound < chart.points.count else { return "" }
    return tokens.token([fingerprint, String(measure.chartVersion), String(points.upperBound)])
  }

  /// What a point takes at most: a date, fifteen numbers, its texts, and its place in each of its signals with the limits
  /// used there.
  private func bytesOfPoint(_ index: Int, in chart: Chart) -> Int {
    let reason = chart.spec.exclusions.reasons[index]?.utf8.count ?? 0
    var bytes = 230 + reason + chart.series.points[index].note.utf8.count
    for number in chart.signals(at: index) {
      // Sentence and name of a signal go with its first member.
      bytes += 64 + (chart.signals[number].members.first == index ? 500 : 0)
    }
    return bytes
  }
}
