// SPDX-License-Identifier: Apache-2.0

public import RPC
public import ServiceRuntime

/// What can be set about the gateway.
public struct GatewaySettings: Sendable {
  /// How long the parts of a page may take together; what is later becomes a hole.
  public var pageTimeout: Duration = .seconds(2)
  /// How long a JSON call may take whose caller sets no timeout.
  public var callTimeout: Duration = .seconds(30)
  /// How long the import of an uploaded file may take.
  public var uploadTimeout: Duration = .seconds(300)
  /// The most bytes of an upload, with the form around the file.
  public var largestUpload = 64 * 1024 * 1024
  /// How long a connection may take to show what it speaks, and an idle HTTP/1.1 connection stays open.
  public var idleTimeout: Duration = .seconds(60)

  /// How requests look from outside, before proxies.
  public var outside = OutsideView()
  /// How the port treats connections.
  public var connections = ConnectionSettings()
  /// How long calls in flight may go on after the port is closed.
  public var gracePeriod: Duration = .seconds(10)

  /// What the port shows its clients; `nil` for plaintext.
  public var tls: ServerTLS?

  public init() {}
}
