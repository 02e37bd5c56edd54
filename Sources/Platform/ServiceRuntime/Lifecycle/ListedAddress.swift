// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension SocketAddress {
  /// `host:port`, `[v6 host]:port`, or `unix:path`: the form in which clients take it.
  package var listed: String {
    switch self {
    case .v4: "\(ipAddress ?? ""):\(port ?? 0)"
    case .v6: "[\(ipAddress ?? "")]:\(port ?? 0)"
    case .unixDomainSocket: "unix:\(pathname ?? "")"
    }
  }
}
