// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import NIOCore
public import RPC

/// What every service can be told of how its port treats connections.
public struct ConnectionOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "How long to go on serving after TERM, health saying NOT_SERVING, before the port is closed. [WAYMARK_DRAIN_TIME; default: 5s]",
      discussion: "Twice the interval of the health checks of the proxy in front, or more. 0 closes it at once.",
      valueName: "time"))
  public var drainTime: String?

  @Option(
    help: ArgumentHelp(
      "How often a watch of events without news is sent an empty message, 0 for never. [WAYMARK_WATCH_INTERVAL; default: 30s]",
      discussion: "Less than the time after which the proxies on the way end what is idle.", valueName: "time"))
  public var watchInterval: String?

  @Option(
    help: ArgumentHelp(
      "After how long without a sign of life a client with open calls is sent a PING. [WAYMARK_KEEPALIVE_TIME; default: 60s]",
      valueName: "time"))
  public var keepaliveTime: String?

  @Option(
    help: ArgumentHelp(
      "The shortest time between PINGs of a client; one with three earlier ones is told too_many_pings. [WAYMARK_LEAST_PING_INTERVAL; default: 10s]",
      valueName: "time"))
  public var leastPingInterval: String?

  @Option(
    help: ArgumentHelp(
      "The largest message that is sent by gRPC, in MiB; who receives it has a limit too. [WAYMARK_LARGEST_ANSWER; default: 64]",
      valueName: "MiB"))
  public var largestAnswer: String?

  public init() {}
}

/// How the port of a service treats connections.
public struct ConnectionSettings: Sendable {
  /// How long the service goes on after TERM.
  public var drainTime = Duration.seconds(5)
  /// How often a watch of events without news is sent an empty message; `nil` for never.
  public var watchInterval: Duration? = .seconds(30)
  /// After how long without a sign of life a client with open calls is sent a PING.
  public var keepaliveTime = Duration.seconds(60)
  /// The shortest time between PINGs of a client.
  public var leastPingInterval = Duration.seconds(10)
  /// The largest message that is sent, in bytes.
  public var largestAnswer = 64 << 20

  /// Such as they are by default.
  public init() {}

  /// - Throws: ``SettingsError`` for a setting that is no time, or out of range.
  init(_ settings: Settings, options: ConnectionOptions) throws {
    drainTime = try settings.duration(
      "drainTime", flag: options.drainTime, range: .zero ... .seconds(3600), default: drainTime)
    let watch = try settings.duration(
      "watchInterval", flag: options.watchInterval, range: .zero ... .seconds(86400), default: .seconds(30))
    guard watch == .zero || watch >= .milliseconds(100) else {
      throw SettingsError(setting: "--watch-interval", value: "\(watch)", problem: "is less than 100ms, and not 0")
    }
    watchInterval = watch == .zero ? nil : watch
    keepaliveTime = try settings.duration(
      "keepaliveTime", flag: options.keepaliveTime, range: .seconds(1) ... .seconds(86400), default: keepaliveTime)
    leastPingInterval = try settings.duration(
      "leastPingInterval", flag: options.leastPingInterval, range: .seconds(1) ... .seconds(86400),
      default: leastPingInterval)
    largestAnswer =
      try settings.integer("largestAnswer", flag: options.largestAnswer, range: 4...1024, default: 64) << 20
  }

  /// Has a server treat its connections so.
  public func apply(to configuration: inout RPCServer.Configuration) {
    configuration.maximumSendSize = largestAnswer
    configuration.connections.keepaliveTimeWithCalls = TimeAmount(keepaliveTime)
    configuration.leastPingInterval = leastPingInterval
  }
}
