// SPDX-License-Identifier: Apache-2.0

import Contracts

/// What a person chose on the upload page.
struct ImportChoice: Sendable, Hashable {
  /// What to do with the file.
  enum Mode: String, Sendable, CaseIterable {
    case all, check, partial

    var label: String {
      switch self {
      case .all: "Save only if every row is right"
      case .check: "Only check"
      case .partial: "Save the rows that are right; list the others"
      }
    }

    var hint: String {
      switch self {
      case .all: "If one row has a problem, nothing is saved."
      case .check: "Tells you what would be saved. Nothing is saved."
      case .partial: "Rows with a problem are left out and listed."
      }
    }
  }

  /// Absent where the form did not say.
  var mode: Mode? = .all
  /// Saved values are replaced.
  var replace = false
  /// Which columns to read, by their names; empty for the usual ones.
  var period = ""
  var value = ""
  var denominator = ""
  var note = ""
  /// Marks that stand for “no value”, as typed: separated by commas.
  var missing = ""
  /// How the file is written, as the keys of ``FileForm``; empty where Waymark may judge.
  var forms: [String: String] = [:]
  /// What the tick box says that confirms warnings: the fingerprint of the file that was seen, or `yes`.
  var confirmation = ""

  init() {}

  /// - Throws: ``UploadError`` for a choice that there is not; what was read before it stays in `choice`.
  static func read(_ form: Form, into choice: inout ImportChoice) throws(UploadError) {
    choice = ImportChoice()
    choice.mode = nil
    choice.period = form["period_column"]
    choice.value = form["value_column"]
    choice.denominator = form["denominator_column"]
    choice.note = form["note_column"]
    choice.missing = form["missing"]
    choice.confirmation = form["confirm"]
    for field in FileForm.allCases { choice.forms[field.rawValue] = form[field.rawValue] }
    switch form["replace"] {
    case "yes": choice.replace = true
    case "", "no": break
    case let other: throw .badOption("replace", other, accepted: ["yes", "no"])
    }
    let mode = form["mode"]
    choice.mode = Mode(rawValue: mode)
    guard choice.mode != nil else {
      let accepted = Mode.allCases.map(\.rawValue)
      throw mode.isEmpty ? .noMode(accepted: accepted) : .badOption("mode", mode, accepted: accepted)
    }
    for field in FileForm.allCases {
      let key = form[field.rawValue]
      guard key.isEmpty || field.choices.contains(where: { $0.value == key }) else {
        choice.forms[field.rawValue] = ""
        throw .badOption(field.rawValue, key, accepted: field.choices.map(\.value).filter { !$0.isEmpty })
      }
    }
  }

  /// Whether a part of the form that most files do not need says something.
  var namesForm: Bool {
    !(period + value + denominator + note + missing).isEmpty || forms.values.contains { !$0.isEmpty }
  }

  /// The options of a call.
  /// - Parameter fingerprint: that of the file, which a confirmation must be of.
  func options(measure: String, fingerprint: String) -> MeasurementV1.ImportOptions {
    let isConfirmed = confirmation == "yes" || confirmation == fingerprint
    var options = MeasurementV1.ImportOptions(
      measureID: measure, periodColumn: period, valueColumn: value, denominatorColumn: denominator, noteColumn: note,
      dryRun: mode == .check, allowPartial: mode == .partial, replace: replace)
    options.missing = missing.split(separator: ",").map { Form.trim(String($0)) }.filter { !$0.isEmpty }
    options.holdOnWarnings = mode != .check && !isConfirmed
    for field in FileForm.allCases { field.set(forms[field.rawValue] ?? "", in: &options) }
    return options
  }
}

/// How a file is written, where its cells alone leave it open: a field of the form each.
enum FileForm: String, CaseIterable, Sendable {
  case dateOrder = "date_order"
  case periodForm = "period_form"
  case yearStart = "year_start"
  case yearLabel = "year_label"
  case decimalMark = "decimal_mark"

  var label: String {
    switch self {
    case .dateOrder: "Dates such as 04/01/2026"
    case .periodForm: "Each row is for"
    case .yearStart: "Quarter 1 begins in"
    case .yearLabel: "A financial year such as FY26"
    case .decimalMark: "Decimal mark"
    }
  }

  /// The values of the field, with their labels; the first leaves it to Waymark.
  var choices: [(value: String, label: String)] {
    let judged = (value: "", label: "Waymark decides")
    return switch self {
    case .dateOrder: [judged, ("day", "Day first: 4 January"), ("month", "Month first: 1 April")]
    case .periodForm:
      [
        judged, ("day", "A day"), ("week", "A week"), ("month", "A month"), ("quarter", "A quarter"),
        ("year", "A year"),
        ("financial-year", "A financial year"),
      ]
    case .yearStart: [judged, ("1", "January"), ("4", "April"), ("7", "July"), ("10", "October")]
    case .yearLabel: [judged, ("starting", "Begins in 2026"), ("ending", "Ends in 2026")]
    case .decimalMark: [judged, ("point", "Point: 1,234.5"), ("comma", "Comma: 1.234,5")]
    }
  }

  fileprivate func set(_ key: String, in options: inout MeasurementV1.ImportOptions) {
    switch self {
    case .dateOrder: options.dateOrder = key == "day" ? .dayFirst : key == "month" ? .monthFirst : .unspecified
    case .periodForm: options.periodForm = key
    case .yearStart: options.yearStartMonth = Int32(key) ?? 0
    case .yearLabel:
      options.financialYearLabel = key == "starting" ? .starting : key == "ending" ? .ending : .unspecified
    case .decimalMark: options.decimalMark = key == "point" ? .point : key == "comma" ? .comma : .unspecified
    }
  }
}

/// Why an upload has nothing to import.
enum UploadError: Error, Sendable, Hashable, CustomStringConvertible {
  case noFile
  case noMode(accepted: [String])
  case badOption(String, String, accepted: [String])

  var description: String {
    switch self {
    case .noFile: "Choose a CSV file that is not empty."
    case .noMode(let accepted):
      "Nothing was saved: the form does not say what to do with the file. Its field “mode” is one of "
        + "\(accepted.joined(separator: ", "))."
    case .badOption(let name, let value, let accepted):
      "Nothing was saved: “\(value.prefix(100))” is none of the choices of “\(name)”: \(accepted.joined(separator: ", "))."
    }
  }

  /// Element id of the part of the page that it is about.
  var target: String {
    switch self {
    case .noFile: "file"
    case .noMode: "mode-all"
    case .badOption(let name, _, _): name == "mode" ? "mode-all" : name
    }
  }
}
