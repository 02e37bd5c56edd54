// SPDX-License-Identifier: Apache-2.0

import Contracts
import Storage

extension EventsV1.Event {
  /// What of an event may travel in one message, in bytes of the object before and after.
  static let largestObjects = 3 << 20

  init(_ event: StoredEvent) {
    let size = (event.before?.utf8.count ?? 0) + (event.after?.utf8.count ?? 0)
    let isAbridged = size > Self.largestObjects
    self.init(
      sequence: event.sequence, time: .init(microseconds: event.time), organisationID: event.organisation,
      kind: event.kind, objectID: event.object, actor: event.actor,
      beforeJson: isAbridged ? "" : event.before ?? "", afterJson: isAbridged ? "" : event.after ?? "",
      reason: event.reason, hash: event.hash.hexadecimal, abridged: isAbridged)
  }
}

extension EventsV1.AuditHead {
  init(_ head: AuditHead, service: String, store: String) {
    self.init(
      service: service, storeID: store, sequence: head.sequence, hash: head.hash.hexadecimal,
      time: head.sequence == 0 ? nil : .init(microseconds: head.time))
  }
}

extension [UInt8] {
  /// Two digits in lower case for each byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
