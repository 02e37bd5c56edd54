// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import TestContracts
import Testing

@Suite("Canonical JSON")
struct JSONTests {
  struct Accepted: Sendable, CustomTestStringConvertible {
    var text: String
    var message: TestingV1.Everything
    var testDescription: String { text }
    init(_ text: String, _ message: TestingV1.Everything) { (self.text, self.message) = (text, message) }
  }

  static let accepted: [Accepted] = [
    .init("{}", .init()),
    .init(" \t\r\n{ }\n", .init()),
    .init(#"{"fInt32":12}"#, .init(fInt32: 12)),
    .init(#"{"f_int32":12}"#, .init(fInt32: 12)),
    .init(#"{"fInt32":"-12"}"#, .init(fInt32: -12)),
    .init(#"{"fInt32":1.50e2}"#, .init(fInt32: 150)),
    .init(#"{"fInt32":-2147483648.0}"#, .init(fInt32: .min)),
    .init(#"{"fInt32":-0}"#, .init()),
    .init(#"{"fInt64":9223372036854775807,"fUint64":"18446744073709551615"}"#, .init(fInt64: .max, fUint64: .max)),
    .init(#"{"fInt64":"-9223372036854775808"}"#, .init(fInt64: .min)),
    .init(#"{"fInt64":0e999999999999999999999}"#, .init()),
    .init(#"{"fUint32":-0}"#, .init()),
    .init(#"{"fDouble":"1.5","fFloat":2}"#, .init(fDouble: 1.5, fFloat: 2)),
    .init(#"{"fDouble":"Infinity","fFloat":"-Infinity"}"#, .init(fDouble: .infinity, fFloat: -.infinity)),
    .init(#"{"fFloat":3.4028235e38}"#, .init(fFloat: .greatestFiniteMagnitude)),
    .init(#"{"fDouble":1e-400}"#, .init()),
    .init(#"{"fBool":true,"pBool":false}"#, .init(fBool: true, pBool: false)),
    .init(#"{"fColour":"COLOUR_DEEP_BLUE","pColour":-7}"#, .init(fColour: .deepBlue, pColour: .infrared)),
    .init(#"{"fColour":42}"#, .init(fColour: .unrecognized(42))),
    .init(#"{"fString":null,"fOuter":null,"rInt32":null,"cString":null,"pInt32":null}"#, .init()),
    .init(#"{"cString":null,"cInt32":3}"#, .init(choice: .cInt32(3))),
    .init(#"{"fString":"\u0041\ud83d\ude00\/\"\\\b\f\n\r\t"}"#, .init(fString: "A😀/\"\\\u{8}\u{c}\n\r\t")),
    .init(#"{"f\u0049nt32":1}"#, .init(fInt32: 1)),
    .init(#"{"fBytes":"_-8=","pBytes":"//8"}"#, .init(fBytes: [255, 239], pBytes: [255, 255])),
    .init(#"{"fBytes":"","rBytes":["AA==","AAA"]}"#, .init(rBytes: [[0], [0, 0]])),
    .init(
      #"{"rInt32":[1,"2",3e0],"rString":[],"rColour":["COLOUR_RED",1]}"#,
      .init(rInt32: [1, 2, 3], rColour: [.red, .red])),
    .init(
      #"{"fOuter":{"inner":{"cores":[{},{"text":"x"}]}}}"#,
      .init(fOuter: .init(inner: .init(cores: [.init(), .init(text: "x")])))),
    .init(#"{"timestamp":"1970-01-01T00:00:00Z"}"#, .init(timestamp: .init())),
    .init(
      #"{"timestamp":"2000-02-29T23:59:59.5+01:30"}"#, .init(timestamp: .init(seconds: 951_863_399, nanos: 500_000_000))
    ),
    .init(#"{"timestamp":"0001-01-01T00:00:00Z"}"#, .init(timestamp: .init(seconds: -62_135_596_800))),
    .init(#"{"duration":"-0.000000001s"}"#, .init(duration: .init(nanos: -1))),
    .init(#"{"duration":"315576000000s"}"#, .init(duration: .init(seconds: 315_576_000_000))),
    .init(#"{"fieldMask":"title,aim.byWhen"}"#, .init(fieldMask: .init(paths: ["title", "aim.by_when"]))),
    .init(#"{"fieldMask":""}"#, .init(fieldMask: .init())),
    .init(
      #"{"class":"a","default":"b","self":"c","mixedCase":"d","underScore2x":"e"}"#,
      .init(class: "a", default: "b", self_: "c", mixedCase: "d", underScore2x: "e")),
    .init(#"{"under__score_2x":"e","highest":1}"#, .init(underScore2x: "e", highest: 1)),
  ]

  @Test("takes every form the specification names", arguments: accepted)
  func accepts(_ example: Accepted) throws {
    #expect(try TestingV1.Everything(json: example.text) == example.message)
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var text: String
    var field: String
    var problem: String
    var testDescription: String { text }
    init(_ text: String, _ field: String, _ problem: String) {
      (self.text, self.field, self.problem) = (text, field, problem)
    }
  }

  static let refused: [Refused] = [
    .init("", "", "ends too early"),
    .init("  ", "", "ends too early"),
    .init("[]", "", "no object"),
    .init("null", "", "no object"),
    .init("{", "", "ends too early"),
    .init("{}{}", "", "follows the value"),
    .init("{,}", "", "no string"),
    .init(#"{"fInt32":1,}"#, "", "no string"),
    .init(#"{"fInt32" 1}"#, "", "unexpected"),
    .init(#"{'fInt32':1}"#, "", "no string"),
    .init(#"{"fInt32":1 "fInt64":1}"#, "", "unexpected"),
    .init(#"{"nope":1}"#, "", "no field `nope`"),
    .init(#"{"FInt32":1}"#, "", "no field"),
    .init(#"{"fInt32":1,"f_int32":2}"#, "f_int32", "came before"),
    .init(#"{"fInt32":1,"fInt32":null}"#, "f_int32", "came before"),
    .init(#"{"cInt32":1,"cString":"x"}"#, "c_string", "`c_int32` is set"),
    .init(#"{"fInt32":01}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":+1}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":.5}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":1.}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":0x10}"#, "", "unexpected"),
    .init(#"{"fInt32":1.5}"#, "f_int32", "out of range"),
    .init(#"{"fInt32":2147483648}"#, "f_int32", "out of range"),
    .init(#"{"fInt32":1e99999999999999999999}"#, "f_int32", "out of range"),
    .init(#"{"fInt32":""}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":" 1"}"#, "f_int32", "not a number"),
    .init(#"{"fInt32":true}"#, "f_int32", "not a number"),
    .init(#"{"fInt64":9223372036854775808}"#, "f_int64", "out of range"),
    .init(#"{"fUint64":18446744073709551616}"#, "f_uint64", "out of range"),
    .init(#"{"fUint32":-1}"#, "f_uint32", "out of range"),
    .init(#"{"fDouble":1e400}"#, "f_double", "out of range"),
    .init(#"{"fFloat":3.5e38}"#, "f_float", "out of range"),
    .init(#"{"fDouble":NaN}"#, "f_double", "not a number"),
    .init(#"{"fDouble":"nan"}"#, "f_double", "not a number"),
    .init(#"{"fDouble":"0x1p3"}"#, "f_double", "not a number"),
    .init(#"{"fBool":1}"#, "f_bool", "no truth value"),
    .init(#"{"fBool":"true"}"#, "f_bool", "no truth value"),
    .init(#"{"fBool":tru}"#, "f_bool", "no JSON value"),
    .init(#"{"fColour":"RED"}"#, "f_colour", "no value of waymark.testing.v1.Colour"),
    .init(#"{"fColour":1.5}"#, "f_colour", "out of range"),
    .init(#"{"fString":1}"#, "f_string", "no string"),
    .init(#"{"fString":"a"#, "f_string", "no end"),
    .init(#"{"fString":"a\"#, "f_string", "no end"),
    .init("{\"fString\":\"a\nb\"}", "f_string", "control character"),
    .init(#"{"fString":"\x"}"#, "f_string", "escape that does not exist"),
    .init(#"{"fString":"\u12"}"#, "f_string", "four hexadecimal digits"),
    .init(#"{"fString":"\ud800"}"#, "f_string", "half a surrogate pair"),
    .init(#"{"fString":"\ud800\u0041"}"#, "f_string", "half a surrogate pair"),
    .init(#"{"fString":"\udc00\ud800"}"#, "f_string", "half a surrogate pair"),
    .init(#"{"fString":"\u0000"}"#, "f_string", "NUL"),
    .init(#"{"fBytes":"A"}"#, "f_bytes", "not base64"),
    .init(#"{"fBytes":"A==="}"#, "f_bytes", "not base64"),
    .init(#"{"fBytes":"=AAA"}"#, "f_bytes", "not base64"),
    .init(#"{"fBytes":"A B="}"#, "f_bytes", "not base64"),
    .init(#"{"rInt32":1}"#, "r_int32", "no array"),
    .init(#"{"rInt32":[1,]}"#, "r_int32[1]", "not a number"),
    .init(#"{"rInt32":[1,null]}"#, "r_int32[1]", "null is no element"),
    .init(#"{"rOuter":[{},{"inners":[{"core":{"value":"x"}}]}]}"#, "r_outer[1].inners[0].core.value", "not a number"),
    .init(#"{"timestamp":"1970-01-01"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":"2023-02-29T00:00:00Z"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":"2023-01-01T24:00:00Z"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":"0000-01-01T00:00:00Z"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":"0001-01-01T00:00:00+01:00"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":"2023-01-01T00:00:00.1234567890Z"}"#, "timestamp", "no time"),
    .init(#"{"timestamp":{"seconds":1}}"#, "timestamp", "no string"),
    .init(#"{"duration":"1"}"#, "duration", "no duration"),
    .init(#"{"duration":"1.s"}"#, "duration", "no duration"),
    .init(#"{"duration":"99999999999999s"}"#, "duration", "no duration"),
    .init(#"{"fieldMask":"by_when"}"#, "field_mask", "no field mask"),
    .init(#"{"fieldMask":"a,,b"}"#, "field_mask", "no field mask"),
    .init(#"{"any":{"@type":"x"}}"#, "any", "google.protobuf.Any"),
  ]

  @Test("is refused with the path of the field, the reason and what would be accepted", arguments: refused)
  func refuses(_ example: Refused) {
    let error = #expect(throws: JSONDecodingError.self) { try TestingV1.Everything(json: example.text) }
    #expect(error?.field == example.field)
    #expect(error?.problem.contains(example.problem) == true, "\(String(describing: error))")
    #expect(error?.accepted.contains("accepted") == true)
    #expect(error.map { (0...example.text.utf8.count).contains($0.offset) } == true)
  }

  @Test("bytes that are not UTF-8 are refused before anything else")
  func notUTF8() {
    let error = #expect(throws: JSONDecodingError.self) {
      try TestingV1.Everything(json: Array(#"{"fString":""#.utf8) + [0xff] + Array(#""}"#.utf8))
    }
    #expect(error?.problem == "the text is not valid UTF-8")
  }

  @Test("unknown fields and enumeration names can be skipped, but not broken ones")
  func unknownFields() throws {
    let options = JSONOptions(ignoresUnknownFields: true)
    let text = #"{"x":{"y":[1,{"z":null},"\n",true,-1e3]},"fColour":"PINK","rColour":["PINK","COLOUR_RED"],"fInt32":1}"#
    #expect(try TestingV1.Everything(json: text, options: options) == .init(fInt32: 1, rColour: [.red]))
    for broken in [#"{"x":[1,2}"#, #"{"x":{"y" 1}}"#, #"{"x":01}"#, #"{"x":"\q"}"#, #"{"x":nul}"#] {
      #expect(throws: JSONDecodingError.self) { try TestingV1.Everything(json: broken, options: options) }
    }
  }

  @Test("nesting is bounded, in known and in unknown fields")
  func nesting() {
    let options = JSONOptions(ignoresUnknownFields: true)
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      for depth in [60, 100_000] {
        let text =
          #"{"x":"# + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth) + "}"
        let message = try? TestingV1.Everything(json: text, options: options)
        #expect((message != nil) == (depth == 60))
      }
    }
  }

  @Test("what JSON cannot carry is refused by name")
  func notRepresentable() {
    let examples: [(TestingV1.Everything, field: String)] = [
      (.init(timestamp: .init(seconds: 253_402_300_800)), "timestamp"),
      (.init(timestamps: [.init(), .init(nanos: -1)]), "timestamps[1]"),
      (.init(duration: .init(seconds: 1, nanos: -1)), "duration"),
      (.init(fieldMask: .init(paths: ["byWhen"])), "field_mask"),
      (.init(any: .init()), "any"),
    ]
    for (message, field) in examples {
      let error = #expect(throws: EncodingError.self) { try message.json() }
      #expect(error?.field == field)
    }
  }

  @Test("a damaged text is read or refused")
  func damage() throws {
    var generator = Generator(seed: 4)
    let alphabet = Array(#"{}[]",:\u0a-+.eE1nulltrue "#.utf8)
    for _ in 0..<300 {
      var text = try generator.everything().jsonBytes()
      for _ in 0..<(generator.next() % 4 + 1) {
        let index = Int(generator.next() % UInt64(text.count))
        let byte =
          generator.chance(1, in: 4)
          ? UInt8(truncatingIfNeeded: generator.next()) : alphabet[Int(generator.next() % UInt64(alphabet.count))]
        switch generator.next() % 3 {
        case 0: text[index] = byte
        case 1: text.insert(byte, at: index)
        default: if text.count > 1 { text.remove(at: index) }
        }
      }
      guard let message = try? TestingV1.Everything(json: text) else { continue }
      #expect(try TestingV1.Everything(json: message.jsonBytes()).serialized() == message.serialized())
    }
  }
}
