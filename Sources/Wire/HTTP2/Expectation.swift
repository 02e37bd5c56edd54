// SPDX-License-Identifier: Apache-2.0

/// What a client expects before it sends the body of its request: the field `expect`.
///
/// There is one expectation, `100-continue`: the client holds its body back until it is told that the body is wanted, or
/// has the final response.
/// - SeeAlso: RFC 9110, section 10.1.1.
package enum Expectation {
  /// The interim response that asks for the body.
  package static let continues = OutgoingFields.constant(StaticHeaderFields([(":status", "100")]))

  /// Whether a request waits to be told that its body is wanted.
  package static func isContinue(_ head: HeaderBlock) -> Bool {
    var found = false
    head.forEach { name, value in
      if name.count == 6, name.equals("expect"), isContinue(value) { found = true }
    }
    return found
  }

  /// Whether a value of the field is the one expectation there is, in any case of letters.
  package static func isContinue(_ value: some Collection<UInt8>) -> Bool {
    let known: StaticString = "100-continue"
    guard value.count == known.utf8CodeUnitCount else { return false }
    return known.withUTF8Buffer { known in
      zip(value, known).allSatisfy { byte, expected in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == expected : byte == expected
      }
    }
  }
}
