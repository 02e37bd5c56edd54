// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import ServiceRuntime

/// How values of options are read, with what is accepted where one cannot be.
enum Accepted {
  /// A whole number of a range.
  static func wholeNumber(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
      guard let number = Int(text), range.contains(number) else {
        let least = range.lowerBound
        throw ValidationError(
          range.upperBound == .max
            ? "a whole number, \(least) or more, is accepted."
            : "a whole number from \(least) to \(range.upperBound) is accepted.")
      }
      return number
    }
  }

  /// A number that is neither infinite nor none.
  static let number: @Sendable (String) throws -> Double = { text in
    guard let number = Double(text), number.isFinite else {
      throw ValidationError("a number such as 95 or 0.5 is accepted.")
    }
    return number
  }

  /// A number above one and at most another.
  static func number(above low: Double, atMost high: Double) -> @Sendable (String) throws -> Double {
    { text in
      guard let number = Double(text), number > low, number <= high else {
        throw ValidationError("a number above \(plain(low)) and at most \(plain(high)) is accepted.")
      }
      return number
    }
  }

  private static func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

  /// A number above 0.
  static let positiveNumber: @Sendable (String) throws -> Double = { text in
    guard let number = Double(text), number.isFinite, number > 0 else {
      throw ValidationError("a number above 0, such as 100 or 0.5, is accepted.")
    }
    return number
  }

  /// Yes or no, in the words that people use for them.
  static let yesOrNo: @Sendable (String) throws -> Bool = { text in
    guard let answer = YesOrNo(text) else { throw ValidationError("yes or no is accepted.") }
    return answer == .yes
  }
}

/// One of a few words, taken in any case.
public protocol WordArgument: ExpressibleByArgument, RawRepresentable<String>, CaseIterable {}

extension WordArgument {
  public init?(argument: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == argument.lowercased() }) else { return nil }
    self = found
  }
}
