// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Interoperability
import NIOCore
import RPC

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Has clients and servers in one process do everything that calls can do, in random order, for as long as one likes.
///
/// For sanitizers, which watch what it does. Every answer is compared; a call may only fail the way it was meant to.
@main
struct SoakCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak", abstract: "Make calls of all kinds between our client and our server, and break them off.",
    discussion: "Prints what it did; exit code 1 if anything went otherwise than it should.")

  @Option(help: "Seconds to go on for.")
  var seconds = 60

  @Option(help: "How many callers there are at once, each with a client of its own.")
  var callers = 12

  @Option(
    help: ArgumentHelp("PEM file with a certificate for localhost; half of the callers use TLS.", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("PEM file with its key.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("PEM file with the authority of the certificate.", valueName: "file"))
  var tlsCa: String?

  func validate() throws {
    guard seconds > 0, seconds <= 86400 else {
      throw ValidationError("--seconds is \(seconds); it is between 1 and 86400.")
    }
    guard callers > 0, callers <= 1000 else {
      throw ValidationError("--callers is \(callers); it is between 1 and 1000.")
    }
    let given = [tlsCert, tlsKey, tlsCa].count { $0 != nil }
    guard given == 0 || given == 3 else { throw ValidationError("--tls-cert, --tls-key and --tls-ca go together.") }
  }

  func run() async throws {
    let tally = Tally()
    let end = ContinuousClock.now + .seconds(seconds)
    let plain = try await SoakServer(tls: nil)
    var servers = [plain]
    if let tlsCert, let tlsKey, let tlsCa {
      let tls = ServerTLS(
        certificateChain: tlsCert, privateKey: tlsKey, trustRoots: tlsCa, clientCertificates: .optional)
      servers.append(try await SoakServer(tls: tls))
    }
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<callers {
        let server = servers[number % servers.count]
        group.addTask {
          await Caller(server: server, roots: tlsCa, tally: tally, end: end).run()
        }
      }
      group.addTask { await RawPeer(server: plain, tally: tally, end: end).run() }
      group.addTask { await Restarts(tally: tally, end: end).run() }
    }
    for server in servers { await server.stop(tally) }
    print(tally.report)
    // A sanitizer that finds something at the end leaves without.
    fflush(nil)
    if tally.hasFailures { throw ExitCode(1) }
  }
}
