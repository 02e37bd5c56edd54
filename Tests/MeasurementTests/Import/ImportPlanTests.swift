// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Measurement

@Suite("Comparing a file with what is stored")
struct ImportPlanTests {
  private func stored(_ observations: Observation...) -> [Day: Observation] {
    Dictionary(uniqueKeysWithValues: observations.map { ($0.day, $0) })
  }

  private func plan(
    _ text: String, stored: [Day: Observation] = [:], kind: ChartKind = .run, terms: ImportTerms = ImportTerms()
  ) -> ImportPlan {
    ImportPlan(read(text, kind: kind), stored: stored, rules: ObservationRules(kind: kind), terms: terms)
  }

  @Test("rows are added, left unchanged or, when allowed, replaced")
  func counts() {
    let old = stored(
      Observation(day: day("2024-01-01"), value: 1), Observation(day: day("2024-02-01"), value: 2, note: "kept"))
    let text = "period,value\n2024-01,1\n2024-02,9\n2024-03,3\n"

    let refused = plan(text, stored: old)
    #expect(!refused.isAccepted)
    #expect(refused.writes.isEmpty)
    #expect(refused.rowsAdded == 0)
    #expect(refused.rowsUnchanged == 1)
    #expect(refused.rowsRejected == 1)
    let problem = refused.problems.first.first
    #expect(problem?.row == 3)
    #expect(problem?.column == "value")
    #expect(problem?.value == "9")
    #expect(problem?.kind == .stored)
    #expect(problem?.message.contains("with 2.") == true)

    let partial = plan(text, stored: old, terms: ImportTerms(allowPartial: true))
    #expect(partial.writes == [Observation(day: day("2024-03-01"), value: 3)])

    let replaced = plan(text, stored: old, terms: ImportTerms(replace: true))
    #expect(replaced.problems.isEmpty)
    #expect(replaced.rowsReplaced == 1)
    #expect(replaced.rowsAdded == 1)
    #expect(
      replaced.writes == [
        Observation(day: day("2024-02-01"), value: 9, note: "kept"), Observation(day: day("2024-03-01"), value: 3),
      ])
  }

  @Test("one bad row means that nothing is written, unless a partial import is allowed")
  func allOrNothing() {
    let text = "period,value\n2024-01,1\n2024-02,x\n"
    #expect(plan(text).writes.isEmpty)
    #expect(!plan(text).isAccepted)
    let partial = plan(text, terms: ImportTerms(allowPartial: true))
    #expect(partial.writes.map(\.value) == [1])
    #expect(partial.isAccepted)
    #expect(partial.rowsRejected == 1)
  }

  @Test(
    "a file of which nothing can be used is not taken, however little is asked of it",
    arguments: ["a,b\n2024-01,1\n", "period,value\n2024-01,x\n", "period,value\n2024-01,2\n", "period\n", ""])
  func nothingUsable(text: String) {
    let old = stored(Observation(day: day("2024-01-01"), value: 1))
    let plan = plan(text, stored: old, terms: ImportTerms(allowPartial: true))
    #expect(!plan.isAccepted && plan.writes.isEmpty && !plan.problems.isEmpty)
  }

  @Test("problems of the file and of what is stored come in order of rows")
  func order() {
    let old = stored(Observation(day: day("2024-02-01"), value: 2))
    let plan = plan("period,value\nx,1\n2024-02,9\ny,1\n", stored: old)
    #expect(plan.problems.first.map(\.row) == [2, 3, 4])
    #expect(plan.problems.first.map(\.kind) == [.period, .stored, .period])
    #expect(plan.problems.total == 3)
  }

  @Test("a note that differs is named as what differs")
  func notes() {
    let old = stored(Observation(day: day("2024-01-01"), value: 1, note: "a"))
    #expect(plan("period,value\n2024-01,1\n", stored: old).rowsUnchanged == 1)
    let problem = plan("period,value,note\n2024-01,1,b\n", stored: old).problems.first.first
    #expect(problem?.column == "note")
    #expect(problem?.value == "b")
    #expect(problem?.message.contains("“a”") == true)
  }

  @Test("a measure whose values need no denominator has them for all its observations or for none")
  func mixture() {
    let old = stored(Observation(day: day("2024-01-01"), value: 1, denominator: 2))
    let mixed = plan("period,value\n2024-02,1\n", stored: old, terms: ImportTerms(allowPartial: true))
    #expect(mixed.writes.isEmpty)
    #expect(mixed.problems.first.map(\.kind) == [.column])
    #expect(mixed.problems.first.map(\.column) == ["denominator"])
    let replaced = plan("period,value\n2024-01,1\n2024-02,1\n", stored: old, terms: ImportTerms(replace: true))
    #expect(replaced.rowsReplaced == 1)
    #expect(replaced.problems.isEmpty)
  }
}
