// SPDX-License-Identifier: Apache-2.0

/// The version of Waymark: of all its executables, which belong together.
public enum ProgramVersion {
  public static let number = "0.1.0"
  /// As it is written into what this program makes.
  public static let name = "waymark " + number
}
