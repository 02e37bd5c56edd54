// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// A file that pages refer to.
///
/// Its path names its content, so that a browser may keep it for ever.
struct Asset: Sendable {
  let path: String
  let contentType: String
  /// Strong entity tag, with its quotes.
  let entityTag: String
  let content: ByteBuffer

  static let style = Asset("style", "css", "text/css; charset=utf-8", PackageResources.style_css)
  static let script = Asset("waymark", "js", "text/javascript; charset=utf-8", PackageResources.waymark_js)
  static let icon = Asset("icon", "svg", "image/svg+xml", PackageResources.icon_svg)
  static let all = [style, script, icon]

  private init(_ name: String, _ type: String, _ contentType: String, _ bytes: [UInt8]) {
    let digest = String(Self.fingerprint(bytes), radix: 16)
    self.path = "/assets/\(name)-\(digest).\(type)"
    self.contentType = contentType
    self.entityTag = "\"\(digest)\""
    self.content = ByteBuffer(bytes: bytes)
  }

  /// FNV-1a, 64 bit: tells versions of our own files apart; it guards against no one.
  private static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
