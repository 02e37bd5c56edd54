// SPDX-License-Identifier: Apache-2.0

import SPC

/// The labels of a column of periods, kept until all of them have been seen, and what they are then.
struct PeriodColumn: Sendable {
  /// What became of the column.
  struct Outcome {
    /// The first day of each label; nil where it is none, or none can be told.
    var days: [Day?] = []
    /// The places of labels that cannot be read as periods; ``PeriodColumn/unreadable(_:_:)`` has what to say of each.
    var bad: [Int] = []
    /// Set where nothing of the column can be used.
    var fatal: (place: Int, refusal: PeriodText.Refusal)?
    /// How it was read, where that was not plain.
    var remark: String?
  }

  private(set) var labels: ContiguousArray<PeriodLabel> = []
  /// The texts of labels that more than one reading, or none, reads; others are never shown.
  private var texts: [Int: [UInt8]] = [:]
  private var firstText: [UInt8] = []
  /// Days of the documented forms, by which a column may mix days, months and quarters; nil once a label has none.
  private var documented: ContiguousArray<Int32>? = []
  private var isISOQuarters = true
  private var isYearMonth = true
  private var isISODays = true
  private var hasOddForm = false

  /// The readings that have read all labels so far.
  private var common = UInt16.max

  /// The most texts that are kept to be shown: of labels that are no periods, and of others.
  private static let keptTexts = 1100
  private static let shownTexts = 50

  var count: Int { labels.count }

  /// The text of a label, where it has been kept.
  func text(_ place: Int) -> [UInt8] { texts[place] ?? (place == 0 ? firstText : []) }

  /// The text of a label, or another that says the same.
  func shown(_ place: Int, _ day: Day) -> [UInt8] {
    if let text = texts[place] { return text }
    return Array(day.description.utf8.prefix(isYearMonth ? 7 : 10))
  }

  /// Takes the next label: a cell without blanks at its ends.
  mutating func append(_ text: ArraySlice<UInt8>) {
    let plain = PeriodLabel(plain: text)
    let label = plain ?? PeriodLabel(general: text)
    let place = labels.count
    if place == 0 { firstText = Array(text.prefix(100)) }
    let isISODay = text.count == 10 && text[text.startIndex + 4] == 0x2D
    let isPlain = isISODay && label.isSafeDay
    if !isISODay { isISODays = false }
    if !isPlain { hasOddForm = true }
    let before = common
    common &= label.readings
    let breaks = common == 0 && before != 0
    if breaks || label.readings == 0 && texts.count < Self.keptTexts || !isPlain && texts.count < Self.shownTexts {
      texts[place] = Array(text.prefix(100))
    }
    if documented != nil {
      if let day = Self.documentedDay(text, plain) {
        documented?.append(day.daysSinceEpoch)
      } else {
        documented = nil
      }
    }
    if isISOQuarters {
      isISOQuarters =
        text.count == 7 && text[text.startIndex + 4] == 0x2D && text[text.startIndex + 5] | 0x20 == UInt8(ascii: "q")
    }
    if isYearMonth { isYearMonth = text.count == 7 && label.readings & PeriodReading.month.bit != 0 }
    labels.append(label)
  }

  /// The day of a label that has a documented form.
  ///
  /// - Parameter plain: What the label is as a plain form; one that is documented, too, says its day so.
  static func documentedDay(_ text: ArraySlice<UInt8>, _ plain: PeriodLabel?) -> Day? {
    let start = text.startIndex
    if let plain, text.count == 10 {
      let isDayFirst = text[start + 2] == UInt8(ascii: "/") && plain.readings & PeriodReading.dayFirst.bit != 0
      if isDayFirst || text[start + 4] == 0x2D && plain.isSafeDay { return plain.start(.dayFirst) }
    } else if let plain, text.count == 7, text[start + 4] == 0x2D {
      if plain.readings & PeriodReading.month.bit != 0 { return plain.start(.month) }
      if plain.readings & PeriodReading.calendarQuarter.bit != 0 { return plain.start(.calendarQuarter) }
    }
    return PeriodText.day(text)
  }

  /// - Parameters:
  ///   - name: The name of the column, which may say what its periods are.
  func outcome(_ options: ReadingOptions, name: String) -> Outcome {
    guard !labels.isEmpty else { return Outcome() }
    // Plain days alone, as most files have.
    let dayBits = PeriodReading.dayFirst.bit | PeriodReading.monthFirst.bit
    if !hasOddForm, options.allowedReadings & dayBits != 0 {
      return Outcome(days: labels.map { $0.start(.dayFirst) })
    }
    let allowed = options.allowedReadings
    func isReadable(_ place: Int) -> Bool { labels[place].readings & allowed != 0 }
    var outcome = Outcome(days: Array(repeating: nil, count: labels.count))
    if common & allowed == 0 {
      // The documented forms may stand side by side: each of them says what it is.
      if documented != nil, let mixture = mixture(options) { return mixture }
      outcome.bad = labels.indices.filter { !isReadable($0) }
    }

    let (places, distinct) = distinct(isReadable)
    guard !places.isEmpty else { return outcome }
    var verdict = PeriodVerdict.judge(distinct, allowed: allowed)
    if case .refused(.duplicate, _) = verdict {
      verdict = PeriodVerdict.judge(distinct, allowed: allowed, allowsDuplicates: true)
    }
    if case .ambiguous(let readings) = verdict, let named = named(readings, name) { verdict = .one(named, .only) }
    switch verdict {
    case .one(let reading, let reason):
      if let pooled = pooled(reading, distinct, options) {
        outcome.fatal = (places[0], pooled)
        return outcome
      }
      for place in labels.indices where isReadable(place) { outcome.days[place] = labels[place].start(reading) }
      outcome.remark = remark(reading, reason, place: places[0])
    case .ambiguous(let readings):
      // One that shows the difference says more than the first of the year.
      let place = places.prefix(Self.shownTexts).first { Set(readings.map(labels[$0].start)).count > 1 } ?? places[0]
      outcome.fatal = (place, question(readings, place: place, options))
    case .refused:
      outcome.fatal = breach(places, allowed, options)
    }
    return outcome
  }

  /// Labels with the places where each came first, of those that are readable: what a label says when it comes again
  /// changes nothing.
  private func distinct(_ isReadable: (Int) -> Bool) -> (places: [Int], labels: [PeriodLabel]) {
    var (places, distinct): ([Int], [PeriodLabel]) = ([], [])
    var known: [PeriodLabel: Int] = [:]
    // Rows of one period follow one another, or groups have the same periods in the same order.
    var last = -1
    for place in labels.indices where isReadable(place) {
      let label = labels[place]
      if last >= 0, distinct[last] == label { continue }
      last += 1
      if last < distinct.count, distinct[last] == label { continue }
      if let found = known[label] {
        last = found
      } else {
        last = distinct.count
        known[label] = last
        places.append(place)
        distinct.append(label)
      }
    }
    return (places, distinct)
  }

  // MARK: What settles it

  /// The reading that the name of the column, or the documented form, settles.
  private func named(_ readings: [PeriodReading], _ name: String) -> PeriodReading? {
    let name = name.lowercased()
    if readings == [.calendarQuarter, .aprilQuarter] {
      if name.contains("fin") || name.contains("fisc") || name.contains("fy") { return .aprilQuarter }
      // `2024-Q1` has always been a quarter of the calendar here.
      return isISOQuarters ? .calendarQuarter : nil
    }
    if readings == [.month, .financialYear] {
      if name.contains("month") { return .month }
      if name.contains("year") || name.contains("fy") { return .financialYear }
    }
    if readings == [.month, .yearWeek] {
      if name.contains("month") { return .month }
      if name.contains("week") { return .yearWeek }
    }
    return nil
  }

  /// Days, months and calendar quarters side by side, each in a documented form that says which it is.
  private func mixture(_ options: ReadingOptions) -> Outcome? {
    guard let documented, options.periodForm == nil else { return nil }
    let doubtful = labels.indices.filter { labels[$0].isDoubtfulDay }
    let hasDayFirst = labels.contains { $0.readings == PeriodReading.dayFirst.bit }
    guard !labels.contains(where: { $0.readings == PeriodReading.monthFirst.bit }), options.dateOrder != .month else {
      return nil
    }
    guard doubtful.isEmpty || hasDayFirst || options.dateOrder == .day else {
      var outcome = Outcome(days: Array(repeating: nil, count: labels.count))
      outcome.fatal = (doubtful[0], question([.dayFirst, .monthFirst], place: doubtful[0], options))
      return outcome
    }
    return Outcome(
      days: documented.map { Day(daysSinceEpoch: Int($0)) },
      remark: isISODays
        ? nil : "The periods are written in several forms, such as \(quoted(0)); each was read as what it says.")
  }

  /// Years that are pooled look like months that lie 13 apart: `2001-03`, `2002-04`, `2003-05`.
  private func pooled(
    _ reading: PeriodReading, _ labels: [PeriodLabel], _ options: ReadingOptions
  ) -> PeriodText.Refusal? {
    guard reading == .month, isYearMonth, options.periodForm == nil, labels.count > 1 else { return nil }
    let months = labels.map { $0.start(.month).monthNumber }
    guard zip(months, months.dropFirst()).allSatisfy({ $1 - $0 == 13 }) else { return nil }
    return PeriodText.Refusal(
      message: "As months these would be 13 apart; they look like years, of which each row pools several.",
      accepted: "The first day of each period as YYYY-MM-DD, or "
        + "\(options.names.periodForm([.month])) if they are months.")
  }

  // MARK: Words

  private func quoted(_ place: Int) -> String {
    let text = texts[place] ?? (place == 0 ? firstText : shown(place, labels[place].start(.dayFirst)))
    return "“\(String(decoding: text, as: UTF8.self))”"
  }

  private func remark(
    _ reading: PeriodReading, _ reason: PeriodVerdict.Reason, place: Int
  ) -> String? {
    // `2024-03` says itself what it is.
    if reading == .month && isYearMonth && reason == .only { return nil }
    // So does `2024-03-11`, also beside one such as `2024-13-01`, which is refused.
    if isISODays && (reading == .dayFirst || reading == .monthFirst) { return nil }
    let why =
      switch reason {
      case .only: ""
      case .order: "; only so are they in order"
      case .regular: "; only so are they regular"
      }
    return "The periods were read as \(reading.title): "
      + "\(quoted(place)) is \(reading.words(for: labels[place].start(reading)))\(why)."
  }

  private func question(
    _ readings: [PeriodReading], place: Int, _ options: ReadingOptions
  ) -> PeriodText.Refusal {
    let meanings = readings.map { $0.words(for: labels[place].start($0)) }
    let message =
      "\(quoted(place)) may be \(meanings.joined(separator: " or ")), and nothing in the column tells which."
    let names = options.names
    let accepted: String =
      switch Set(readings) {
      case [.dayFirst, .monthFirst], [.weekOfDayFirst, .weekOfMonthFirst]:
        "Say \(names.dateOrder()), or write days as YYYY-MM-DD."
      case [.calendarQuarter, .aprilQuarter]: "Say \(names.yearStart()), or write the first day of each as YYYY-MM-DD."
      case [.financialYearStarting, .financialYearEnding]:
        "Say \(names.financialYearLabel()), or write both years, such as 2023/24."
      default:
        "Say \(names.periodForm(readings.map(\.form))), or write the first day of each as YYYY-MM-DD."
      }
    return PeriodText.Refusal(message: message, accepted: accepted)
  }

  /// Where a column stops being what it was.
  private func breach(
    _ places: [Int], _ allowed: UInt16, _ options: ReadingOptions
  ) -> (place: Int, refusal: PeriodText.Refusal) {
    var common = allowed
    for place in places {
      let next = common & labels[place].readings
      if next == 0 {
        let before = PeriodReading.allCases.filter { common & $0.bit != 0 }.map(\.title)
        return (
          place,
          PeriodText.Refusal(
            message: "Up to here the periods were \(before.joined(separator: " or ")), and this is not one.",
            accepted: "One form in the whole column, such as YYYY-MM-DD.")
        )
      }
      common = next
    }
    return (
      places[0],
      PeriodText.Refusal(message: "The periods cannot be read in one way.", accepted: PeriodText.accepted)
    )
  }

  /// What to say of a label that cannot be read as a period.
  func unreadable(_ place: Int, _ options: ReadingOptions) -> PeriodText.Refusal {
    let text = texts[place] ?? firstText
    if labels[place].readings != 0 {
      return PeriodText.Refusal(
        message: "This is not what the periods are said to be.", accepted: "A period that fits what was said.")
    }
    if case .failure(let refusal) = PeriodText.parse(text[...], latest: .latest) { return refusal }
    return PeriodText.Refusal(message: "This is not a period that can be read.", accepted: PeriodText.accepted)
  }
}
