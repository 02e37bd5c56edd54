// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

@Suite("text in drawings")
struct MarkupTests {
  private func written(_ write: (inout Markup) -> Void) -> String {
    var markup = Markup()
    write(&markup)
    return markup.text
  }

  @Test("figures are written in drawings as everywhere else")
  func figures() {
    let values = [
      0, -0.04, 0.04, 0.05, 0.5, 1, 9.995, 12, -12.5, 99.99, 999.995, 1000, 1234.5, -98_765.4321, 1e6, 1e9 + 0.5, 9e14,
      1e15, 1e16, 1e20, 1e-9, 1e300, -1e300, 0.1 + 0.2,
    ]
    for value in values {
      for places in -1...13 {
        #expect(written { $0.write(figure: value, places: places) } == figure(value, places: places))
      }
      #expect(written { $0.write(plainFigure: value) } == plainFigure(value))
    }
  }

  @Test("days are written in drawings as everywhere else, with a capital letter")
  func days() {
    for days in stride(from: Int(Day.earliest.daysSinceEpoch), through: Int(Day.latest.daysSinceEpoch), by: 7919) {
      for day in [Day(daysSinceEpoch: days), Day(year: Day(daysSinceEpoch: days).year, month: 1, day: 1) ?? .latest] {
        for period in Period.allCases {
          let name = period.name(of: day)
          #expect(written { $0.write(nameOf: day, period) } == name.prefix(1).uppercased() + name.dropFirst())
        }
      }
    }
  }

  @Test(
    "text from outside is escaped",
    arguments: [
      ("", ""), ("plain", "plain"), ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("ü\u{0}\n\u{7F}\u{FFFE}測", "ü    測"),
      ("\u{80}a\u{9F}\u{A0}b\u{C2}", " a \u{A0}b\u{C2}"), ("\u{FFFD}\u{FFFF}\u{FFC0}x", "\u{FFFD} \u{FFC0}x"),
      ("a\u{202E}b\u{2069}\u{2028}c", "a\u{FFFD}b\u{FFFD}\u{FFFD}c"),
      ("\u{200F}ש\u{2060}\u{2070}", "\u{200F}ש\u{2060}\u{2070}"),
      ("Menge < Grenze & 測", "Menge &lt; Grenze &amp; 測"),
    ])
  func escaping(text: String, escaped: String) {
    #expect(written { $0.write(escaped: text) } == escaped)
    #expect(Markup.escaped(text) == escaped)
  }

  @Test("what is no number becomes no NaN in a drawing", arguments: [Double.nan, .infinity, -.infinity, 1e12, -1e300])
  func noNumber(value: Double) {
    #expect(Markup.number(value) == "0")
  }
}
