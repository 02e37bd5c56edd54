// SPDX-License-Identifier: Apache-2.0

import CFuzzer
import Contracts
import ProtobufC
import TestContracts

/// Decodes whatever it is given, in binary and in JSON: nothing may crash, leak or take memory without bound, and what
/// was understood has to survive being written and read again.
@main
struct FuzzMessages {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      FuzzMessages.run(UnsafeRawBufferPointer(start: data, count: size))
      return 0
    }
  }

  /// The first byte chooses the format and the message, the others are the input.
  private static func run(_ input: UnsafeRawBufferPointer) {
    guard let choice = input.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    if choice & 4 == 0 {
      decode(TestingV1.Everything.self, choice, bytes)
    } else {
      decode(ProjectsV1.Project.self, choice, bytes)
    }
  }

  private static func decode<Value: Message>(_ type: Value.Type, _ choice: UInt8, _ bytes: UnsafeRawBufferPointer) {
    let limits = DecodingLimits(maximumMemory: 4 << 20)
    switch choice & 3 {
    case 0, 3:
      guard let value = try? Value(serialized: bytes, limits: limits) else { return }
      check(value)
    case 1:
      guard let value = try? Value(json: bytes, options: JSONOptions(limits: limits)) else { return }
      check(value)
    default:
      let options = JSONOptions(ignoresUnknownFields: true, limits: limits)
      guard let value = try? Value(json: bytes, options: options) else { return }
      check(value)
    }
  }

  private static func check(_ value: some Message) {
    guard let bytes = try? value.serialized() else { fatalError("what was decoded cannot be encoded") }
    guard let again = try? type(of: value).init(serialized: bytes), (try? again.serialized()) == bytes else {
      fatalError("the binary form does not survive")
    }
    // Some times and field masks have no JSON form, and JSON knows only one NaN.
    guard let text = try? value.jsonBytes() else { return }
    guard let fromJSON = try? type(of: value).init(json: text), (try? fromJSON.jsonBytes()) == text else {
      fatalError("the JSON form does not survive")
    }
  }
}
