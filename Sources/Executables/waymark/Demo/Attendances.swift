// SPDX-License-Identifier: Apache-2.0

import CDemoData

/// The published figures of one trust's major (type 1) A&E departments, month by month.
///
/// Contains public sector information licensed under the Open Government Licence v3.0. Source: NHS England, A&E waiting
/// times and activity.
struct Attendances: Sendable {
  /// One month.
  struct Month: Sendable, Hashable {
    /// Its first day, as `YYYY-MM-DD`.
    let period: String
    /// Patients who attended.
    let attendances: Int
    /// Of these, patients who waited more than four hours.
    let breaches: Int
    /// Patients admitted from the department.
    let admissions: Int
  }

  /// In order of time.
  let months: [Month]

  /// Per cent of patients who waited more than four hours in the first twelve months.
  var baseline: Double {
    let year = months.prefix(12)
    let attendances = year.reduce(0) { $0 + $1.attendances }
    guard attendances > 0 else { return 0 }
    return 100 * Double(year.reduce(0) { $0 + $1.breaches }) / Double(attendances)
  }

  /// As a CSV file with one line a month.
  var csv: [UInt8] {
    var text = "period,attendances,breaches,admissions\n"
    for month in months {
      text += "\(month.period),\(month.attendances),\(month.breaches),\(month.admissions)\n"
    }
    return Array(text.utf8)
  }

  /// The figures of all trusts, by their codes, from the file in the executable.
  static func byCode() -> [String: Attendances] {
    let bytes = UnsafeBufferPointer(start: waymark_ae_attendances_first(), count: waymark_ae_attendances_size)
    return parse(bytes)
  }

  /// Reads the columns `period,org_code,type,attendances,breaches,admissions`; keeps the lines of type 1.
  static func parse(_ bytes: some Collection<UInt8>) -> [String: Attendances] {
    var months: [String: [Month]] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 6, fields[2] == "1", let attendances = Int(fields[3]), let breaches = Int(fields[4]),
        let admissions = Int(fields[5])
      else { continue }
      months[fields[1], default: []].append(
        Month(period: fields[0], attendances: attendances, breaches: breaches, admissions: admissions))
    }
    return months.mapValues { Attendances(months: $0.sorted { $0.period < $1.period }) }
  }
}
