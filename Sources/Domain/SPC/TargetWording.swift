// SPDX-License-Identifier: Apache-2.0

extension Wording {
  /// How a measure stands against its target, in words.
  func assessment(_ standing: TargetStanding) -> TargetAssessment {
    let goal = "the target of " + quantity(plainFigure(standing.target), unit: chart.spec.unit)
    return TargetAssessment(
      target: standing.target, basis: standing.basis, verdict: standing.verdict, met: standing.met,
      counted: standing.rows.count, sentence: sentence(standing, goal), label: label(standing))
  }

  private func sentence(_ standing: TargetStanding, _ goal: String) -> String {
    let (met, counted) = (standing.met, standing.rows.count)
    let all = "\(counted) \(period.noun(counted))"
    switch standing.basis {
    case .scale:
      return "Whether \(goal) is met cannot be said: target and values do not seem to be on one scale."
    case .direction:
      let below = standing.below
      let on = counted - met - below
      let parts = [met > 0 ? "\(met) above" : "", on > 0 ? "\(on) on" : "", below > 0 ? "\(below) below" : ""]
      return
        "Of \(all), \(listed(parts.filter { !$0.isEmpty })) \(goal); as no direction is wanted, none of them counts "
        + "as met or missed."
    case .latest:
      if counted == 1 { return "The latest \(period.noun(1)) \(met == 1 ? "met" : "did not meet") \(goal)." }
      switch met {
      case counted: return "All of the last \(all) met \(goal)."
      case 0: return "None of the last \(all) met \(goal)."
      default: return "\(met) of the last \(all) met \(goal)."
      }
    case .values:
      return counts(standing, goal) + (standing.areTooFew ? "; \(tooFew)." : ".")
    case .limits: return promise(standing, goal)
    }
  }

  private func promise(_ standing: TargetStanding, _ goal: String) -> String {
    let (met, counted) = (standing.met, standing.rows.count)
    let soFar = "\(met) of \(counted) \(period.noun(counted))\(since(standing)) met it"
    switch standing.verdict {
    case .pass?:
      return "As things are, \(goal) should be met every time" + (met == counted ? "." : "; so far \(soFar).")
    case .fail?:
      return met == 0
        ? "As things are, \(goal) will not be met."
        : "As things are, \(goal) should not be expected to be met; so far \(soFar)."
    case .hitOrMiss?, nil:
      // Chance decides, however the values have fallen until now.
      if met == counted || met == 0 {
        return "\(capitalised(goal)) may be met or missed, by chance, though so far \(soFar)."
      }
      return "\(capitalised(goal)) will sometimes be met and sometimes missed, by chance; so far \(soFar)."
    }
  }

  /// Why limits give no verdict yet.
  private var tooFew: String {
    if let phase = chart.phases.last, phase.isTrial {
      let values = phase.baselineValues == 1 ? "1 value" : "\(phase.baselineValues) values"
      return "limits made of \(values) cannot say yet whether it will be met"
    }
    return "with fewer than \(chart.fewestForVerdict) values limits cannot say yet whether it will be met"
  }

  /// `24 of 24 months met the target of 95%`.
  private func counts(_ standing: TargetStanding, _ goal: String) -> String {
    let (met, counted) = (standing.met, standing.rows.count)
    let phase = chart.phases.count > 1 ? " of the latest phase" : ""
    if counted == 1 {
      let did = met == 1 ? "met" : "did not meet"
      return standing.isSinceTarget
        ? "The only \(period.noun(1)) since it was set \(did) \(goal)"
        : "The only value\(phase.isEmpty ? " so far" : phase) \(did) \(goal)"
    }
    return "\(met) of \(counted) \(period.noun(counted))\(standing.isSinceTarget ? since(standing) : phase) met \(goal)"
  }

  private func since(_ standing: TargetStanding) -> String { standing.isSinceTarget ? " since it was set" : "" }

  private func label(_ standing: TargetStanding) -> String {
    let (met, counted) = (standing.met, standing.rows.count)
    let noun = period.noun(counted)
    switch standing.basis {
    case .scale: return "not on the scale of the values"
    case .direction: return "no direction set"
    case .latest:
      if counted == 1 { return (met == 1 ? "met" : "not met") + " in the latest \(noun)" }
      return met == counted
        ? "met in all of the last \(counted) \(noun)"
        : met == 0 ? "met in none of the last \(counted) \(noun)" : "met in \(met) of the last \(counted) \(noun)"
    case .values: return "met in \(met) of \(counted) \(noun)"
    case .limits:
      switch standing.verdict {
      case .pass?: return "should be met every time"
      case .fail?: return met == 0 ? "will not be met as things are" : "not to be expected as things are"
      case .hitOrMiss?, nil: return "may or may not be met"
      }
    }
  }

  private func listed(_ parts: [String]) -> String {
    let verb = parts.first.map { $0.hasPrefix("1 ") } ?? false ? "was" : "were"
    var parts = parts
    if let first = parts.first, let gap = first.firstIndex(of: " ") {
      parts[0] = String(first[..<gap]) + " \(verb)" + String(first[gap...])
    }
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}
