// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import ServiceRuntime
import Storage

/// Finds the measures of an organisation whose charts have new signals.
///
/// All in one read of the store, on one of its own threads. A measure whose chart has changed since it was last looked at
/// is judged anew, without words; the others are remembered. Where many have changed, their observations pass by in one
/// go, ordered by measure, and only those of one measure are held at a time.
struct PortfolioStore: Sendable {
  /// Which measures to find.
  struct Search: Sendable, Hashable {
    var organisation: String
    var since: Day
    /// Not empty.
    var meanings: Set<Meaning>
    /// Empty for those of all projects.
    var project = ""

    /// What tells this search from others, for page tokens.
    var fingerprint: String {
      var hash = ContentHash()
      let words = meanings.map(\.rawValue).sorted()
      for part in [organisation, since.description, project] + words { hash.update("\(part.utf8.count):\(part)".utf8) }
      return String(hash.digest().prefix(16))
    }
  }

  /// What tells which measures are to be judged anew.
  struct Head {
    var id: String
    var version: Int64
  }

  /// So many measures are read one by one; beyond, all observations of the organisation pass by.
  static let mostSingleReads = 200

  let database: Database
  let cache: VerdictCache

  /// The measures with a signal as searched for, in order of their ids from the one after `after`, at most `limit`.
  ///
  /// Measures whose observations cannot be on the chart they ask for are among them, so that nothing is left out unseen.
  func find(_ search: Search, after: String, limit: Int) async throws -> [ChartInputs] {
    let cache = cache
    return try await database.read { transaction in
      let heads = try transaction.heads(search, after: after)
      var entries = cache.entries(of: search.organisation)
      let stale = heads.filter { entries[$0.id]?.version != $0.version }
      if !stale.isEmpty {
        let new = try transaction.verdicts(stale, of: search.organisation, after: after)
        cache.remember(new, of: search.organisation)
        entries.merge(new) { _, new in new }
      }
      let found = heads.lazy.filter { head in
        guard let verdict = entries[head.id]?.verdict else { return false }
        return verdict.hasNoChart || verdict.hasSignal(since: search.since, search.meanings)
      }.prefix(limit)
      return try found.compactMap { try transaction.inputs($0.id) }
    }
  }
}

extension Transaction {
  /// Everything that a measure's chart is made of; nil when there is no such measure.
  fileprivate func inputs(_ id: String) throws -> ChartInputs? {
    guard let measure = try measure(id) else { return nil }
    return ChartInputs(
      measure: measure, look: ChartLook(), observations: try observations(of: measure),
      judgements: try judgements(inForceFor: measure))
  }

  fileprivate func heads(_ search: PortfolioStore.Search, after: String) throws -> [PortfolioStore.Head] {
    var query = Query("SELECT id, chart_version FROM measures")
    query.require("organisation_id = ?", .text(search.organisation))
    if !search.project.isEmpty { query.require("project_id = ?", .text(search.project)) }
    if !after.isEmpty { query.require("id > ?", .text(after)) }
    var heads: [PortfolioStore.Head] = []
    try forEachRow(query.sql + " ORDER BY id", query.values) { row in
      heads.append(PortfolioStore.Head(id: try row.text(0), version: try row.integer(1)))
    }
    return heads
  }

  /// Judges measures anew.
  fileprivate func verdicts(
    _ heads: [PortfolioStore.Head], of organisation: String, after: String
  ) throws -> [String: VerdictCache.Entry] {
    var verdicts: [String: VerdictCache.Entry] = [:]
    verdicts.reserveCapacity(heads.count)
    guard heads.count > PortfolioStore.mostSingleReads else {
      for head in heads {
        let verdict = try inputs(head.id).flatMap { try? Verdict($0.chart()) } ?? .noChart
        verdicts[head.id] = VerdictCache.Entry(version: head.version, verdict: verdict)
      }
      return verdicts
    }
    let specifications = try specifications(of: organisation, after: after)
    let judgements = try judgements(of: organisation)
    var next = heads[...]
    var points: [Series.Point] = []

    /// Judges the first of the measures that are left, of which all points have passed.
    func judge() {
      guard let head = next.popFirst() else { return }
      var verdict = Verdict.noChart
      if let specification = specifications[head.id] {
        verdict = specification.verdict(points, judgements: judgements[head.id] ?? [])
      }
      verdicts[head.id] = VerdictCache.Entry(version: head.version, verdict: verdict)
      points.removeAll(keepingCapacity: true)
    }
    try forEachRow(
      """
      SELECT measure_id, period_day, value, denominator FROM observations
      WHERE organisation_id = $1 AND measure_id > $2 ORDER BY measure_id, period_day
      """,
      [.text(organisation), .text(after)]
    ) { row in
      let id = try row.text(0)
      while let head = next.first, head.id < id { judge() }
      guard next.first?.id == id else { return }
      points.append(
        Series.Point(
          day: Day(daysSinceEpoch: Int(clamping: try row.integer(1))), value: try row.real(2),
          denominator: try row.optionalReal(3)))
    }
    while !next.isEmpty { judge() }
    return verdicts
  }

  /// The specifications of an organisation's measures, without the words that take most of their rows.
  private func specifications(of organisation: String, after: String) throws -> [String: SpecificationInBrief] {
    var ruleSets: [String: RuleSet] = [:]
    var found: [String: SpecificationInBrief] = [:]
    try forEachRow(
      """
      SELECT id, chart_kind, rule_set, direction, multiplier, baseline_points, known_centre_line, method_json
      FROM measures WHERE organisation_id = $1 AND id > $2 ORDER BY id
      """,
      [.text(organisation), .text(after)]
    ) { row in
      let name = try row.text(2)
      if ruleSets[name] == nil { ruleSets[name] = try? RuleSet.named(name) }
      guard let ruleSet = ruleSets[name] else { return }
      found[try row.text(0)] = SpecificationInBrief(
        kind: try ChartKind(stored: row.text(1)), ruleSet: ruleSet,
        direction: Direction(CommonV1.Direction(rawValue: Int32(clamping: try row.integer(3)))),
        multiplier: try row.real(4), baselinePoints: Int(clamping: try row.integer(5)),
        knownCentreLine: try row.optionalReal(6), method: try ChartMethod(storedJSON: row.text(7)))
    }
    return found
  }

  /// The phases and exclusions in force of all measures of an organisation, each measure's in order of days.
  private func judgements(of organisation: String) throws -> [String: [Judgement]] {
    let rows = try rows(
      """
      SELECT * FROM judgements
      WHERE organisation_id = $1 AND delete_time IS NULL AND kind <> 'annotation' ORDER BY measure_id, day, id
      """,
      [.text(organisation)])
    return Dictionary(grouping: try rows.map { try Judgement($0) }, by: \.measureID)
  }
}

/// What decides on the signals of a measure: its specification without targets, units and words.
private struct SpecificationInBrief {
  var kind: ChartKind
  var ruleSet: RuleSet
  var direction: Direction
  var multiplier: Double
  var baselinePoints: Int
  var knownCentreLine: Double?
  var method: ChartMethod

  func verdict(_ points: [Series.Point], judgements: [Judgement]) -> Verdict {
    guard let series = try? Series(points) else { return .noChart }
    let spec = ChartSpec(
      kind: kind, ruleSet: ruleSet, direction: direction, multiplier: multiplier,
      baseline: baselinePoints > 0 ? .first(baselinePoints) : .all,
      phases: judgements.isEmpty ? [] : series.starts(of: judgements),
      exclusions: judgements.isEmpty ? [] : series.exclusions(judgements), method: method,
      knownCentreLine: knownCentreLine)
    return (try? Chart(series, spec: spec)).map { Verdict($0) } ?? .noChart
  }
}
