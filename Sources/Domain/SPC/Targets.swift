// SPDX-License-Identifier: Apache-2.0

/// Where a value should be, and from when on; in the unit shown, so after multiplication.
///
/// Targets change no line and no signal.
public struct Targets: Sendable, Hashable, Codable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A target that holds from a day on, until the next step.
  public struct Step: Sendable, Hashable, Codable {
    /// Nil for a target that held from the beginning.
    public var from: Day?
    public var value: Double

    public init(from: Day? = nil, value: Double) {
      self.from = from
      self.value = value
    }
  }

  /// A value that should be reached on a day.
  public struct Milestone: Sendable, Hashable, Codable {
    public var day: Day
    public var value: Double

    public init(day: Day, value: Double) {
      self.day = day
      self.value = value
    }
  }

  /// In order of days, those without a day first.
  public let steps: [Step]
  /// Values to be reached on the way, in order of days; between two of them the way is straight.
  public let trajectory: [Milestone]

  /// No target.
  public static let none = Targets(steps: [])

  /// One target for all time.
  public init(_ value: Double) { self.init(steps: [Step(value: value)]) }

  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  /// Steps and milestones in any order; of two for one day the later in the list counts.
  public init(steps: [Step], trajectory: [Milestone] = []) {
    var latest: [Day?: Double] = [:]
    for step in steps { latest[step.from] = step.value }
    self.steps = latest.map { Step(from: $0.key, value: $0.value) }
      .sorted { ($0.from ?? .earliest, $0.from == nil ? 0 : 1) < ($1.from ?? .earliest, $1.from == nil ? 0 : 1) }
    var milestones: [Day: Double] = [:]
    for milestone in trajectory { milestones[milestone.day] = milestone.value }
    self.trajectory = milestones.map { Milestone(day: $0.key, value: $0.value) }.sorted { $0.day < $1.day }
  }

  public var isEmpty: Bool { steps.isEmpty && trajectory.isEmpty }

  /// The target in force on a day: the latest step begun, or nil before the first.
  ///
  /// A trajectory is no target in force, but the way to one.
  public func value(on day: Day) -> Double? {
    if steps.count == 1, let only = steps.first, only.from == nil { return only.value }
    return steps.last { step in step.from.map { $0 <= day } ?? true }?.value
  }

  /// Where the trajectory is on a day; nil before its first and after its last milestone.
  public func trajectory(on day: Day) -> Double? {
    guard let later = trajectory.firstIndex(where: { $0.day >= day }) else { return nil }
    let end = trajectory[later]
    if end.day == day { return end.value }
    guard later > 0 else { return nil }
    let start = trajectory[later - 1]
    let share = Double(start.day.distance(to: day)) / Double(start.day.distance(to: end.day))
    return start.value + share * (end.value - start.value)
  }
}
