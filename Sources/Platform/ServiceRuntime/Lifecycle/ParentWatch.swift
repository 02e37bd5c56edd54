// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Logging
import ServiceLifecycle

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ends when standard input ends, which it does when the program at its other end is gone, however it went.
struct ParentWatch: Service {
  let logger: Logger

  func run() async throws {
    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
    // A thread that waits in read(2): an event source would never tell of the end of /dev/null or of a file. Nothing
    // ends the wait but the end of the input, or of the process.
    DispatchQueue(label: "standard input").async {
      var scratch = [UInt8](repeating: 0, count: 512)
      while true {
        let count = read(STDIN_FILENO, &scratch, scratch.count)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      continuation.finish()
    }
    await cancelWhenGracefulShutdown {
      for await _ in ended {}
    }
    logger.debug("standard input has ended, or a stop was asked for")
  }
}
