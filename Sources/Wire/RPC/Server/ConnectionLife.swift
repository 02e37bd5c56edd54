// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// How long connections of a server may live, and how long they may do nothing.
///
/// Each connection is looked at once a second, so that every limit is kept to within a second or two.
public struct ConnectionLimits: Sendable, Hashable {
  /// How long the preface and the acknowledgement of the server's SETTINGS may take.
  public var handshakeTimeout = TimeAmount.seconds(10)
  /// How long a header section may take from its first byte to its last.
  public var headerTimeout = TimeAmount.seconds(10)
  /// How long the request of a unary call may take; the call ends with `DEADLINE_EXCEEDED` then.
  public var requestTimeout = TimeAmount.seconds(120)
  /// How long a connection without calls is kept that has had some.
  public var idleTimeout = TimeAmount.minutes(30)
  /// How long a connection is kept on which no call was ever made.
  public var unusedTimeout = TimeAmount.minutes(5)
  /// How long a connection is kept at all, give or take a tenth; `nil` for ever.
  public var maximumAge: TimeAmount?
  /// How long calls may go on after a connection has reached its age; `nil` for ever.
  public var ageGrace: TimeAmount?
  /// After how long without a sign of life the server sends a PING on a connection without calls.
  public var keepaliveTime = TimeAmount.hours(2)
  /// The same on a connection with calls: the client of a watch says nothing by itself, and a network between may forget
  /// a connection that is silent.
  public var keepaliveTimeWithCalls = TimeAmount.minutes(1)
  /// How long the client may take for a sign of life after that PING.
  public var keepaliveTimeout = TimeAmount.seconds(20)
  /// How long a client may leave more than 1 MiB of responses unread, or its socket full, without any progress.
  public var stallTimeout = TimeAmount.seconds(60)
  /// How many connections a server has at most; those beyond are closed at once.
  public var maximumConnections = 20_000

  public init() {}
}

/// Judges one connection by what is seen of it now and then.
struct ConnectionLife {
  /// What is seen of a connection.
  struct Sight {
    var isReady = true
    var headerStreamID: Int32?
    var isBusy = false
    var callCount = 0
    var readCount = 0
    var writtenBytes = 0
    var isClogged = false
  }

  /// What is to be done.
  enum Verdict: Equatable {
    case ping
    /// Let the calls finish, then close.
    case drain
    /// End calls and connection.
    case abort
    case terminate(reason: Reason)
  }

  enum Reason: Equatable { case handshake, header, stall, keepalive }

  private let limits: ConnectionLimits
  private let began: NIODeadline
  private let end: NIODeadline?
  private var header: (id: Int32, since: NIODeadline)?
  private var lastBusy: NIODeadline
  private var lastRead: NIODeadline
  private var lastProgress: NIODeadline
  private var last = Sight()
  private var pinged: NIODeadline?
  private var drained: NIODeadline?

  /// - Parameter jitter: from -0.1 to 0.1, by how much the age differs from the limit.
  init(_ limits: ConnectionLimits, began: NIODeadline, jitter: Double = Double.random(in: -0.1...0.1)) {
    self.limits = limits
    self.began = began
    end = limits.maximumAge.map {
      began + .nanoseconds(Int64(clamping: Int(min(Double($0.nanoseconds) * (1 + jitter), 4e18))))
    }
    lastBusy = began
    lastRead = began
    lastProgress = began
  }

  /// Judges what is seen now.
  /// - Returns: `nil` if all is well.
  mutating func judge(_ sight: Sight, at now: NIODeadline) -> Verdict? {
    defer { last = sight }
    if !sight.isReady, now - began >= limits.handshakeTimeout { return .terminate(reason: .handshake) }
    if let id = sight.headerStreamID {
      if let header, header.id == id {
        if now - header.since >= limits.headerTimeout { return .terminate(reason: .header) }
      } else {
        header = (id, now)
      }
    } else {
      header = nil
    }
    if !sight.isClogged || sight.writtenBytes != last.writtenBytes { lastProgress = now }
    if now - lastProgress >= limits.stallTimeout { return .terminate(reason: .stall) }
    if sight.readCount != last.readCount {
      lastRead = now
      pinged = nil
    }
    if sight.isBusy || sight.callCount != last.callCount { lastBusy = now }
    if let pinged {
      if now - pinged >= limits.keepaliveTimeout { return .terminate(reason: .keepalive) }
    } else if now - lastRead >= keepaliveTime(isBusy: sight.isBusy) {
      pinged = now
      return .ping
    }
    return judgeAge(sight, at: now)
  }

  private func keepaliveTime(isBusy: Bool) -> TimeAmount {
    isBusy ? min(limits.keepaliveTime, limits.keepaliveTimeWithCalls) : limits.keepaliveTime
  }

  private mutating func judgeAge(_ sight: Sight, at now: NIODeadline) -> Verdict? {
    if let drained {
      guard let end, now >= end, let grace = limits.ageGrace, now - drained >= grace else { return nil }
      return .abort
    }
    let isOld = end.map { now >= $0 } ?? false
    let idle = sight.callCount == 0 ? limits.unusedTimeout : limits.idleTimeout
    guard isOld || (!sight.isBusy && now - lastBusy >= idle) else { return nil }
    drained = now
    return .drain
  }
}
