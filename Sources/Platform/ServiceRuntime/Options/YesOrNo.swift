// SPDX-License-Identifier: Apache-2.0

/// An answer to a question, in the words that people use for it.
public enum YesOrNo: Sendable, Hashable {
  case yes, no

  /// What is accepted, for messages.
  public static let accepted = "yes and no, true and false, on and off"

  /// Reads `yes`, `y`, `true`, `on` or `1`, and `no`, `n`, `false`, `off` or `0`, in any case; nil for anything else.
  public init?(_ text: String) {
    switch text.lowercased() {
    case "yes", "y", "true", "on", "1": self = .yes
    case "no", "n", "false", "off", "0": self = .no
    default: return nil
    }
  }
}
