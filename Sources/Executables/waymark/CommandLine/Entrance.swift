// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

extension WaymarkCommand {
  /// Reads the command line, runs the command, and says in plain words why it could not.
  ///
  /// In place of the parser's own way in, which answers a slip of the fingers with twenty lines of usage and does not know
  /// the commands' names when one is misspelt.
  static func main() async {
    let typed = Array(ProcessInfo.processInfo.arguments.dropFirst())
    do {
      if let copied = TypedArguments.copied(typed) { throw ValidationError(copied) }
      if let mistake = CommandName.mistake(in: typed, of: self) { throw ValidationError(mistake.message) }
      var command = try await asyncParseAsRoot(TypedArguments.readable(typed))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Ends the process with what is to be said.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    // All has been said by who threw it.
    if error is ExitCode { exit(withError: code) }
    guard code == .validationFailure else {
      if code != .success {
        let message = message(for: error)
        if !message.isEmpty { Console.tell("waymark: \(message)") }
        exit(withError: code)
      }
      // Help and the like, which may repeat what was typed.
      Console.say(fullMessage(for: error))
      exit(withError: ExitCode.success)
    }
    Console.tell(UsageMistake(full: fullMessage(for: error), message: message(for: error)).text, terminator: "")
    exit(withError: code)
  }
}
