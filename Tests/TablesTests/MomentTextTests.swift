// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Tables

@Suite("when an event happened")
struct MomentTextTests {
  private func read(_ text: String) -> Result<EventIntervals.Moment, PeriodText.Refusal> {
    MomentText.parse(ArraySlice(text.utf8), latest: .latest)
  }

  @Test(
    "a day may have a time after it",
    arguments: [
      ("2024-02-11", 0), ("2024-02-11 00:00", 0), ("2024-02-11 09:00", 540), ("2024-02-11T09:00", 540),
      ("2024-02-11 9:30", 570), ("2024-02-11 16:00:30", 960.5), ("2024-02-11T16:00:30.5Z", 960 + 30.5 / 60),
      ("11/02/2024 23:59", 1439), ("2024-02-11 2:30 pm", 870), ("2024-02-11 12:05am", 5), ("2024-02-11 12:05 PM", 725),
      ("2024-02-11   07:15", 435),
    ] as [(String, Double)])
  func times(text: String, minutes: Double) throws {
    let moment = try read(text).get()
    #expect(moment.day.description == "2024-02-11")
    #expect(abs(moment.fraction * 1440 - minutes) < 1e-9 && moment.fraction < 1)
  }

  @Test(
    "a time that is none is refused, with a form that is accepted",
    arguments: [
      "2024-02-11 24:00", "2024-02-11 12:60", "2024-02-11 12:30:60", "2024-02-11 13:00 pm", "2024-02-11 0:30 am",
      "2024-02-11 1:2", "2024-02-11 :30", "2024-02-11 12:", "2024-02-11 12:30:1.2.3", "2024-02-11 12:30+01:00",
      "2024-02-11 12:30:00-05:00", "2024-02-30 12:00", "12:30", "2024-02-11 ab:cd", "2024-02-11 1:30:45:12",
      "2024-02-11 12:30:", "T:", " :", "2024-02-11 ９:30",
    ])
  func refusals(text: String) {
    guard case .failure(let refusal) = read(text) else {
      Issue.record("\(text) was read")
      return
    }
    #expect(refusal.message.hasSuffix(".") && !refusal.accepted.isEmpty)
  }
}
