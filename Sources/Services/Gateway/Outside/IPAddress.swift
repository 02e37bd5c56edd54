// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An address of the Internet Protocol: 4 bytes, or 16.
struct IPAddress: Sendable, Hashable {
  let bytes: [UInt8]

  /// Reads `192.0.2.1` or `2001:db8::1`.
  ///
  /// An IPv4 address in IPv6's clothes (`::ffff:192.0.2.1`), as a port for both sees it, is the IPv4 address.
  init?(_ text: some StringProtocol) {
    var four = in_addr()
    if inet_pton(AF_INET, String(text), &four) == 1 {
      bytes = withUnsafeBytes(of: &four) { Array($0) }
      return
    }
    var six = in6_addr()
    // What follows a percent sign says on which link the address is, not whose it is.
    guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &six) == 1 else { return nil }
    let all = withUnsafeBytes(of: &six) { Array($0) }
    let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
    bytes = isMapped ? Array(all[12...]) : all
  }

  /// Reads an address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
  init?(host text: some StringProtocol) {
    if let address = IPAddress(text) {
      self = address
    } else if text.first == "[", let end = text.firstIndex(of: "]") {
      self.init(text[text.index(after: text.startIndex)..<end])
    } else if let colon = text.lastIndex(of: ":") {
      self.init(text[..<colon])
    } else {
      return nil
    }
  }
}

/// Addresses that begin with the same bits: `10.0.0.0/8`, or one address.
struct IPNetwork: Sendable, Hashable {
  let address: IPAddress
  /// How many bits are the same.
  let prefix: Int

  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
    let bits = address.bytes.count * 8
    guard parts.count == 2 else {
      (self.address, prefix) = (address, bits)
      return
    }
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let prefix = Int(parts[1]), prefix <= bits else {
      return nil
    }
    (self.address, self.prefix) = (address, prefix)
  }

  func contains(_ other: IPAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    let (whole, rest) = (prefix / 8, prefix % 8)
    guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
    return rest == 0 || (other.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
  }
}
