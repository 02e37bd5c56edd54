// SPDX-License-Identifier: Apache-2.0

/// A cell of numbers with everything that it may be.
struct NumberCell: Sendable, Hashable {
  enum Mark: Sendable, Hashable {
    case point, comma

    var name: String { self == .point ? "point" : "comma" }
    var other: Mark { self == .point ? .comma : .point }
  }

  /// What a cell says about the marks of its file.
  enum Marks: Sendable, Hashable {
    /// Nothing: it has none, or only blanks and apostrophes between its thousands.
    case none
    /// The decimal mark can only be this.
    case decimal(Mark)
    /// This mark divides thousands, or is the decimal mark: `1.234`.
    case doubtful(Mark)
  }

  /// Signs beside the number that are left out, and said.
  struct Dress: OptionSet, Sendable, Hashable {
    let rawValue: UInt8
    static let perCent = Dress(rawValue: 1)
    static let currency = Dress(rawValue: 2)
    /// A minus that is no hyphen, stands behind, or is a pair of brackets.
    static let minus = Dress(rawValue: 4)
    /// Thousands divided by blanks or apostrophes.
    static let groups = Dress(rawValue: 8)
  }

  /// The value; of a doubtful cell the one with a decimal mark.
  var value: Double
  var marks: Marks = .none
  var dress: Dress = []

  /// What a text that is not a number may be instead.
  struct Refusal: Error, Hashable {
    var message: String
    var accepted: String
  }

  static let accepted = "A number such as 12, 12.5 or -3."

  init(value: Double, marks: Marks = .none, dress: Dress = []) {
    self.value = value
    self.marks = marks
    self.dress = dress
  }

  /// Reads the text of a cell, without blanks at its ends; not empty.
  static func read(_ text: ArraySlice<UInt8>) -> Result<NumberCell, Refusal> {
    if let shape = NumberShape(text) { return cell(shape, text) }
    return odd(text)
  }

  private static func cell(_ shape: NumberShape, _ text: ArraySlice<UInt8>) -> Result<NumberCell, Refusal> {
    guard let value = shape.value(of: text), value.isFinite else {
      return .failure(Refusal(message: "The number is too large to be held.", accepted: "A number below 1.7e308."))
    }
    guard let found = shape.mark else { return .success(NumberCell(value: value)) }
    let mark: Mark = found == UInt8(ascii: ",") ? .comma : .point
    return .success(NumberCell(value: value, marks: shape.looksGrouped ? .doubtful(mark) : .decimal(mark)))
  }

  // MARK: Numbers as people write them

  private static let blanks: Set<Unicode.Scalar> = [" ", "\u{A0}", "\u{202F}", "\u{2009}", "'", "\u{2019}"]
  private static let currencies: Set<Unicode.Scalar> = ["£", "€", "$", "¥"]
  private static let minuses: Set<Unicode.Scalar> = ["-", "\u{2212}", "\u{2013}", "\u{2010}", "\u{2011}"]

  /// Numbers with signs, brackets and marks between thousands.
  private static func odd(_ text: ArraySlice<UInt8>) -> Result<NumberCell, Refusal> {
    guard text.count <= 60, text.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return .failure(refusal(text)) }
    var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)[...]
    var dress: Dress = []
    var isNegative = false
    func trim() {
      while let first = scalars.first, blanks.contains(first) { scalars.removeFirst() }
      while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
    }
    if scalars.first == "(", scalars.last == ")" {
      scalars = scalars.dropFirst().dropLast()
      (isNegative, dress) = (true, .minus)
    }
    // Signs stand in any order before and behind: -£5, £-5, 5 %-.
    for _ in 0..<4 {
      trim()
      if let first = scalars.first, minuses.contains(first), !isNegative {
        isNegative = true
        if first != "-" || !dress.isEmpty { dress.insert(.minus) }
        scalars.removeFirst()
      } else if let first = scalars.first, currencies.contains(first), !dress.contains(.currency) {
        dress.insert(.currency)
        scalars.removeFirst()
      } else if let last = scalars.last, minuses.contains(last), !isNegative {
        (isNegative, dress) = (true, dress.union(.minus))
        scalars.removeLast()
      } else if let last = scalars.last, last == "%" || last == "\u{FF05}", !dress.contains(.perCent) {
        dress.insert(.perCent)
        scalars.removeLast()
      } else if let last = scalars.last, currencies.contains(last), !dress.contains(.currency) {
        dress.insert(.currency)
        scalars.removeLast()
      } else {
        break
      }
    }
    // A second sign is not taken off the first: --5 is neither 5 nor -5.
    if isNegative, let first = scalars.first, first == "+" || minuses.contains(first) { return .failure(refusal(text)) }
    guard let (plain, marks, isGrouped) = undone(scalars) else { return .failure(refusal(text)) }
    if isGrouped { dress.insert(.groups) }
    let bytes = Array(plain.utf8)[...]
    guard let shape = NumberShape(bytes) else { return .failure(refusal(text)) }
    return cell(shape, bytes).map { cell in
      NumberCell(value: isNegative ? -cell.value : cell.value, marks: marks ?? cell.marks, dress: dress)
    }
  }

  /// The number without marks between its thousands, where these stand as they should.
  private static func undone(
    _ scalars: ArraySlice<Unicode.Scalar>
  ) -> (plain: String, marks: Marks?, isGrouped: Bool)? {
    let kinds = scalars.filter { $0 == "." || $0 == "," || blanks.contains($0) }
    guard
      scalars.allSatisfy({
        $0.value < 0x80 && $0.properties.numericType != nil || $0 == "." || $0 == "," || blanks.contains($0)
          || $0 == "e" || $0 == "E" || $0 == "+" || $0 == "-"
      })
    else { return nil }
    guard let group = kinds.first, kinds.count > 1 || blanks.contains(group) else {
      return (text(scalars), nil, false)
    }
    // With two kinds of mark the last is the decimal mark and stands once; with one kind all divide thousands.
    let last = kinds.last ?? group
    let decimal: Unicode.Scalar? = last == group ? nil : last
    guard kinds.dropLast().allSatisfy({ $0 == group }), decimal.map({ !blanks.contains($0) }) ?? true else {
      return nil
    }
    var whole = scalars
    var fraction: ArraySlice<Unicode.Scalar> = []
    if let decimal, let place = scalars.lastIndex(of: decimal) {
      whole = scalars[..<place]
      fraction = scalars[(place + 1)...]
    }
    let parts = whole.split(separator: group, omittingEmptySubsequences: false)
    guard let first = parts.first, (1...3).contains(first.count), parts.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return nil
    }
    let plain = text(parts.joined()[...]) + (decimal == nil ? "" : "." + text(fraction))
    let marks: Marks =
      switch (group, decimal) {
      case (".", _): .decimal(.comma)
      case (",", _): .decimal(.point)
      case (_, ","): .decimal(.comma)
      case (_, "."): .decimal(.point)
      default: .none
      }
    return (plain, marks, blanks.contains(group))
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func refusal(_ text: ArraySlice<UInt8>) -> Refusal {
    let word = String(decoding: text.prefix(24), as: UTF8.self).lowercased()
    if ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"].contains(word) {
      return Refusal(message: "The value is not a finite number.", accepted: accepted)
    }
    if let first = text.first, first == UInt8(ascii: "<") || first == UInt8(ascii: ">") {
      return Refusal(
        message: "The number is kept back: all that is said is where it lies.",
        accepted: "A number, or an empty cell where it must not be told.")
    }
    if word.hasPrefix("#"), ["#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"].contains(word) {
      return Refusal(
        message: "A spreadsheet could not compute this cell.", accepted: "The number, or an empty cell for no value.")
    }
    if word.contains(":"), word.allSatisfy({ $0.isNumber || $0 == ":" || $0 == "." }) {
      return Refusal(message: "This looks like a time.", accepted: "One number in one unit, such as minutes: 95.")
    }
    return Refusal(message: "This is not a number.", accepted: accepted)
  }
}
