// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials

/// Makes a private certificate authority, and certificates for the services.
struct CertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certs",
    abstract: "Make a private certificate authority and certificates for the services.",
    discussion: """
      Writes ca.pem and ca.key (P-256, ten years), and for each name NAME.pem and NAME.key. A certificate is for server \
      and client, for the DNS names NAME and localhost, the addresses 127.0.0.1 and ::1, and the URI \
      spiffe://waymark/NAME. May be repeated: the authority stays, and a certificate is renewed when half of its life \
      is over. Services that run take renewed certificates up by themselves.

      Keep ca.key away from the services: anyone who has it can pass for any of them.
      """)

  @Option(
    help: ArgumentHelp("Folder for the files; made if it is not there.", valueName: "folder"), completion: .directory)
  var dir: String

  @Option(help: "Name to make a certificate for; may be repeated. (default: people, projects, measurement and gateway)")
  var name: [String] = []

  @Option(help: "A further DNS name for each certificate; may be repeated.")
  var dns: [String] = []

  @Option(help: "A further IP address for each certificate; may be repeated.")
  var ip: [String] = []

  @Option(
    help: ArgumentHelp("Days for which a certificate is valid.", valueName: "days"),
    transform: Accepted.wholeNumber(1...3650))
  var days = 365

  @Flag(help: "Renew all certificates, even new ones. The authority stays.")
  var force = false

  mutating func validate() throws {
    for name in name + dns where !Self.isName(name) {
      throw ValidationError("\"\(name)\" is not a DNS name; letters, digits, '-' and '.' are accepted.")
    }
    if name.contains("ca") { throw ValidationError("--name ca is the authority's own; choose another.") }
    for address in ip where IPAddressBytes(address) == nil {
      throw ValidationError("--ip \(address) is not an IP address; one such as 10.0.0.7 or fd00::7 is accepted.")
    }
  }

  func run() async throws {
    let folder = try CertificateFolder(path: dir)
    let authority = try folder.authority()
    let names = name.isEmpty ? ServiceName.allCases.map(\.rawValue) : name
    for name in names {
      let request = CertificateRequest(
        name: name, dnsNames: [name, "localhost"] + dns, addresses: ["127.0.0.1", "::1"] + ip, days: days)
      let isNew = try folder.issue(request, by: authority, force: force)
      Console.say(isNew ? "made \(dir)/\(name).pem" : "kept \(dir)/\(name).pem")
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count) && !text.hasPrefix(".") && !text.hasPrefix("-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      }
  }
}
