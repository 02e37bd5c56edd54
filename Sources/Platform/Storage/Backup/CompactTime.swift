// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A time as part of a file's name: `20260131T020000Z`, in UTC.
public enum CompactTime {
  public static let style = Date.ISO8601FormatStyle(
    dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)
}
