// SPDX-License-Identifier: Apache-2.0

import Contracts

// What the contracts' enumerations are called on pages.

extension ProjectsV1.ProjectStatus {
  /// The states a person may choose, in the order of a project's life.
  static let choices: [Self] = [.draft, .active, .onHold, .completed, .stopped]

  var words: String {
    switch self {
    case .unspecified, .unrecognized: "Status not known"
    case .draft: "Draft"
    case .active: "Active"
    case .onHold: "On hold"
    case .completed: "Completed"
    case .stopped: "Stopped"
    }
  }

  /// Style class and form value.
  var key: String {
    switch self {
    case .unspecified, .unrecognized: "unknown"
    case .draft: "draft"
    case .active: "active"
    case .onHold: "on-hold"
    case .completed: "completed"
    case .stopped: "stopped"
    }
  }
}

extension MeasurementV1.MeasureKind {
  static let choices: [Self] = [.outcome, .process, .balancing]

  var words: String {
    switch self {
    case .unspecified, .unrecognized: "Measure"
    case .outcome: "Outcome measure"
    case .process: "Process measure"
    case .balancing: "Balancing measure"
    }
  }

  /// Style class and form value.
  var key: String {
    switch self {
    case .unspecified, .unrecognized: "measure"
    case .outcome: "outcome"
    case .process: "process"
    case .balancing: "balancing"
    }
  }

  /// What a measure of this kind is for.
  var purpose: String {
    switch self {
    case .unspecified, .unrecognized: "Not said"
    case .outcome: "Outcome: are we reaching the aim?"
    case .process: "Process: is the work done as meant?"
    case .balancing: "Balancing: does something else get worse?"
    }
  }
}

extension MeasurementV1.ChartKind {
  /// Not X̄ and S: their subgroups of several values cannot be entered one observation a period.
  static let choices: [Self] = [.run, .i, .mr, .p, .pPrime, .u, .uPrime, .c, .g, .t, .iPrime]

  var words: String {
    switch self {
    case .unspecified, .unrecognized: "Chart"
    case .run: "Run chart"
    case .i: "Individuals (XmR) chart"
    case .p: "P chart"
    case .pPrime: "P′ chart"
    case .u: "U chart"
    case .uPrime: "U′ chart"
    case .mr: "Moving range (MR) chart"
    case .xBar: "X̄ chart"
    case .s: "S chart"
    case .c: "C chart"
    case .g: "G chart"
    case .t: "T chart"
    case .iPrime: "I′ chart"
    }
  }

  /// Form value.
  var key: String {
    switch self {
    case .unspecified, .unrecognized: "none"
    case .run: "run"
    case .i: "i"
    case .p: "p"
    case .pPrime: "p-prime"
    case .u: "u"
    case .uPrime: "u-prime"
    case .mr: "mr"
    case .xBar: "x-bar"
    case .s: "s"
    case .c: "c"
    case .g: "g"
    case .t: "t"
    case .iPrime: "i-prime"
    }
  }

  /// When to choose this kind.
  var advice: String {
    switch self {
    case .unspecified, .unrecognized: "Not said"
    case .run: "Any values, about their median (run chart)"
    case .i: "One number each period: times, counts, scores (I chart)"
    case .p: "Percentage of people or cases (P chart)"
    case .pPrime: "Percentage, with thousands of cases each period (P′ chart)"
    case .u: "A rate of events, such as falls per bed day (U chart)"
    case .uPrime: "A rate of events, with thousands of events each period (U′ chart)"
    case .mr: "How much values jump from one to the next (MR chart)"
    case .xBar: "Several values each period: their means (X̄ chart)"
    case .s: "Several values each period: their spread (S chart)"
    case .c: "Number of events, the same exposure each time (C chart)"
    case .g: "Cases between rare events (G chart)"
    case .t: "Days between rare events (T chart)"
    case .iPrime: "Values that count more where there are more cases (I′ chart)"
    }
  }

  /// Whether each value is out of something.
  var hasDenominator: Bool {
    switch self {
    case .p, .pPrime, .u, .uPrime, .iPrime: true
    case .unspecified, .run, .i, .mr, .xBar, .s, .c, .g, .t, .unrecognized: false
    }
  }

  /// Whether each value is a share of its denominator.
  var isShare: Bool {
    switch self {
    case .p, .pPrime: true
    case .unspecified, .run, .i, .mr, .xBar, .s, .c, .g, .t, .iPrime, .u, .uPrime, .unrecognized: false
    }
  }
}

extension CommonV1.Direction {
  static let choices: [Self] = [.up, .down, .neutral]

  var words: String {
    switch self {
    case .unspecified, .unrecognized: "Not said"
    case .up: "Higher is better"
    case .down: "Lower is better"
    case .neutral: "Neither is better"
    }
  }

  /// Form value.
  var key: String {
    switch self {
    case .unspecified, .unrecognized: "none"
    case .up: "up"
    case .down: "down"
    case .neutral: "neutral"
    }
  }
}

extension CommonV1.Date {
  /// `31 March 2027`; empty for what is no day.
  var words: String {
    Words.day(year: year, month: month, day: day) ?? ""
  }

  /// `March 2027`, for a period that is a whole month.
  var monthWords: String {
    String(words.split(separator: " ", maxSplits: 1).last ?? "")
  }
}
