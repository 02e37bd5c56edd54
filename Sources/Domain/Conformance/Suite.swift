// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Reference cases in the schema of `docs/conformance-cases.md`, to hold the engine against.
///
/// ```swift
/// let report = Suite.run(file: "qicharts2-i", data: data)
/// print("\(report.passed) passed, \(report.failures.count) failed")
/// ```
public enum Suite {
  /// What came of some cases.
  public struct Report: Sendable, Hashable {
    /// How many cases hold.
    public var passed = 0
    /// One for each case that does not.
    public var failures: [Failure] = []

    public init() {}

    public mutating func add(_ other: Report) {
      passed += other.passed
      failures += other.failures
    }
  }

  /// A case that does not hold.
  public struct Failure: Sendable, Hashable {
    public let file: String
    /// Its `id` or `name`.
    public let id: String
    /// The differences, the first twenty of them.
    public let differences: [String]
  }

  /// Runs all cases of a file.
  ///
  /// A file that is no reference file, and a case of a kind that is not known, are failures too.
  public static func run(file: String, data: Data) -> Report {
    var report = Report()
    do {
      let json = try JSON(data: data)
      guard json["schema"].number == 1, let cases = json["cases"].array else {
        throw CaseError("this is not a file of reference cases: it needs schema 1 and a list of cases")
      }
      for (index, item) in cases.enumerated() {
        let id = item["id"].text ?? item["name"].text ?? "case \(index + 1)"
        let differences = differences(of: item, package: json["package"].text ?? "")
        if differences.isEmpty {
          report.passed += 1
        } else {
          report.failures.append(Failure(file: file, id: id, differences: Array(differences.prefix(20))))
        }
      }
    } catch let error as CaseError {
      report.failures.append(Failure(file: file, id: file, differences: [error.description]))
    } catch {
      report.failures.append(Failure(file: file, id: file, differences: ["this is no JSON: \(error)"]))
    }
    return report
  }

  /// How the engine differs from one case; empty if it holds.
  public static func differences(of item: JSON, package: String) -> [String] {
    var comparison = Comparison()
    do {
      switch (package, item["name"].text) {
      case (_, "anhoej"?): try RunsCases.checkLimits(item, &comparison)
      case (_, "box"?): try RunsCases.checkBoxes(item, &comparison)
      case (_, "decisions"?): try RunsCases.checkDecisions(item, &comparison)
      case (_, "constants"?): try ConstantsCase.check(item, &comparison)
      case ("NHSRplotthedots", _): try PlotTheDotsCase(item).check(&comparison)
      case ("qicharts2", _): try QichartsCase(item).check(&comparison)
      case ("waymark", _): try RuleSetCase(item).check(&comparison)
      default: throw CaseError("cases of the package “\(package)” are not known")
      }
    } catch {
      comparison.add("\(error)")
    }
    return comparison.differences
  }
}

/// Why a case cannot be read.
struct CaseError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What must be there.
  static func require<Value>(_ value: Value?, _ key: String) throws -> Value {
    guard let value else { throw CaseError("the case lacks \(key)") }
    return value
  }
}
