// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RPC
import ServiceRuntime
import Testing

@testable import WaymarkMain

@Suite("What waymark up is asked for")
struct UpSettingsTests {
  private func arguments(
    of service: ServiceName, _ flags: [String] = [], _ environment: [String: String] = [:]
  ) async throws -> [String] {
    let settings = try await UpSettings(command: try UpCommand.parse(flags), environment: environment)
    return settings.arguments(of: service, port: 1, peers: [:], dataDirectory: "/data")
  }

  private func value(_ name: String, in arguments: [String]) -> String? {
    arguments.firstIndex(of: name).map { arguments[$0 + 1] }
  }

  @Test("the gateway alone is open to others, and only when that is asked for")
  func host() async throws {
    for service in ServiceName.allCases {
      #expect(try await value("--host", in: arguments(of: service)) == "127.0.0.1")
      #expect(try await value("--host", in: arguments(of: service, [], ["WAYMARK_HOST": "0.0.0.0"])) == "127.0.0.1")
      let asked = try await arguments(of: service, ["--host", "0.0.0.0"])
      #expect(value("--host", in: asked) == (service == .gateway ? "0.0.0.0" : "127.0.0.1"))
    }
    let own = try await arguments(of: .gateway, [], ["WAYMARK_GATEWAY_HOST": "::"])
    #expect(value("--host", in: own) == "::")
  }

  @Test("there is no drain time unless it is set, and then the gateway drains")
  func drainTime() async throws {
    for service in ServiceName.allCases {
      let usual = try await arguments(of: service)
      #expect(value("--drain-time", in: usual) == (service == .gateway ? "0ms" : "0"))
      let variable = try await arguments(of: service, [], ["WAYMARK_DRAIN_TIME": "7s"])
      #expect(value("--drain-time", in: variable) == (service == .gateway ? "7000ms" : "0"))
      let flag = try await arguments(of: service, ["--drain-time", "250ms"], ["WAYMARK_DRAIN_TIME": "7s"])
      #expect(value("--drain-time", in: flag) == (service == .gateway ? "250ms" : "0"))
    }
    let patient = try await UpSettings(command: try UpCommand.parse(["--drain-time", "1m"]), environment: [:])
    #expect(patient.grace > .seconds(70))
    await #expect(throws: SettingsError.self) { _ = try await arguments(of: .gateway, ["--drain-time", "soon"]) }
  }

  @Test("what concerns the outside goes to the gateway, and says whether it is asked over TLS")
  func outside() async throws {
    let flags = [
      "--public-tls-cert", "/c.pem", "--public-tls-key", "/k.pem", "--public-url", "https://qi.example.org",
      "--trusted-proxies", "10.0.0.0/8",
    ]
    let gateway = try await arguments(of: .gateway, flags)
    for (name, value) in zip(flags, flags.dropFirst()) where name.hasPrefix("--") {
      #expect(self.value(name, in: gateway) == value)
      #expect(try await self.value(name, in: arguments(of: .people, flags)) == nil)
    }
    for (flags, environment) in [(flags, [:]), ([], ["WAYMARK_PUBLIC_TLS_CERT": "/c.pem"])] {
      let settings = try await UpSettings(command: try UpCommand.parse(flags), environment: environment)
      #expect(settings.gatewayProbeTLS == ClientTLS(pinned: "/c.pem"))
    }
    #expect(try await UpSettings(command: try UpCommand.parse([]), environment: [:]).gatewayProbeTLS == nil)
  }

  @Test("a service of this machine is found by its own settings")
  func health() async throws {
    func settings(_ service: ServiceName, _ environment: [String: String]) async throws -> Settings {
      try await Settings(service: service.rawValue, file: nil, environment: environment)
    }
    #expect(try await ServiceName.gateway.localAddress(settings(.gateway, [:])) == "127.0.0.1:8080")
    #expect(try await ServiceName.measurement.localAddress(settings(.measurement, [:])) == "127.0.0.1:50053")
    let moved = ["WAYMARK_HOST": "0.0.0.0", "WAYMARK_PEOPLE_PORT": "7", "WAYMARK_GATEWAY_HOST": "::"]
    #expect(try await ServiceName.people.localAddress(settings(.people, moved)) == "127.0.0.1:7")
    #expect(try await ServiceName.gateway.localAddress(settings(.gateway, moved)) == "[::1]:8080")
    let tls = ["WAYMARK_PUBLIC_TLS_CERT": "/web.pem", "WAYMARK_TLS_CERT": "/own.pem", "WAYMARK_TLS_KEY": "/own.key"]
    #expect(try await ServiceName.gateway.ownTLS(settings(.gateway, tls)) == ClientTLS(pinned: "/web.pem"))
    var own = ClientTLS(pinned: "/own.pem")
    own.certificate = .init(chain: "/own.pem", privateKey: "/own.key")
    #expect(try await ServiceName.people.ownTLS(settings(.people, tls)) == own)
    #expect(try await ServiceName.people.ownTLS(settings(.people, [:])) == nil)
  }
}
