// SPDX-License-Identifier: Apache-2.0

/// How often a client may do what costs it next to nothing and the server something.
///
/// Each kind of event has a bucket of tokens. A client that finds one empty is told to calm down: GOAWAY with
/// `ENHANCE_YOUR_CALM` and the name of what it did as debug data, and the connection ends. Events of normal traffic
/// (headers, data with content, the end of a stream) cost no token.
public struct HTTP2FloodLimits: Sendable, Hashable {
  /// A bucket of tokens.
  public struct Rate: Sendable, Hashable {
    /// How many events may come at once.
    public var burst: Int
    /// How many tokens come back per second.
    public var perSecond: Int

    public init(burst: Int, perSecond: Int) {
      self.burst = burst
      self.perSecond = perSecond
    }
  }

  /// Streams that the client resets (rapid reset, CVE-2023-44487).
  public var resets = Rate(burst: 500, perSecond: 100)
  /// Streams that the server has to reset because of what the client sent (made you reset, CVE-2025-8671).
  public var provokedResets = Rate(burst: 100, perSecond: 10)
  /// SETTINGS, each of which is acknowledged (CVE-2019-9515).
  public var settings = Rate(burst: 100, perSecond: 10)
  /// PINGs, each of which is answered (CVE-2019-9512), between two responses of the server.
  public var pings = Rate(burst: 200, perSecond: 20)
  /// PRIORITY frames, which are deprecated and change nothing here (CVE-2019-9513).
  public var priorities = Rate(burst: 200, perSecond: 50)
  /// DATA frames without content that do not end a stream (CVE-2019-9518).
  public var emptyData = Rate(burst: 100, perSecond: 20)
  /// WINDOW_UPDATE frames, beyond the four, and one for every eight bytes, that each DATA frame of the server allows.
  public var windowUpdates = Rate(burst: 2000, perSecond: 1000)

  public init() {}
}
