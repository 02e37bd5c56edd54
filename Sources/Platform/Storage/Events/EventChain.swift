// SPDX-License-Identifier: Apache-2.0

import Crypto

/// The chain that makes tampering with the audit trail show.
///
/// The hash of an event is SHA-256 over: the hash of the event before (32 zero bytes for the first), then the bytes
/// `waymark event 1`, then each of sequence, time, organisation, kind, object, actor, before, after and reason. Numbers
/// are eight bytes, the highest first; a text is its length in bytes as such a number and its UTF-8; a text that is not
/// there is the number 2⁶⁴ − 1. Whoever changes, removes or inserts an event changes every hash after it; whoever also
/// makes those anew cannot make the last one what somebody wrote down before.
public enum EventChain {
  /// What stands before the first event.
  public static let beginning = [UInt8](repeating: 0, count: 32)

  /// The hash of an event whose own field `hash` does not count.
  public static func hash(of event: StoredEvent, after previous: [UInt8]) -> [UInt8] {
    var bytes = previous
    bytes.reserveCapacity(256 + (event.before?.utf8.count ?? 0) + (event.after?.utf8.count ?? 0))
    bytes.append(contentsOf: "waymark event 1".utf8)
    append(UInt64(bitPattern: event.sequence), to: &bytes)
    append(UInt64(bitPattern: event.time), to: &bytes)
    for text in [event.organisation, event.kind, event.object, event.actor, event.before, event.after, event.reason] {
      append(text, to: &bytes)
    }
    return Array(SHA256.hash(data: bytes))
  }

  private static func append(_ text: String?, to bytes: inout [UInt8]) {
    guard let text else { return append(UInt64.max, to: &bytes) }
    append(UInt64(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
