// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Tables

@Suite("Reading the plain forms of labels")
struct PlainLabelTests {
  /// Numbers that are the same on every run.
  private struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below end: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % end
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[next(below: elements.count)] }
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// A text that has a plain form or nearly has one.
  private static func label(_ numbers: inout Numbers) -> String {
    let year = padded(numbers.one(of: [0, 23, 99, 1000, 1989 + numbers.next(below: 113)]), numbers.one(of: [2, 4]))
    let month = padded(numbers.next(below: 14), numbers.one(of: [1, 2, 2, 2, 3]))
    let day = padded(numbers.next(below: 33), numbers.one(of: [1, 2, 2, 2, 3]))
    let mark = numbers.one(of: ["-", "/", ".", "-", "/", " ", "", "\u{2013}"])
    let other = numbers.next(below: 12) == 0 ? numbers.one(of: ["-", "/", "."]) : mark
    let text =
      switch numbers.next(below: 7) {
      case 0: year + mark + month + other + day
      case 1: day + mark + month + other + year
      case 2: month + mark + day + other + padded(numbers.next(below: 100), 2)
      case 3: year + mark + month
      case 4: year + mark + padded(numbers.next(below: 100), 2)
      case 5: year + mark + numbers.one(of: ["Q", "q", "Qtr ", "W"]) + String(numbers.next(below: 6))
      default: month + mark + year
      }
    return switch numbers.next(below: 16) {
    case 0: " " + text
    case 1: text + " "
    case 2: "\t" + text + "\u{A0}"
    case 3: text + numbers.one(of: ["T00:00:00", "x", "-", ".", "é", "00:00"])
    case 4: numbers.one(of: ["x", "-", "\u{FF11}", "w/e "]) + text
    default: text
    }
  }

  @Test("what is read where it stands is what the reader of all forms reads")
  func sameAsGeneral() {
    var numbers = Numbers(seed: 11)
    var (plain, readable) = (0, 0)
    for _ in 0..<7000 {
      let text = Self.label(&numbers)
      for bytes in [Array(text.utf8)[...], trimmed(Array(text.utf8)[...])] {
        guard let label = PeriodLabel(plain: bytes) else { continue }
        plain += 1
        if label.readings != 0 { readable += 1 }
        if label != PeriodLabel(general: bytes) { Issue.record("“\(text)” is read in two ways") }
        if PeriodColumn.documentedDay(bytes, label) != PeriodText.day(bytes) {
          Issue.record("“\(text)” is documented as another day")
        }
      }
    }
    #expect(plain > 2000 && readable > 700, "\(plain) labels of plain form, of which \(readable) are periods")
  }

  @Test(
    "plain forms are read where they stand, also those that are no periods",
    arguments: [
      ("2023-04-07", true), ("2023/04/07", true), ("07/04/2023", true), ("7/4/23", true), ("7.4.2023", true),
      ("2023-04", true), ("2023/24", true), ("2011-12", true), ("2023-Q2", true), ("2023-q4", true),
      ("2020-02-30", false), ("31/04/2021", false), ("1850-01-01", false), ("2023-Q0", false), ("2023-Q5", false),
      ("2023-13", false),
    ])
  func forms(text: String, isPeriod: Bool) {
    let label = PeriodLabel(plain: Array(text.utf8)[...])
    #expect(label.map { $0.readings != 0 } == isPeriod)
  }

  @Test(
    "other forms are left to the reader of all forms",
    arguments: ["", "2020-1-1", "2020-01/01", "20230407", "2023", "04/2023", " 2023-04-07", "2023-04-07x", "2023Q2"])
  func others(text: String) {
    #expect(PeriodLabel(plain: Array(text.utf8)[...]) == nil)
  }

  @Test("what is passed over by its beginning is what no reading reads")
  func beginnings() {
    var numbers = Numbers(seed: 5)
    let atoms = [
      "ward", "north", "2023", "04", "7", "123", "20230407", "45017", "-", "/", " ", "Q1", "W14", "fy", "April", "sept",
      "Monday", "week ", "w/e ", "wc ", "MSitAE-", "é", "\u{FF12}", "\u{200B}", "\n", "x", "1234567890",
    ]
    for _ in 0..<4000 {
      let text = Array((0...numbers.next(below: 5)).map { _ in numbers.one(of: atoms) }.joined().utf8)
      guard !text.withUnsafeBufferPointer(LabelReader.mayRead) else { continue }
      if PeriodLabel(cleaning: text[...]).readings != 0 {
        Issue.record("“\(String(decoding: text, as: UTF8.self))” is a period")
      }
    }
  }
}
