// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RPC

/// How values are written in header fields.
@Suite("A header field")
struct FieldTests {
  @Test(
    "of a timeout is read to the letter",
    arguments: [
      ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("30S", .seconds(30)), ("100m", .milliseconds(100)),
      ("5u", .microseconds(5)), ("99999999n", .nanoseconds(99_999_999)), ("0S", .zero),
      ("", nil), ("S", nil), ("1", nil), ("-1S", nil), ("1.5S", nil), ("1s", nil), ("123456789S", nil), ("1 S", nil),
    ] as [(String, Duration?)])
  func timeout(text: String, duration: Duration?) {
    let read = Array(text.utf8).withUnsafeBytes { TimeoutField.decode($0) }
    #expect(read == duration)
  }

  @Test("of a timeout says what was meant, to seven digits, and is never more")
  func timeoutRoundTrip() throws {
    for nanoseconds in [1, 999, 99_999_999, 100_000_000, 1_234_567_891, 99_999_999_999, 7_200_000_000_000, Int64.max] {
      let text = TimeoutField.encode(.nanoseconds(nanoseconds))
      let read = try #require(Array(text.utf8).withUnsafeBytes { TimeoutField.decode($0) })
      #expect(read <= .nanoseconds(nanoseconds) && read >= .nanoseconds(nanoseconds) * 0.99999, "\(text)")
    }
    #expect(TimeoutField.encode(.seconds(-1)) == "1n")
    #expect(TimeoutField.encode(.seconds(Int64.max)) == "99999999H")
  }

  @Test(
    "of a status message is printable ASCII on the wire and any text off it",
    arguments: [
      ("plain text", "plain text"), ("100 %", "100 %25"), ("größe\n", "gr%C3%B6%C3%9Fe%0A"), ("", ""),
      ("😀", "%F0%9F%98%80"),
    ])
  func message(text: String, wire: String) {
    #expect(StatusMessage.encode(text) == wire)
    #expect(StatusMessage.decode(wire) == text)
  }

  @Test("of a status message that is malformed is kept as it is", arguments: ["%", "%4", "%zz", "100%"])
  func malformedMessage(text: String) {
    #expect(StatusMessage.decode(text) == text)
  }

  @Test("of bytes is base64, taken with and without padding")
  func base64() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      let text = Base64.encode(bytes)
      #expect(!text.contains("="))
      #expect(Base64.decode(text.utf8) == bytes)
      let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
      #expect(Base64.decode(padded.utf8) == bytes)
    }
  }

  @Test(
    "of bytes that is no base64 stands for none", arguments: ["A", "AAAAA", "AA=A", "A===", "AAA==", "Zm9v!", "===="])
  func malformedBase64(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }

  @Test("of a target names a host and port or a socket, or nothing")
  func target() {
    let places: [(String, ClientTarget.Place)] = [
      ("127.0.0.1:80", .name(host: "127.0.0.1", port: 80)), ("[::1]:80", .name(host: "::1", port: 80)),
      ("people:50051", .name(host: "people", port: 50051)), ("dns:///people:1", .name(host: "people", port: 1)),
      ("dns:people:1", .name(host: "people", port: 1)), ("unix:/tmp/s", .unixSocket(path: "/tmp/s")),
      ("unix:///tmp/s", .unixSocket(path: "/tmp/s")), ("unix:s", .unixSocket(path: "s")),
      ("ipv4:10.0.0.1:1,10.0.0.2:2", .addresses([.init(host: "10.0.0.1", port: 1), .init(host: "10.0.0.2", port: 2)])),
      ("ipv6:[::1]:7", .addresses([.init(host: "::1", port: 7)])),
    ]
    for (text, place) in places { #expect(ClientTarget(text)?.place == place, "\(text)") }
    for text in [
      "", "host", "host:", ":80", "host:0", "host:65536", "::1:80", "unix:", "host:8a", "dns://8.8.8.8/people:1",
      "ipv4:[::1]:1", "ipv6:1.2.3.4:1", "ipv4:", "ipv4:1.2.3.4:1,", "a b:1", "a/b:1",
      "unix:/" + String(repeating: "x", count: 200),
    ] {
      #expect(ClientTarget(text) == nil, "\(text)")
    }
  }
}
