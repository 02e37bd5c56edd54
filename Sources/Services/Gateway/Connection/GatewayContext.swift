// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Logging
import NIOCore

/// What a page or call knows of the request beside the request itself, whichever protocol it came by.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address of the client, such as `127.0.0.1:40412`.
  let peer: String
  /// The connection of a request over HTTP/1.1; `nil` over HTTP/2, where requests share theirs.
  let channel: (any Channel)?
  /// Whether the request came over HTTP/2.
  var isHTTP2: Bool { channel == nil }

  /// For a request over HTTP/1.1.
  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = Self.text(source.channel.remoteAddress)
    channel = source.channel
  }

  /// For a request over HTTP/2.
  init(logger: Logger, peer: String) {
    coreContext = CoreRequestContextStorage(source: LoggerOnly(logger: logger))
    self.peer = peer
    channel = nil
  }

  private static func text(_ address: SocketAddress?) -> String {
    guard let host = address?.ipAddress, let port = address?.port else { return "local" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private struct LoggerOnly: RequestContextSource {
    let logger: Logger
  }
}
