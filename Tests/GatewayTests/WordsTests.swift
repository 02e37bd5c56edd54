// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Gateway

@Suite("Numbers and days as people read them")
struct WordsTests {
  @Test(
    "a number has the digits that carry meaning",
    arguments: [
      (0.0, "0"), (-0.0, "0"), (1, "1"), (12.5, "12.5"), (12.345, "12.35"), (99.994, "99.99"), (99.999, "100"),
      (123.45, "123.5"), (21289, "21,289"), (1_234_567.89, "1,234,567.9"), (-5.25, "−5.25"), (0.5, "0.5"),
      (0.034219, "0.0342"), (0.00012345, "0.000123"), (0.9999, "1"), (1e-300, "0"), (.infinity, "∞"),
      (-.infinity, "−∞"), (.nan, "–"), (1e16, "1e+16"), (1e300, "1e+300"), (999_999_999_999_999, "999,999,999,999,999"),
    ])
  func numbers(value: Double, text: String) {
    #expect(Words.number(value) == text)
  }

  @Test("a quantity has its unit, per cent without a space")
  func quantities() {
    #expect(Words.quantity(12.5, unit: "%") == "12.5%")
    #expect(Words.quantity(3, unit: "days") == "3 days")
    #expect(Words.quantity(3, unit: "") == "3")
    #expect(Words.quantity(40, unit: "£") == "£40" && Words.quantity(-1250.5, unit: "€") == "−€1,250.5")
    #expect(Words.quantity(40, unit: "£ per patient") == "£40 per patient")
    #expect(Words.count(1, "point") == "1 point")
    #expect(Words.count(100_000, "row") == "100,000 rows")
    #expect(Words.day(year: 2027, month: 3, day: 31) == "31 March 2027")
    #expect(Words.day(year: 2027, month: 13, day: 31) == nil)
    #expect(Words.grouped(Int64.min) == "−9,223,372,036,854,775,808")
  }

  @Test("text for a query keeps only what is safe there")
  func queries() {
    #expect(URLText.queryValue("a b&c=ä/\"") == "a%20b%26c%3D%C3%A4%2F%22")
  }
}
